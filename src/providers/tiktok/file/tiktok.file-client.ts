import type {
  CallContext,
  CreateContext,
  CreatedAudience,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../../contract/audience-provider.js';
import { type ProviderError, RequestRejectedError } from '../../contract/provider-errors.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { TikTokApi, type TikTokOptions } from '../tiktok.api.js';
import { receiptOf } from '../tiktok.client.js';
import type { TikTokTag } from '../tiktok.config.js';
import { notUnderstood } from '../tiktok.errors.js';
import { audienceDetails, audienceNamed, idOf, LONGEST_NAME, remoteName } from '../tiktok.lookup.js';
import type { TikTokRow } from '../tiktok.normaliser.js';
import { audienceFile, FILE_KIND, fileUpload } from './tiktok.file-body.js';
import { obstacle, refusalOf } from './tiktok.file-state.js';

/** What a file does to the audience it is sent for. */
type FileAction = 'APPEND' | 'REMOVE';

const FILE_TYPE = 'Customer File Audience';

const UPLOAD_TIMEOUT_MS = 120_000;

const WRONG_SIGNATURE = '40900';

/**
 * Customer file audiences of one ad account: a file per chunk; the first makes the audience, the others add to it or take away.
 * https://business-api.tiktok.com/portal/docs?id=1747012327159809
 */
export class TikTokFileClient implements ProviderClient<TikTokRow> {
  readonly isMadeOfUsers = true;
  private readonly api: TikTokApi;

  constructor(
    private readonly tag: TikTokTag,
    http: PlatformHttp,
    options?: TikTokOptions,
  ) {
    this.api = new TikTokApi(tag, http, options);
  }

  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    const name = remoteName(segment, LONGEST_NAME);
    const found = await audienceNamed(name, [FILE_TYPE], this.tag.advertiserId, this.api, ctx);
    if (found && found.calculateType !== FILE_KIND) {
      throw new RequestRejectedError(
        `TikTok: the audience of this name takes files of another kind than ${FILE_KIND}, which cannot be changed`,
      );
    }
    return found && { id: found.id };
  }

  /** TikTok makes such an audience out of a file, and of nothing else: the first rows go with its creation. */
  async createAudience(segment: string, ctx: CreateContext<TikTokRow>): Promise<CreatedAudience> {
    const filePath = await this.uploadFile(ctx.firstChunk, ctx);
    const { advertiserId, retentionInDays } = this.tag;
    const { data, isPartial } = await this.api.call(
      {
        method: 'POST',
        path: '/dmp/custom_audience/create/',
        target: 'account',
        body: {
          advertiser_id: advertiserId,
          custom_audience_name: remoteName(segment, LONGEST_NAME),
          calculate_type: FILE_KIND,
          file_paths: [filePath],
          retention_in_days: retentionInDays,
        },
      },
      ctx,
    );
    const id = idOf(data['custom_audience_id']);
    if (id === undefined) {
      throw notUnderstood('no id of the new audience');
    }
    return { id, receipt: receiptOf(ctx.firstChunk.length, isPartial) };
  }

  upload(audience: RemoteAudience, chunk: readonly TikTokRow[], ctx: UploadContext): Promise<Receipt> {
    return this.change('APPEND', audience, chunk, ctx);
  }

  /** TikTok changes nothing where fewer than 1,000 people would be left, and says so of the audience when it is done. */
  remove(audience: RemoteAudience, chunk: readonly TikTokRow[], ctx: UploadContext): Promise<Receipt> {
    return this.change('REMOVE', audience, chunk, ctx);
  }

  private async change(
    action: FileAction,
    audience: RemoteAudience,
    chunk: readonly TikTokRow[],
    ctx: CallContext,
  ): Promise<Receipt> {
    const against = obstacle(await this.details(audience, ctx), this.api.now());
    if (against) {
      throw against;
    }
    const filePath = await this.uploadFile(chunk, ctx);
    try {
      return receiptOf(chunk.length, await this.apply(action, audience, filePath, ctx));
    } catch (error) {
      if (error instanceof RequestRejectedError) {
        throw await this.causeOf(error, audience, ctx);
      }
      throw error;
    }
  }

  /** Whether TikTok took the file in part only. The action is always named: without one, the file replaces all members. */
  private async apply(
    action: FileAction,
    audience: RemoteAudience,
    filePath: string,
    ctx: CallContext,
  ): Promise<boolean> {
    const { isPartial } = await this.api.call(
      {
        method: 'POST',
        path: '/dmp/custom_audience/update/',
        target: 'audience',
        body: {
          advertiser_id: this.tag.advertiserId,
          custom_audience_id: audience.id,
          file_paths: [filePath],
          action,
        },
      },
      ctx,
    );
    return isPartial;
  }

  private async uploadFile(rows: readonly TikTokRow[], ctx: CallContext): Promise<string> {
    const file = audienceFile(rows);
    const send = () => this.sendFile(file, ctx);
    // The signature is that of the very bytes sent: they were damaged on their way, which is worth one more try.
    return send().catch((error: unknown) => {
      if (error instanceof RequestRejectedError && error.platformCode === WRONG_SIGNATURE) return send();
      throw error;
    });
  }

  private async sendFile(file: Buffer, ctx: CallContext): Promise<string> {
    const { data } = await this.api.call(
      {
        method: 'POST',
        path: '/dmp/custom_audience/file/upload/',
        target: 'audience',
        ...fileUpload(this.tag.advertiserId, file),
        timeoutMs: UPLOAD_TIMEOUT_MS,
      },
      ctx,
    );
    const filePath = data['file_path'];
    if (typeof filePath !== 'string' || filePath === '') {
      throw notUnderstood('no path of the uploaded file');
    }
    return filePath;
  }

  private async causeOf(refusal: ProviderError, audience: RemoteAudience, ctx: CallContext): Promise<ProviderError> {
    return refusalOf(refusal, await this.details(audience, ctx), this.api.now());
  }

  private details(audience: RemoteAudience, ctx: CallContext) {
    return audienceDetails(audience.id, this.tag.advertiserId, this.api, ctx);
  }
}
