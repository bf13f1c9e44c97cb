import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import type { PlatformHttp, PlatformResponse } from '../kit/platform-http.js';
import { heldAlone } from './audiences/klaviyo.pace.js';
import { removeProfiles } from './audiences/klaviyo.removal.js';
import { KlaviyoApi, type KlaviyoApiOptions, resourceIn } from './klaviyo.api.js';
import type { KlaviyoTag } from './klaviyo.config.js';
import { importBody, importRows, jobTicket, malformedProfiles } from './jobs/klaviyo.import.js';
import { importOutcome } from './jobs/klaviyo.job.js';
import { named } from './klaviyo.lookup.js';
import type { KlaviyoRow } from './klaviyo.profile.js';
import { ensureSegment } from './klaviyo.segment.js';

/** Up to five megabytes on a slow line. */
const UPLOAD_TIMEOUT_MS = 120_000;

/**
 * Lists of one account, each with a segment of the same name over it. Users are imported into the list, since Klaviyo fills
 * segments itself.
 * https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api
 */
export class KlaviyoClient implements ProviderClient<KlaviyoRow> {
  private readonly api: KlaviyoApi;

  constructor(
    private readonly tag: KlaviyoTag,
    http: PlatformHttp,
    options?: KlaviyoApiOptions,
  ) {
    this.api = new KlaviyoApi(tag, http, options);
  }

  /** Makes the segment of a list that has none: a worker may have been killed between the two. */
  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    const [list] = await named('list', segment, this.api, ctx);
    return list && this.withSegment(segment, list.id, ctx);
  }

  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    // Without `opt_in_process`: nobody is subscribed by being put in a list.
    const body = { data: { type: 'list', attributes: { name: segment } } };
    const list = await this.api
      .one({ method: 'POST', path: '/api/lists', target: 'lists', body }, ctx)
      .catch((error: unknown) => {
        throw heldAlone(error);
      });
    return this.withSegment(segment, list.id, ctx);
  }

  /** One malformed profile has Klaviyo refuse them all: the named ones are dropped and the rest is sent again, once. */
  async upload(audience: RemoteAudience, chunk: readonly KlaviyoRow[], ctx: UploadContext): Promise<Receipt> {
    let rows = importRows(chunk);
    let answer = await this.startImport(audience, rows.profiles, ctx);
    const malformed = malformedProfiles(answer, rows.profiles.length);
    const refused = rows.profileOf.flatMap((profile, row) => {
      const reason = malformed?.get(profile);
      return reason === undefined ? [] : [{ row, reason }];
    });
    if (malformed) {
      if (refused.length === chunk.length) return { accepted: 0, refused };
      const dropped = new Set(refused.map(({ row }) => row));
      rows = importRows(chunk.filter((_, row) => !dropped.has(row)));
      answer = await this.startImport(audience, rows.profiles, ctx);
    }
    this.api.check(answer, 'import');
    return { accepted: 0, refused, remoteJobId: jobTicket(resourceIn(answer).id, rows) };
  }

  /** Takes the profiles out of the list, and so out of the segment; in Klaviyo they stay, with their consent. */
  remove(audience: RemoteAudience, chunk: readonly KlaviyoRow[], ctx: UploadContext): Promise<Receipt> {
    return removeProfiles(audience.id, chunk, this.api, ctx);
  }

  pollUpload(remoteJobId: string, ctx: CallContext): Promise<Receipt | 'pending'> {
    return importOutcome(remoteJobId, this.api, ctx);
  }

  private async withSegment(name: string, listId: string, ctx: CallContext): Promise<RemoteAudience> {
    if (this.tag.createSegment) await ensureSegment(name, listId, this.api, ctx);
    return { id: listId };
  }

  private startImport(
    audience: RemoteAudience,
    profiles: readonly KlaviyoRow[],
    ctx: CallContext,
  ): Promise<PlatformResponse> {
    const body = importBody(profiles, audience.id);
    const path = '/api/profile-bulk-import-jobs';
    return this.api.send({ method: 'POST', path, target: 'import', body, timeoutMs: UPLOAD_TIMEOUT_MS }, ctx);
  }
}
