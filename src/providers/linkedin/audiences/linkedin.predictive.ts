import { setTimeout as sleep } from 'node:timers/promises';
import type { LookalikeRequest, ManagementContext } from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import {
  AudienceMissingError,
  PermissionDeniedError,
  PlatformUnavailableError,
  ProviderError,
  RequestRejectedError,
} from '../../contract/provider-errors.js';
import { isRecord } from '../../kit/answer-values.js';
import type { LinkedInApi } from '../api/linkedin.api.js';
import { notUnderstood } from '../api/linkedin.errors.js';
import type { LinkedInTag } from '../linkedin.config.js';
import {
  accountUrn,
  hasEnded,
  type LinkedInSegment,
  listSegments,
  newIdOf,
  remoteName,
  segmentDetails,
  sourceIdOf,
  USER_SEGMENT,
} from '../linkedin.lookup.js';

/** Segments in which LinkedIn grows an audience. */
const PREDICTIVE = 'LINKEDIN_BUSINESS_OBJECTIVE_BASED_AUDIENCES';
const SEED_STATUSES = ['READY', 'UPDATING'];
const LOCATION = /^urn:li:geo:\d{1,19}$/;
const LOCATIONS_FACET = 'urn:li:adTargetingFacet:locations';

/** A new segment takes no audience before (section 3.7 of the notes); some need longer. */
const WARM_UP_MS = 5_000;
const ASK_AGAIN_MS = 15_000;

/** LinkedIn counts people where others have a ratio; the numbers are our choice. */
const PEOPLE: Readonly<Record<LookalikeRequest['reach'], number>> = {
  narrow: 20_000,
  balanced: 50_000,
  broad: 100_000,
};

/**
 * Predictive audiences, which took the place of lookalikes: a segment, and in it the audience that LinkedIn grows out of a seed.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/predictive-audiences
 */
export class LinkedInPredictive {
  constructor(
    private readonly tag: LinkedInTag,
    private readonly api: LinkedInApi,
    private readonly warmUpMs = WARM_UP_MS,
  ) {}

  /**
   * Goes on where a call was cut short: segments carry our key of the name, and each has one audience.
   *
   * @throws RequestRejectedError for what LinkedIn cannot express, for a seed that is not ready, and for a name that is in use
   */
  async create(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    refuseUnknowable(request);
    const body = await this.bodyFor(seed, request, ctx);
    const { segment, isOld } = await this.segmentFor(request, ctx);
    if (isOld) {
      const grown = await this.grownIn(segment.id, ctx);
      if (grown.some(({ seeds }) => Array.isArray(seeds) && seeds.includes(urnOf(seed)))) return { id: segment.id };
      if (grown.length > 0) throw new RequestRejectedError('LinkedIn: another seed has a lookalike of this name');
    }
    await this.warmUp(segment, ctx);
    await this.grow(segment.id, body, ctx);
    return { id: segment.id };
  }

  private async bodyFor(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<object> {
    const found = await segmentDetails(seed, this.api, ctx);
    if (found === undefined) throw new AudienceMissingError('LinkedIn: the seed is not there');
    if (!SEED_STATUSES.includes(found.status)) {
      throw new RequestRejectedError(
        'LinkedIn: a seed has to be ready (READY or UPDATING), and of 300 to 300,000 rows',
      );
    }
    const locations = { or: { [LOCATIONS_FACET]: request.locations } };
    return {
      desiredAudienceCount: request.people ?? PEOPLE[request.reach],
      seeds: [urnOf(seed)],
      targetingFilter: { include: { and: [locations] } },
    };
  }

  private async segmentFor(
    { name, description }: LookalikeRequest,
    ctx: ManagementContext,
  ): Promise<{ readonly segment: Pick<LinkedInSegment, 'id' | 'createdAt'>; readonly isOld: boolean }> {
    const key = { sourcePlatform: PREDICTIVE, sourceSegmentId: sourceIdOf(name) };
    const all = await listSegments(key, this.tag, this.api, ctx);
    const found = all.find((segment) => segment.name === remoteName(name) && !hasEnded(segment));
    if (found) return { segment: found, isOld: true };
    const body = {
      ...key,
      name: remoteName(name),
      ...(description !== undefined && description !== '' && { description }),
      account: accountUrn(this.tag),
      type: USER_SEGMENT,
      destinations: [{ destination: 'LINKEDIN' }],
    };
    const call = { method: 'POST', path: '/dmpSegments', pathTemplate: '/dmpSegments', target: 'account' } as const;
    const id = newIdOf(await this.api.call({ ...call, body }, ctx));
    return { segment: { id, createdAt: this.api.now() }, isOld: false };
  }

  private async grownIn(id: string, ctx: ManagementContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { body } = await this.api.call({ method: 'GET', ...audiencesOf(id) }, ctx);
    const { elements } = isRecord(body) ? body : {};
    if (!Array.isArray(elements)) throw notUnderstood('a list of predictive audiences without elements');
    return elements.filter(isRecord);
  }

  private async warmUp(
    { createdAt }: Pick<LinkedInSegment, 'createdAt'>,
    { signal }: ManagementContext,
  ): Promise<void> {
    const waitMs = (createdAt ?? 0) + this.warmUpMs - this.api.now();
    if (waitMs <= 0) return;
    try {
      await sleep(waitMs, undefined, { signal });
    } catch {
      throw new PlatformUnavailableError('LinkedIn: the new segment was not waited for: the call was stopped');
    }
  }

  private async grow(id: string, body: object, ctx: ManagementContext): Promise<void> {
    try {
      await this.api.call({ method: 'POST', ...audiencesOf(id), body }, ctx);
    } catch (error) {
      if (error instanceof AudienceMissingError) {
        const details = { isWarmUp: true, platformCode: error.platformCode, retryAfterMs: ASK_AGAIN_MS };
        throw new PlatformUnavailableError('LinkedIn: the new segment takes no audience yet', details);
      }
      const isRefused = error instanceof RequestRejectedError || error instanceof PermissionDeniedError;
      if (isRefused) await this.discard(id, ctx);
      throw error;
    }
  }

  /** An account has a thousand segments: an empty one is not left behind. That it was refused is what has to be told. */
  private async discard(id: string, ctx: ManagementContext): Promise<void> {
    const call = { method: 'DELETE', path: `/dmpSegments/${id}`, pathTemplate: '/dmpSegments/{id}' } as const;
    try {
      await this.api.call({ ...call, target: 'segment' }, ctx);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
    }
  }
}

function refuseUnknowable({ countries, locations = [], ratio }: LookalikeRequest): void {
  if (locations.length === 0 || countries.length > 0) {
    throw new RequestRejectedError(
      'LinkedIn: name the places in `locations` by LinkedIn’s own ids, such as urn:li:geo:103644278, and leave `countries` empty',
    );
  }
  if (!locations.every((urn) => LOCATION.test(urn))) {
    throw new RequestRejectedError('LinkedIn: each of `locations` has to look like urn:li:geo:103644278');
  }
  if (ratio !== undefined) {
    throw new RequestRejectedError('LinkedIn: there is no `ratio`; say how many `people` are wanted');
  }
}

function audiencesOf(id: string) {
  const name = 'businessObjectiveBasedAudiences';
  const path = `/dmpSegments/${id}/${name}`;
  return { path, pathTemplate: `/dmpSegments/{id}/${name}`, target: 'segment' } as const;
}

function urnOf(segmentId: string): string {
  return `urn:li:dmpSegment:${segmentId}`;
}
