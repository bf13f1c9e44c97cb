import type { RejectionReason } from './audience-provider.js';

/** What a platform's refusal means for the delivery, in the words used by answers, metrics and the retry policy. */
export type ProviderErrorCode =
  | 'rate-limited'
  | 'platform-unavailable'
  | 'credentials-rejected'
  | 'permission-denied'
  | 'terms-not-accepted'
  | 'audience-missing'
  | 'audience-blocked'
  | 'chunk-too-large'
  | 'request-rejected';

interface ProviderErrorDetails {
  /** The platform's own code, such as `190/463`, shown to operators. */
  readonly platformCode?: string;
  readonly cause?: unknown;
}

/**
 * The only thing a `ProviderClient` throws. The message is shown in answers and logs: it holds the platform's reason with
 * tokens and user values taken out, never more.
 */
export abstract class ProviderError extends Error {
  abstract readonly code: ProviderErrorCode;
  /** Whether the same request may succeed later without anybody changing anything. */
  abstract readonly retryable: boolean;
  readonly platformCode?: string;
  /** How long the platform asks to wait, ms. */
  readonly retryAfterMs?: number;

  constructor(message: string, details: ProviderErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.platformCode = details.platformCode;
  }
}

/** Too many calls. All calls of the account stop for `retryAfterMs`. */
export class RateLimitedError extends ProviderError {
  readonly code = 'rate-limited';
  readonly retryable = true;
  override readonly retryAfterMs?: number;

  constructor(message: string, retryAfterMs: number | undefined, details?: ProviderErrorDetails) {
    super(message, details);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The platform is down, slow, busy or unreachable: the request may or may not have been carried out. */
export class PlatformUnavailableError extends ProviderError {
  readonly code = 'platform-unavailable';
  readonly retryable = true;
  override readonly retryAfterMs?: number;
  /** The platform is there: only this audience, which is new, takes no users yet. */
  readonly isWarmUp: boolean;

  constructor(
    message: string,
    details: ProviderErrorDetails & { readonly retryAfterMs?: number; readonly isWarmUp?: boolean } = {},
  ) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
    this.isWarmUp = details.isWarmUp ?? false;
  }
}

/** The token is expired, revoked or wrong. */
export class CredentialsRejectedError extends ProviderError {
  readonly code = 'credentials-rejected';
  readonly retryable = false;
}

/** The token is good but may not do this in this account. */
export class PermissionDeniedError extends ProviderError {
  readonly code = 'permission-denied';
  readonly retryable = false;
}

/** Somebody has to accept the platform's terms by hand first. */
export class TermsNotAcceptedError extends ProviderError {
  readonly code = 'terms-not-accepted';
  readonly retryable = false;
}

/** The remote audience is not (or no longer) there. The engine looks it up or creates it again, once. */
export class AudienceMissingError extends ProviderError {
  readonly code = 'audience-missing';
  readonly retryable = true;
}

/** The platform has flagged or locked this audience; a human must appeal. */
export class AudienceBlockedError extends ProviderError {
  readonly code = 'audience-blocked';
  readonly retryable = false;
}

/** The request is too large; the engine sends the same rows in two halves. */
export class ChunkTooLargeError extends ProviderError {
  readonly code = 'chunk-too-large';
  readonly retryable = true;
}

/** Rows that made a platform refuse a whole request; `row` is the index within the chunk. */
export type RowsAtFault = readonly { readonly row: number; readonly reason: RejectionReason }[];

/**
 * The platform will never take this request as it is. Thrown by an upload, the engine looks for the rows that are to blame:
 * those in `rows` are left out, and the rest is sent again; without any it sends ever smaller parts until it has found them.
 */
export class RequestRejectedError extends ProviderError {
  readonly code = 'request-rejected';
  readonly retryable = false;
  readonly rows: RowsAtFault;

  constructor(message: string, details: ProviderErrorDetails & { readonly rows?: RowsAtFault } = {}) {
    super(message, details);
    this.rows = details.rows ?? [];
  }
}
