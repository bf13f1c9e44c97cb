import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import { AudienceMissingError, PlatformUnavailableError, type ProviderError } from '../contract/provider-errors.js';
import type { AccessTokens } from '../kit/oauth/access-tokens.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { LinkedInAccess } from './api/linkedin.access.js';
import { LinkedInApi, type LinkedInOptions } from './api/linkedin.api.js';
import type { LinkedInTag } from './linkedin.config.js';
import {
  accountUrn,
  newIdOf,
  remoteName,
  segmentDetails,
  segmentNamed,
  sourceIdOf,
  USER_SEGMENT,
} from './linkedin.lookup.js';
import type { LinkedInRow } from './linkedin.normaliser.js';
import { elementStatuses, removalBody, uniqueRows, usersBody } from './linkedin.users.js';

const USERS_TIMEOUT_MS = 60_000;

/** How often users whose element failed in passing are sent again at once, alone. */
const MOST_REPEATS = 2;

const SECOND_MS = 1_000;
/** A new segment takes no users for seconds or minutes; after so long it is something else. */
const WARM_UP_MS = 5 * 60 * SECOND_MS;
/** Until a segment is so old, so long a wait is asked for: after 5, 15, 30, 60 and 120 seconds. */
const WARM_UP_WAITS: readonly (readonly [ageMs: number, waitMs: number])[] = [
  [5 * SECOND_MS, 5 * SECOND_MS],
  [20 * SECOND_MS, 15 * SECOND_MS],
  [50 * SECOND_MS, 30 * SECOND_MS],
  [110 * SECOND_MS, 60 * SECOND_MS],
  [WARM_UP_MS, 120 * SECOND_MS],
];

/**
 * DMP segments of one ad account that users are streamed into.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segments
 */
export class LinkedInClient implements ProviderClient<LinkedInRow> {
  private readonly api: LinkedInApi;

  constructor(
    private readonly tag: LinkedInTag,
    http: PlatformHttp,
    tokens: AccessTokens,
    options?: LinkedInOptions,
  ) {
    this.api = new LinkedInApi(tag, http, new LinkedInAccess(tag, http, tokens), options);
  }

  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    const found = await segmentNamed(segment, this.tag, this.api, ctx);
    return found && { id: found.id };
  }

  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const body = {
      name: remoteName(segment),
      description: `${ctx.audienceType} audience`,
      sourcePlatform: this.tag.sourcePlatform,
      sourceSegmentId: sourceIdOf(segment),
      account: accountUrn(this.tag),
      type: USER_SEGMENT,
      destinations: [{ destination: 'LINKEDIN' }],
    };
    const call = { method: 'POST', path: '/dmpSegments', pathTemplate: '/dmpSegments', target: 'account' } as const;
    return { id: newIdOf(await this.api.call({ ...call, body }, ctx)) };
  }

  /** 201 says of a user that he was received, never that he was matched. */
  upload(audience: RemoteAudience, chunk: readonly LinkedInRow[], ctx: UploadContext): Promise<Receipt> {
    return this.stream(audience, chunk, usersBody, ctx);
  }

  /** Who is not in the segment is answered 201 as well. */
  remove(audience: RemoteAudience, chunk: readonly LinkedInRow[], ctx: UploadContext): Promise<Receipt> {
    return this.stream(audience, chunk, removalBody, ctx);
  }

  private async stream(
    audience: RemoteAudience,
    chunk: readonly LinkedInRow[],
    bodyOf: (rows: readonly LinkedInRow[]) => Buffer,
    ctx: CallContext,
  ): Promise<Receipt> {
    const refusedEmails = new Set<string>();
    let rows = uniqueRows(chunk);
    for (let repeats = 0; rows.length > 0; repeats += 1) {
      const statuses = await this.send(audience, bodyOf(rows), rows.length, ctx);
      const passing = statuses.find(isPassing);
      if (passing !== undefined && repeats === MOST_REPEATS) throw this.api.errorOfElement(passing);
      rows.forEach(({ email }, at) => isRefused(statuses[at]!) && refusedEmails.add(email));
      rows = rows.filter((_, at) => isPassing(statuses[at]!));
    }
    const refused = chunk.flatMap(({ email }, row) =>
      refusedEmails.has(email) ? [{ row, reason: 'refused-by-platform' as const }] : [],
    );
    return { accepted: chunk.length - refused.length, refused };
  }

  /** The outcome of each row. */
  private async send(
    audience: RemoteAudience,
    users: Buffer,
    count: number,
    ctx: CallContext,
  ): Promise<readonly number[]> {
    const path = `/dmpSegments/${audience.id}/users`;
    const call = { method: 'POST', path, pathTemplate: '/dmpSegments/{id}/users', target: 'users' } as const;
    const rest = { restMethod: 'BATCH_CREATE', body: users, timeoutMs: USERS_TIMEOUT_MS } as const;
    try {
      const { body } = await this.api.call({ ...call, ...rest }, ctx);
      const statuses = elementStatuses(body, count);
      const fault = statuses.find(isCallsFault);
      if (fault !== undefined) throw this.api.errorOfElement(fault);
      this.api.passed();
      return statuses;
    } catch (error) {
      throw error instanceof AudienceMissingError ? await this.causeOf(error, audience, ctx) : error;
    }
  }

  /** LinkedIn answers 404 for a segment that is too new as for one that is gone. Only the segment itself tells these apart. */
  private async causeOf(
    missing: AudienceMissingError,
    { id }: RemoteAudience,
    ctx: CallContext,
  ): Promise<ProviderError> {
    const found = await segmentDetails(id, this.api, ctx);
    if (found === undefined) return missing;
    const { platformCode } = missing;
    // Of a segment that tells no time, nothing speaks against its being new.
    const ageMs = this.api.now() - (found.createdAt ?? this.api.now());
    const wait = WARM_UP_WAITS.find(([age]) => ageMs < age);
    if (wait === undefined) {
      return new AudienceMissingError('LinkedIn: the segment is there, but takes no users', { platformCode });
    }
    const details = { isWarmUp: true, platformCode, retryAfterMs: wait[1] };
    return new PlatformUnavailableError('LinkedIn: the new segment does not take users yet', details);
  }
}

/** Not about this one user: the whole call is waited for, or ended. */
function isCallsFault(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || [401, 403, 404, 426, 429].includes(status);
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 423;
}

function isRefused(status: number): boolean {
  return status >= 400 && !isCallsFault(status) && !isPassing(status);
}
