import { Logger } from '@nestjs/common';
import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  LookalikeRequest,
  ManagementContext,
} from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { AudienceMissingError } from '../../contract/provider-errors.js';
import type { AccessTokens } from '../../kit/oauth/access-tokens.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { LinkedInAccess } from '../api/linkedin.access.js';
import { LinkedInApi, type LinkedInOptions } from '../api/linkedin.api.js';
import type { LinkedInTag } from '../linkedin.config.js';
import { remoteName, segmentBody } from '../linkedin.lookup.js';
import type { LinkedInRow } from '../linkedin.normaliser.js';
import { LinkedInPredictive } from './linkedin.predictive.js';
import { destinationStatus, snapshotOf } from './linkedin.snapshot.js';
import { isUnknownStatus } from './linkedin.status.js';

/**
 * The segments of one ad account: state, name, predictive audiences, deletion.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segments
 */
export class LinkedInManager implements AudienceManager<LinkedInRow> {
  private readonly logger = new Logger(LinkedInManager.name);
  private readonly access: LinkedInAccess;
  private readonly api: LinkedInApi;
  private readonly predictive: LinkedInPredictive;

  constructor(tag: LinkedInTag, http: PlatformHttp, tokens: AccessTokens, options: LinkedInOptions = {}) {
    this.access = new LinkedInAccess(tag, http, tokens);
    this.api = new LinkedInApi(tag, http, this.access, options);
    this.predictive = new LinkedInPredictive(tag, this.api, options.warmUpMs);
  }

  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    const segment = await segmentBody(id, this.api, ctx);
    if (segment === undefined) return undefined;
    const snapshot = snapshotOf(segment, facts);
    const isUnknown = isUnknownStatus(destinationStatus(segment));
    if (isUnknown) this.logger.warn(`LinkedIn, segment ${id}: ${snapshot.statusReason ?? 'an unknown status'}`);
    return snapshot;
  }

  /** Names are shortened as they are when a segment is made. */
  async update(id: string, { name, description }: AudienceChange, ctx: ManagementContext): Promise<void> {
    const $set = {
      ...(name !== undefined && { name: remoteName(name) }),
      ...(description !== undefined && { description }),
    };
    const call = { method: 'POST', restMethod: 'PARTIAL_UPDATE', body: { patch: { $set } } } as const;
    await this.api.call({ ...call, ...placeOf(id) }, ctx);
  }

  /** LinkedIn refuses it while the segment is the seed of a predictive audience. */
  async delete(id: string, ctx: ManagementContext): Promise<void> {
    try {
      await this.api.call({ method: 'DELETE', ...placeOf(id) }, ctx);
    } catch (error) {
      if (!(error instanceof AudienceMissingError)) throw error;
    }
  }

  createLookalike(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    return this.predictive.create(seed, request, ctx);
  }

  /** A year after the member agreed, whatever is done with the token. Each question costs one call of the token endpoint. */
  async credentialsEnd({ signal }: ManagementContext): Promise<Date | null> {
    return (await this.access.end(signal)) ?? null;
  }
}

function placeOf(id: string) {
  return { path: `/dmpSegments/${id}`, pathTemplate: '/dmpSegments/{id}', target: 'segment' } as const;
}
