import { accountOf, countIn, type RestAnswer, type RestCall } from '../rest/rest-call.js';
import { badRequest } from '../rest/rest-error.js';
import { type RestRoutes } from '../rest/rest-router.js';
import { type TokenGate } from '../oauth/token-gate.js';
import { readNewSegment, readPatch } from './segment-fields.js';
import { type Segment } from './segment.js';
import { type SegmentStore } from './segment-store.js';
import { segmentBody } from './segment-views.js';

/** What a plain call gets, and the most that is given. */
const PAGE_SIZE = 10;
const LARGEST_PAGE = 1_000;

/**
 * Makes, finds, renames and deletes segments. There is no way to look for a name.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segments
 */
export class SegmentsHandler {
  constructor(
    private readonly store: SegmentStore,
    private readonly gate: TokenGate,
  ) {}

  routes(): RestRoutes {
    return {
      'POST /dmpSegments': { isWrite: true, restMethods: ['', 'CREATE'], answer: (call) => this.create(call) },
      'GET /dmpSegments': {
        restMethods: ['', 'FINDER'],
        parameters: ['q', 'account', 'sourcePlatform', 'sourceSegmentId', 'start', 'count'],
        answer: (call) => this.list(call),
      },
      'GET /dmpSegments/:id': { restMethods: ['', 'GET'], answer: (call) => this.get(call) },
      'POST /dmpSegments/:id': {
        isWrite: true,
        restMethods: ['PARTIAL_UPDATE'],
        answer: (call) => this.update(call),
      },
      'DELETE /dmpSegments/:id': { isWrite: true, restMethods: ['', 'DELETE'], answer: (call) => this.delete(call) },
    };
  }

  /** The new id stands in headers alone. */
  private create({ body }: RestCall): RestAnswer {
    const values = readNewSegment(body, this.store.settings.sourcePlatforms);
    this.gate.requireAccount(values.account);
    const id = String(this.store.create(values).id);
    return { status: 201, headers: { 'x-restli-id': id, 'x-linkedin-id': id, location: `/dmpSegments/${id}` } };
  }

  private list({ query }: RestCall): RestAnswer {
    if (query.get('q') !== 'account') throw badRequest('q must name the finder account', 'QUERY_PARAM_NOT_ALLOWED');
    const account = accountOf(query.get('account'));
    this.gate.requireAccount(account);
    const start = countIn(query, 'start', 0, 0, 1_000_000);
    const count = countIn(query, 'count', PAGE_SIZE, 1, LARGEST_PAGE);
    const filters = ['sourcePlatform', 'sourceSegmentId'] as const;
    const found = this.store
      .of(account)
      .filter((segment) => filters.every((name) => [undefined, segment[name]].includes(query.get(name))));
    const elements = found.slice(start, start + count).map((segment) => segmentBody(segment, this.store));
    return { status: 200, body: { paging: { start, count, links: [], total: found.length }, elements } };
  }

  private get(call: RestCall): RestAnswer {
    return { status: 200, body: segmentBody(this.owned(call), this.store) };
  }

  private update(call: RestCall): RestAnswer {
    Object.assign(this.owned(call), readPatch(call.body), { modifiedAt: this.store.now() });
    return { status: 204 };
  }

  private delete(call: RestCall): RestAnswer {
    const { id } = this.owned(call);
    if (this.store.all().some(({ predictive }) => predictive?.seeds.includes(id) === true)) {
      throw badRequest('The segment seeds a predictive audience', 'SEGMENT_IN_USE');
    }
    this.store.delete(id);
    return { status: 204 };
  }

  private owned({ ids: [id = 0] }: RestCall): Segment {
    const segment = this.store.find(id);
    this.gate.requireAccount(segment.account);
    return segment;
  }
}
