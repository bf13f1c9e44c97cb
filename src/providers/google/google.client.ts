import { Logger } from '@nestjs/common';
import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import { RequestRejectedError } from '../contract/provider-errors.js';
import { isRecord, textOf } from '../kit/answer-values.js';
import type { AccessTokens } from '../kit/oauth/access-tokens.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { GoogleApi, type GoogleApiOptions } from './google.api.js';
import type { GoogleTag } from './google.config.js';
import { NAME_TAKEN } from './google.error-table.js';
import { CONTACT_LIST, idOf, listNamed, listsOf } from './google.lookup.js';
import { type GoogleRow, ingestBody, removeBody } from './google.member.js';
import { requestOutcome, requestTicket } from './google.request-status.js';
import { GoogleCredentials } from './oauth/google.credentials.js';

/** Up to five megabytes on a slow line. */
const UPLOAD_TIMEOUT_MS = 120_000;

const DAY_SECONDS = 86_400;

/**
 * Customer Match lists of one Google Ads account, by the Data Manager API.
 * https://developers.google.com/data-manager/api/devguides/audiences/google-ads/customer-match
 */
export class GoogleClient implements ProviderClient<GoogleRow> {
  private readonly logger = new Logger(GoogleClient.name);
  private readonly api: GoogleApi;

  constructor(
    private readonly tag: GoogleTag,
    http: PlatformHttp,
    tokens: AccessTokens,
    options?: GoogleApiOptions,
  ) {
    this.api = new GoogleApi(tag, http, new GoogleCredentials(tag, http, tokens), options);
  }

  findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    return listNamed(segment, this.tag.customerId, this.api, ctx);
  }

  /** A name that is taken after all belongs to a list that came into being since the look-up. */
  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    try {
      return await this.create(segment, ctx);
    } catch (error) {
      const isTaken = error instanceof RequestRejectedError && NAME_TAKEN.includes(reasonOf(error));
      const found = isTaken && (await this.findAudience(segment, ctx));
      if (found) return found;
      throw error;
    }
  }

  /** Adding who is there already renews the membership: to send a chunk again is harmless. */
  async upload(audience: RemoteAudience, chunk: readonly GoogleRow[], ctx: UploadContext): Promise<Receipt> {
    const answer = await this.send('ingest', ingestBody(this.tag, audience.id, chunk), chunk.length, ctx);
    this.tellWarnings(answer['fieldWarnings']);
    return { accepted: 0, refused: [], remoteJobId: requestTicket(answer['requestId'], chunk.length) };
  }

  /** Who shares an identifier with a row goes; who is not there is no error. */
  async remove(audience: RemoteAudience, chunk: readonly GoogleRow[], ctx: UploadContext): Promise<Receipt> {
    const answer = await this.send('remove', removeBody(this.tag, audience.id, chunk), chunk.length, ctx);
    return { accepted: 0, refused: [], remoteJobId: requestTicket(answer['requestId'], chunk.length) };
  }

  pollUpload(remoteJobId: string, ctx: CallContext): Promise<Receipt | 'pending'> {
    return requestOutcome(remoteJobId, this.api, ctx);
  }

  private send(
    method: 'ingest' | 'remove',
    body: Buffer,
    rows: number,
    ctx: CallContext,
  ): Promise<Readonly<Record<string, unknown>>> {
    const path = `/audienceMembers:${method}`;
    return this.api.call({ method: 'POST', path, target: 'members', body, rows, timeoutMs: UPLOAD_TIMEOUT_MS }, ctx);
  }

  private async create(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const list = await this.api.call(
      {
        method: 'POST',
        ...listsOf(this.tag.customerId),
        body: {
          displayName: segment,
          description: `${ctx.audienceType} audience`,
          membershipStatus: 'OPEN',
          membershipDuration: `${this.tag.membershipDays * DAY_SECONDS}s`,
          ingestedUserListInfo: {
            uploadKeyTypes: [CONTACT_LIST],
            contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
          },
        },
      },
      ctx,
    );
    return { id: idOf(list) };
  }

  /** Fields that Google went on without. Their places and reasons hold no value of a user; its words might. */
  private tellWarnings(warnings: unknown): void {
    if (!Array.isArray(warnings) || warnings.length === 0) return;
    const reasons = warnings.filter(isRecord).map(({ reason }) => textOf(reason).replace(/\W/g, ''));
    this.logger.warn(`Google warns of ${warnings.length} fields: ${[...new Set(reasons)].slice(0, 5).join(', ')}`);
  }
}

/** `DISPLAY_NAME_ALREADY_USED` of `400/DISPLAY_NAME_ALREADY_USED`. */
function reasonOf({ platformCode = '' }: RequestRejectedError): string {
  return platformCode.slice(platformCode.indexOf('/') + 1);
}
