import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  AudienceUses,
  Figure,
  LookalikeRequest,
  ManagementContext,
  RuleAudienceRequest,
  ShareOutcome,
  ShareRequest,
} from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { AudienceMissingError, RequestRejectedError } from '../../contract/provider-errors.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { refusalOf } from '../file/tiktok.file-state.js';
import { TikTokApi, type TikTokOptions } from '../tiktok.api.js';
import type { TikTokTag } from '../tiktok.config.js';
import {
  audienceDetails,
  LONGEST_NAME,
  LONGEST_SEGMENT_NAME,
  remoteName,
  SEGMENT_TYPE,
  type TikTokAudience,
} from '../tiktok.lookup.js';
import type { TikTokRow } from '../tiktok.normaliser.js';
import { TikTokCreation } from './tiktok.creation.js';
import { TikTokSharing } from './tiktok.sharing.js';
import { tiktokStatus } from './tiktok.status.js';
import { tiktokUses } from './tiktok.uses.js';

/**
 * The audiences of one ad account, of either route: https://business-api.tiktok.com/portal/docs?id=1739940506015746
 *
 * Without `erase`: people leave audience by audience. Without `credentialsEnd`: the long-term token has no end.
 */
export class TikTokManager implements AudienceManager<TikTokRow> {
  private readonly api: TikTokApi;
  private readonly sharing: TikTokSharing;
  private readonly creation: TikTokCreation;

  constructor(
    private readonly tag: TikTokTag,
    http: PlatformHttp,
    options?: TikTokOptions,
  ) {
    this.api = new TikTokApi(tag, http, options);
    this.sharing = new TikTokSharing(tag.advertiserId, this.api);
    this.creation = new TikTokCreation(tag.advertiserId, this.api);
  }

  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    const audience = await this.details(id, ctx);
    return audience && snapshotOf(audience, facts);
  }

  uses(id: string, ctx: ManagementContext): Promise<AudienceUses> {
    return tiktokUses(id, this.tag.advertiserId, this.api, ctx);
  }

  /** A name that is too long is shortened as at the creation. TikTok does not promise that it renames segments. */
  async update(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void> {
    const { name, description, retentionDays } = change;
    if (description !== undefined || retentionDays !== undefined) {
      const field = description === undefined ? 'retentionDays' : 'description';
      throw new RequestRejectedError(`TikTok: ${field} cannot be changed; only the name can`);
    }
    if (name === undefined) return;
    const longest = this.tag.route === 'file' ? LONGEST_NAME : LONGEST_SEGMENT_NAME;
    try {
      await this.api.call(
        {
          method: 'POST',
          path: '/dmp/custom_audience/update/',
          target: 'audience',
          body: {
            advertiser_id: this.tag.advertiserId,
            custom_audience_id: id,
            custom_audience_name: remoteName(name, longest),
          },
        },
        ctx,
      );
    } catch (error) {
      if (error instanceof RequestRejectedError && this.tag.route === 'file') {
        throw refusalOf(error, await this.details(id, ctx), this.api.now());
      }
      throw error;
    }
  }

  /** Segments have a call of their own for it, which takes nothing else. */
  async delete(id: string, ctx: ManagementContext): Promise<void> {
    const audience = await this.details(id, ctx);
    if (audience === undefined) return;
    const { advertiserId } = this.tag;
    const call =
      audience.type === SEGMENT_TYPE
        ? {
            path: '/segment/audience/' as const,
            body: { advertiser_id: advertiserId, action: 'delete', delete_audience_id: id },
          }
        : {
            path: '/dmp/custom_audience/delete/' as const,
            body: { advertiser_id: advertiserId, custom_audience_ids: [id] },
          };
    await this.api.call({ method: 'POST', target: 'audience', ...call }, ctx).catch((error: unknown) => {
      if (!(error instanceof AudienceMissingError)) throw error;
    });
  }

  share(id: string, request: ShareRequest, ctx: ManagementContext): Promise<readonly ShareOutcome[]> {
    return this.sharing.share(id, request, ctx);
  }

  createLookalike(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    return this.creation.lookalike(seed, request, ctx);
  }

  createFromRules(request: RuleAudienceRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    return this.creation.fromRules(request, ctx);
  }

  private details(id: string, ctx: ManagementContext): Promise<TikTokAudience | undefined> {
    return audienceDetails(id, this.tag.advertiserId, this.api, ctx);
  }
}

function snapshotOf(audience: TikTokAudience, facts: AudienceFacts): AudienceSnapshot {
  const { name, coverNum, changedAt } = audience;
  const status = tiktokStatus(audience, facts);
  // Until TikTok has counted it says 0, which is no figure yet.
  const isCounted = status.status !== 'populating' || coverNum > 0;
  const isMadeOfUsers = facts.type === 'customer-list' && audience.seed === undefined;
  const matched = isCounted && isMadeOfUsers ? coverNum : null;
  return {
    name,
    description: null,
    ...status,
    // Ads reach those of the matched people who allow it, which TikTok does not count.
    size: isCounted ? { value: coverNum, isEstimate: true } : null,
    matchedUsers: matched === null ? null : { value: matched, isEstimate: false },
    matchingRate: matchingRate(matched, facts.uploadedRecords),
    retentionDays: null,
    lookalikeAudiences: null,
    changedAt: changedAt === undefined ? null : new Date(changedAt),
  };
}

/** TikTok gives no rate: the people that it found, of the users that it was sent. */
function matchingRate(matched: number | null, sent: number | null): Figure | null {
  return matched === null || sent === null || sent === 0
    ? null
    : { value: Math.min(1, matched / sent), isEstimate: true };
}
