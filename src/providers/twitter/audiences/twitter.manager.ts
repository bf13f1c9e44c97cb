import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  AudienceUses,
  Figure,
  ManagementContext,
  ShareOutcome,
  ShareRequest,
} from '../../contract/audience-manager.js';
import { AudienceMissingError, RequestRejectedError } from '../../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../../kit/answer-values.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { TwitterApi, type TwitterCall, type TwitterOptions } from '../twitter.api.js';
import type { TwitterTag } from '../twitter.config.js';
import { notUnderstood } from '../twitter.errors.js';
import type { TwitterRow } from '../twitter.normaliser.js';
import { shareTwitterAudience } from './twitter.sharing.js';
import { twitterStatus } from './twitter.status.js';
import { twitterUses } from './twitter.uses.js';

/**
 * The custom audiences of one ads account: https://docs.x.com/x-ads-api/audiences/reference
 *
 * Without `createLookalike` and `createFromRules`, which X does not have. Without `erase`: the do-not-reach list keeps ads from
 * people, but takes nobody out of an audience. Without `credentialsEnd`: its tokens do not expire.
 */
export class TwitterManager implements AudienceManager<TwitterRow> {
  private readonly api: TwitterApi;

  constructor(tag: TwitterTag, http: PlatformHttp, options?: TwitterOptions) {
    this.api = new TwitterApi(tag, http, options);
  }

  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    const fields = await this.onOne('GET', id, ctx).catch((error: unknown) => {
      if (error instanceof AudienceMissingError) return undefined;
      throw error;
    });
    return fields === undefined || fields['deleted'] === true ? undefined : snapshotOf(fields, facts);
  }

  uses(id: string, ctx: ManagementContext): Promise<AudienceUses> {
    return twitterUses(id, this.api, ctx);
  }

  /** An empty description takes it away. */
  async update(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void> {
    const { name, description, retentionDays } = change;
    if (retentionDays !== undefined) {
      throw new RequestRejectedError(
        'X: retentionDays cannot be set for an audience; each member has an end of its own',
      );
    }
    const query = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
    if (Object.keys(query).length > 0) {
      await this.onOne('PUT', id, ctx, query);
    }
  }

  async delete(id: string, ctx: ManagementContext): Promise<void> {
    await this.onOne('DELETE', id, ctx).catch((error: unknown) => {
      if (!(error instanceof AudienceMissingError)) throw error;
    });
  }

  share(id: string, request: ShareRequest, ctx: ManagementContext): Promise<readonly ShareOutcome[]> {
    return shareTwitterAudience(id, request, this.api, ctx);
  }

  private async onOne(
    method: TwitterCall['method'],
    id: string,
    ctx: ManagementContext,
    query?: TwitterCall['query'],
  ): Promise<Record<string, unknown>> {
    const path = `/custom_audiences/${encodeURIComponent(id)}`;
    const pathTemplate = '/custom_audiences/{audience}';
    const { body } = await this.api.call({ method, path, pathTemplate, target: 'audience', query }, ctx);
    const { data } = body;
    if (!isRecord(data)) {
      throw notUnderstood('no custom audience');
    }
    return data;
  }
}

function snapshotOf(fields: Readonly<Record<string, unknown>>, facts: AudienceFacts): AudienceSnapshot {
  const { audience_size: givenSize, reasons_not_targetable: reasons, updated_at: updatedAt } = fields;
  const size = integerOf(givenSize) ?? null;
  const state = {
    isTargetable: fields['targetable'] === true,
    reasons: Array.isArray(reasons) ? reasons.map(textOf).filter((reason) => reason !== '') : [],
    size,
  };
  const changedAt = new Date(textOf(updatedAt));
  const people: Figure | null = size === null ? null : { value: size, isEstimate: false };
  return {
    name: textOf(fields['name']) || null,
    description: textOf(fields['description']) || null,
    ...twitterStatus(state, facts),
    size: people,
    matchedUsers: people,
    matchingRate: matchingRate(size, facts.uploadedRecords),
    // Each member ends by itself; the audience does not.
    retentionDays: null,
    lookalikeAudiences: null,
    changedAt: Number.isNaN(changedAt.getTime()) ? null : changedAt,
  };
}

/** X gives no rate, but says what it is: matched people who were active in 90 days, of those who were sent. */
function matchingRate(size: number | null, sent: number | null): Figure | null {
  return size === null || sent === null || sent === 0 ? null : { value: Math.min(1, size / sent), isEstimate: true };
}
