import { type Segment } from '../segments/segment.js';
import { type SegmentStore } from '../segments/segment-store.js';
import { type RestAnswer, type RestCall, refuseUnknown } from '../rest/rest-call.js';
import { badRequest, RestError } from '../rest/rest-error.js';
import { type RestRoutes } from '../rest/rest-router.js';
import { type TokenGate } from '../oauth/token-gate.js';
import { readElement } from './element.js';

interface ElementAnswer {
  readonly status: number;
  readonly error?: object;
}

/**
 * Puts people into segments and takes them out. 201 says that an element was received, never that it matches anybody.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users
 */
export class UsersHandler {
  constructor(
    private readonly store: SegmentStore,
    private readonly gate: TokenGate,
  ) {}

  routes(): RestRoutes {
    const restMethods = ['', 'CREATE', 'BATCH_CREATE'];
    const answer = (call: RestCall): RestAnswer => this.stream(call);
    return { 'POST /dmpSegments/:id/users': { isWrite: true, isUserCall: true, restMethods, answer } };
  }

  private stream({ ids: [id = 0], restMethod, body }: RestCall): RestAnswer {
    const segment = this.store.warm(id);
    this.gate.requireAccount(segment.account);
    if (segment.type !== 'USER') throw badRequest('Only segments of type USER take users');
    if (restMethod !== 'BATCH_CREATE') {
      if ('elements' in body) throw badRequest('elements needs X-RestLi-Method: BATCH_CREATE', 'METHOD_NOT_SUPPORTED');
      this.take(segment, body);
      return { status: 201 };
    }
    const elements = this.elementsOf(body);
    return { status: 200, body: { elements: elements.map((element) => this.answerTo(segment, element)) } };
  }

  private elementsOf(body: RestCall['body']): readonly unknown[] {
    refuseUnknown(body, ['elements'], 'The body');
    const { elementsPerCall } = this.store.settings;
    const { elements } = body;
    if (!Array.isArray(elements) || elements.length < 1 || elements.length > elementsPerCall) {
      throw badRequest(`elements must be an array of 1 to ${elementsPerCall}`, 'BATCH_SIZE_INVALID');
    }
    return elements;
  }

  private answerTo(segment: Segment, element: unknown): ElementAnswer {
    try {
      this.take(segment, element);
      return { status: 201 };
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return { status: error.status, error: error.body() };
    }
  }

  private take(segment: Segment, value: unknown): void {
    const element = readElement(value);
    if (segment.failElements.count > 0) {
      segment.failElements = { ...segment.failElements, count: segment.failElements.count - 1 };
      throw new RestError(segment.failElements.status, 'An error that was asked for');
    }
    const now = this.store.now();
    segment.members.apply(element, now);
    segment.contentChangedAt = now;
  }
}
