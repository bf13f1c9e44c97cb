import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import {
  AudienceMissingError,
  ChunkTooLargeError,
  PlatformUnavailableError,
  ProviderError,
  RequestRejectedError,
} from '../contract/provider-errors.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { TikTokApi, type TikTokOptions } from './tiktok.api.js';
import type { TikTokTag } from './tiktok.config.js';
import { notUnderstood } from './tiktok.errors.js';
import {
  audienceDetails,
  audienceNamed,
  idOf,
  isExpired,
  LONGEST_SEGMENT_NAME,
  remoteName,
  SEGMENT_TYPE,
} from './tiktok.lookup.js';
import { entryCount, type MappingAction, mappingBody, MOST_ENTRIES } from './tiktok.mapping.js';
import type { TikTokRow } from './tiktok.normaliser.js';

const MAPPING_TIMEOUT_MS = 60_000;

/** A new segment takes no users for a minute or two; after so long it is something else. */
const WARM_UP_MS = 5 * 60_000;
const WARM_UP_RETRY_MS = 20_000;

const REPEATED_REQUEST = '40050';

/**
 * Segments of one ad account that users are streamed into, the default route.
 * https://business-api.tiktok.com/portal/docs?id=1739566528222210
 */
export class TikTokClient implements ProviderClient<TikTokRow> {
  private readonly api: TikTokApi;

  constructor(
    private readonly tag: TikTokTag,
    http: PlatformHttp,
    options?: TikTokOptions,
  ) {
    this.api = new TikTokApi(tag, http, options);
  }

  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    const name = remoteName(segment, LONGEST_SEGMENT_NAME);
    const found = await audienceNamed(name, [SEGMENT_TYPE], this.tag.advertiserId, this.api, ctx);
    return found && { id: found.id };
  }

  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const { data } = await this.api.call(
      {
        method: 'POST',
        path: '/segment/audience/',
        target: 'account',
        body: {
          advertiser_id: this.tag.advertiserId,
          action: 'create',
          custom_audience_name: remoteName(segment, LONGEST_SEGMENT_NAME),
        },
      },
      ctx,
    );
    const id = idOf(data['audience_id']);
    if (id === undefined) {
      throw notUnderstood('no id of the new audience');
    }
    return { id };
  }

  upload(audience: RemoteAudience, chunk: readonly TikTokRow[], ctx: UploadContext): Promise<Receipt> {
    return this.change('add', audience, chunk, ctx);
  }

  /** Each digest leaves, whoever was added with it. */
  remove(audience: RemoteAudience, chunk: readonly TikTokRow[], ctx: UploadContext): Promise<Receipt> {
    return this.change('delete', audience, chunk, ctx);
  }

  private async change(
    action: MappingAction,
    audience: RemoteAudience,
    chunk: readonly TikTokRow[],
    ctx: CallContext,
  ): Promise<Receipt> {
    if (entryCount(chunk) > MOST_ENTRIES && chunk.length > 1) {
      throw new ChunkTooLargeError(`TikTok: more than ${MOST_ENTRIES} entries in one request`);
    }
    try {
      const { isPartial } = await this.map(action, audience, chunk, ctx);
      return receiptOf(chunk.length, isPartial);
    } catch (error) {
      // The very same was done with the very same users before: that is what was asked for.
      if (error instanceof ProviderError && error.platformCode === REPEATED_REQUEST) {
        return receiptOf(chunk.length, false);
      }
      if (error instanceof RequestRejectedError || error instanceof AudienceMissingError) {
        throw await this.causeOf(error, audience, ctx);
      }
      throw error;
    }
  }

  private map(action: MappingAction, audience: RemoteAudience, chunk: readonly TikTokRow[], ctx: CallContext) {
    return this.api.call(
      {
        method: 'POST',
        path: '/segment/mapping/',
        target: 'audience',
        body: mappingBody(action, this.tag.advertiserId, audience.id, chunk),
        contentType: 'application/json',
        timeoutMs: MAPPING_TIMEOUT_MS,
      },
      ctx,
    );
  }

  /**
   * TikTok refuses users for a segment that is too new, or gone, with the words of a mistake in the request. Only the
   * segment itself tells these apart.
   */
  private async causeOf(refusal: ProviderError, audience: RemoteAudience, ctx: CallContext): Promise<ProviderError> {
    const { platformCode } = refusal;
    const found = await audienceDetails(audience.id, this.tag.advertiserId, this.api, ctx).catch((error: unknown) => {
      if (error instanceof ProviderError && !error.retryable) return 'unknown' as const;
      throw error;
    });
    if (found === 'unknown') {
      return refusal;
    }
    const now = this.api.now();
    if (found === undefined || isExpired(found, now)) {
      return new AudienceMissingError('TikTok: the audience is not there any more, or has expired', { platformCode });
    }
    // What was changed long ago is no new segment. Of one that tells no time at all, nothing speaks against its being new:
    // asking again until the delivery is too old is cheaper than to lose its users for good.
    const since = found.createdAt ?? found.changedAt;
    if (since === undefined || now - since < WARM_UP_MS) {
      const details = { isWarmUp: true, platformCode, retryAfterMs: WARM_UP_RETRY_MS };
      return new PlatformUnavailableError('TikTok: the new audience does not take users yet', details);
    }
    return refusal;
  }
}

/**
 * TikTok counts nothing: what it accepts is what was sent. Of a success in part it is known that something was left
 * out, so that is what is told: at least one row.
 */
export function receiptOf(rows: number, isPartial: boolean): Receipt {
  return isPartial ? { accepted: rows - 1, refused: [], refusedUnnamed: 1 } : { accepted: rows, refused: [] };
}
