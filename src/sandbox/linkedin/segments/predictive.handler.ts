import { objectOf, refuseUnknown, type RestAnswer, type RestCall } from '../rest/rest-call.js';
import { badRequest, notFound } from '../rest/rest-error.js';
import { type RestRoutes } from '../rest/rest-router.js';
import { type PredictiveAudience, type Segment } from './segment.js';
import { PREDICTIVE } from './segment-fields.js';
import { type SegmentStore } from './segment-store.js';

const PATH = '/dmpSegments/:id/businessObjectiveBasedAudiences';
const FIELDS = ['desiredAudienceCount', 'seeds', 'targetingFilter'];
const LOCATIONS = 'urn:li:adTargetingFacet:locations';
const SEED_SIZES = { min: 300, max: 300_000 };

/**
 * Audiences that the platform grows out of others, in a segment of their own.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/predictive-audiences
 */
export class PredictiveHandler {
  constructor(private readonly store: SegmentStore) {}

  routes(): RestRoutes {
    return {
      [`POST ${PATH}`]: { isWrite: true, restMethods: ['', 'CREATE'], answer: (call) => this.create(call) },
      [`GET ${PATH}`]: { restMethods: ['', 'GET_ALL'], answer: (call) => this.list(call) },
      [`GET ${PATH}/:id`]: { restMethods: ['', 'GET'], answer: (call) => this.get(call) },
      [`DELETE ${PATH}/:id`]: { isWrite: true, restMethods: ['', 'DELETE'], answer: (call) => this.delete(call) },
    };
  }

  private create(call: RestCall): RestAnswer {
    const segment = this.store.warm(call.ids[0] ?? 0);
    if (segment.sourcePlatform !== PREDICTIVE) throw badRequest(`The segment must be of ${PREDICTIVE}`);
    if (segment.predictive !== undefined) throw badRequest('The segment has its audience already');
    refuseUnknown(call.body, FIELDS, 'The audience');
    const { desiredAudienceCount: count } = call.body;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
      throw badRequest('desiredAudienceCount must be a whole number', 'FIELD_INVALID');
    }
    const seeds = this.seedsOf(call.body['seeds'], segment.account);
    const targetingFilter = filterOf(call.body['targetingFilter']);
    const id = this.store.nextId();
    segment.predictive = { id, desiredAudienceCount: count, seeds, targetingFilter, createdAt: this.store.now() };
    return { status: 201, headers: { 'x-restli-id': String(id), 'x-linkedin-id': String(id) } };
  }

  private list({ ids: [id = 0] }: RestCall): RestAnswer {
    const { predictive } = this.store.find(id);
    return { status: 200, body: { elements: predictive === undefined ? [] : [audienceBody(predictive, id)] } };
  }

  private get(call: RestCall): RestAnswer {
    const { predictive, id } = this.found(call);
    return { status: 200, body: audienceBody(predictive, id) };
  }

  private delete(call: RestCall): RestAnswer {
    delete (this.found(call) as Segment).predictive;
    return { status: 204 };
  }

  private found({ ids: [id = 0, audience] }: RestCall): Segment & { predictive: PredictiveAudience } {
    const segment = this.store.find(id);
    if (segment.predictive?.id !== audience) throw notFound(`businessObjectiveBasedAudience ${audience ?? ''}`);
    return segment as Segment & { predictive: PredictiveAudience };
  }

  private seedsOf(value: unknown, account: string): number[] {
    if (!Array.isArray(value) || value.length === 0) throw badRequest('seeds must be an array of segment URNs');
    return value.map((urn: unknown) => {
      const id = typeof urn === 'string' ? /^urn:li:dmpSegment:(\d{1,15})$/.exec(urn)?.[1] : undefined;
      const seed = id === undefined ? undefined : this.store.peek(Number(id));
      if (seed?.account !== account) throw badRequest('A seed is not a segment of the account', 'URN_INVALID');
      const isUsable = ['READY', 'UPDATING'].includes(this.store.statusOf(seed));
      if (!isUsable || seed.members.size < SEED_SIZES.min || seed.members.size > SEED_SIZES.max) {
        throw badRequest(`A seed must be ready and of ${SEED_SIZES.min} to ${SEED_SIZES.max}`, 'SEED_INVALID');
      }
      return seed.id;
    });
  }
}

/** A location is mandatory. */
function filterOf(value: unknown): object {
  const filter = objectOf(value, 'targetingFilter');
  const include = objectOf(filter['include'], 'targetingFilter.include');
  const all = Array.isArray(include['and']) ? (include['and'] as unknown[]) : [];
  const hasLocation = all.some((entry) => {
    const locations = objectOf(objectOf(entry, 'and')['or'], 'or')[LOCATIONS];
    return Array.isArray(locations) && locations.every((urn) => /^urn:li:geo:\d+$/.test(String(urn)));
  });
  if (!hasLocation) throw badRequest('targetingFilter must name a location', 'MISSING_FIELD');
  return filter;
}

function audienceBody(audience: PredictiveAudience, dmpSegmentId: number): object {
  const { id, desiredAudienceCount, seeds, targetingFilter, createdAt } = audience;
  const urns = seeds.map((seed) => `urn:li:dmpSegment:${seed}`);
  const times = { created: createdAt, lastModified: createdAt };
  return { id, dmpSegmentId, desiredAudienceCount, seeds: urns, targetingFilter, ...times };
}
