import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import { PlatformUnavailableError, RequestRejectedError } from '../contract/provider-errors.js';
import { integerOf, isRecord } from '../kit/answer-values.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { rowsAtFault } from './members/twitter.refusal.js';
import { removalBody, usersBody } from './members/twitter.users-body.js';
import { TwitterApi, type TwitterOptions } from './twitter.api.js';
import type { TwitterTag } from './twitter.config.js';
import { notUnderstood } from './twitter.errors.js';
import { audiencesNamed, idOf, LIST_TYPE, type ListedAudience } from './twitter.lookup.js';
import type { TwitterRow } from './twitter.normaliser.js';

const DAY_MS = 24 * 60 * 60_000;

/** Twenty thousand users are some three megabytes: on a slow line, and on a busy day of X's, that takes its time. */
const UPLOAD_TIMEOUT_MS = 120_000;

/** List audiences of one ads account: https://docs.x.com/x-ads-api/audiences */
export class TwitterClient implements ProviderClient<TwitterRow> {
  private readonly api: TwitterApi;

  constructor(
    private readonly tag: TwitterTag,
    http: PlatformHttp,
    options?: TwitterOptions,
  ) {
    this.api = new TwitterApi(tag, http, options);
  }

  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    return listAmong(await audiencesNamed(segment, 'by-name', this.api, ctx));
  }

  /** Names are unique: where this one is taken, the audience that has it is the one. */
  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    try {
      return await this.create(segment, ctx);
    } catch (error) {
      if (!(error instanceof RequestRejectedError)) {
        throw error;
      }
      // No code is documented for a name that is taken, so the account's list has to tell.
      const named = await audiencesNamed(segment, 'everywhere', this.api, ctx);
      const found = listAmong(named);
      if (found === undefined && named.length > 0) {
        const { platformCode } = error;
        throw new RequestRejectedError('X: the ads account has an audience of this name that takes no users', {
          platformCode,
        });
      }
      if (found === undefined) {
        throw error;
      }
      return found;
    }
  }

  upload(audience: RemoteAudience, chunk: readonly TwitterRow[], ctx: UploadContext): Promise<Receipt> {
    const ttlMs = this.tag.memberTtlDays * DAY_MS;
    return this.change((now) => usersBody(chunk, now + ttlMs), audience, chunk, ctx);
  }

  /** A person leaves who has any of these identifiers. */
  remove(audience: RemoteAudience, chunk: readonly TwitterRow[], ctx: UploadContext): Promise<Receipt> {
    return this.change(() => removalBody(chunk), audience, chunk, ctx);
  }

  /** One request is taken as a whole or not at all. */
  private async change(
    body: (now: number) => Buffer,
    audience: RemoteAudience,
    chunk: readonly TwitterRow[],
    ctx: CallContext,
  ): Promise<Receipt> {
    const { body: answer, pauseMs } = await this.api.call(
      {
        method: 'POST',
        path: `/custom_audiences/${encodeURIComponent(audience.id)}/users`,
        pathTemplate: '/custom_audiences/{audience}/users',
        target: 'members',
        body,
        timeoutMs: UPLOAD_TIMEOUT_MS,
        plainValues: chunk.flatMap(([, , partnerUserId]) => (partnerUserId === '' ? [] : [partnerUserId])),
        rowsAtFault: (operationErrors) => rowsAtFault(operationErrors, chunk.length),
      },
      ctx,
    );
    requireCount(answer['data'], chunk.length);
    return { accepted: chunk.length, refused: [], pauseMs };
  }

  private async create(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const path = '/custom_audiences';
    // X shows name and description to whoever the audience is shared with: say no more than the type.
    const query = { name: segment, description: `${ctx.audienceType} audience` };
    const { body } = await this.api.call({ method: 'POST', path, pathTemplate: path, target: 'account', query }, ctx);
    const id = isRecord(body['data']) ? idOf(body['data']['id']) : undefined;
    if (id === undefined) {
      throw notUnderstood('no id of the new audience');
    }
    return { id };
  }
}

function listAmong(audiences: readonly ListedAudience[]): RemoteAudience | undefined {
  const found = audiences.find(({ type }) => type === LIST_TYPE);
  return found && { id: found.id };
}

/** X says to send everything again when it counts fewer users than were sent: that changes nothing for the others. */
function requireCount(data: unknown, sent: number): void {
  const count = isRecord(data) ? integerOf(data['success_count']) : undefined;
  if (count === undefined) {
    throw notUnderstood('no success_count');
  }
  if (count !== sent) {
    throw new PlatformUnavailableError(`X: ${count} of ${sent} users were counted, so all have to be sent again`);
  }
}
