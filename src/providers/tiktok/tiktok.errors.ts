import {
  AudienceMissingError,
  ChunkTooLargeError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  type ProviderError,
  RateLimitedError,
  RequestRejectedError,
  TermsNotAcceptedError,
} from '../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../kit/answer-values.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import { parseRetryAfter } from '../kit/retry-after.js';
import { meaningOf, type TikTokCallTarget, type TikTokErrorMeaning } from './tiktok.error-table.js';
import type { TikTokThrottle } from './tiktok.throttle.js';

/** What every answer of TikTok's is wrapped in. */
export interface TikTokEnvelope {
  readonly code?: number;
  readonly message: string;
  readonly requestId: string;
  readonly data: unknown;
}

/** What has to be known of the call to tell what its error means. */
export interface FailedCall {
  readonly target: TikTokCallTarget;
  readonly accessToken: string;
  readonly throttle: TikTokThrottle;
}

export function readEnvelope({ body, headers }: PlatformResponse): TikTokEnvelope {
  const fields = isRecord(body) ? body : {};
  const requestId = textOf(fields['request_id']) || (headers['x-tt-logid'] ?? '');
  return {
    code: integerOf(fields['code']),
    message: textOf(fields['message']),
    requestId: /^[\w-]{1,64}$/.test(requestId) ? requestId : '',
    data: fields['data'],
  };
}

/** The error that an answer stands for. TikTok's code decides, whatever the HTTP status. */
export function tiktokError(answer: PlatformResponse, envelope: TikTokEnvelope, call: FailedCall): ProviderError {
  const { code, message, requestId } = envelope;
  if (code === undefined && answer.status < 300) {
    return notUnderstood('no code');
  }
  const found = meaningOf(code, message, answer.status);
  const meaning = call.target === 'account' ? (found.onAccount ?? found) : found;
  const said = message === '' ? '' : `: ${redactText(message, [call.accessToken])}`;
  const words = `TikTok: ${meaning.words}${said}${requestId === '' ? '' : ` (request_id ${requestId})`}`;
  const details = { platformCode: code === undefined ? `http ${answer.status}` : String(code) };
  return errorOf(meaning, words, details, parseRetryAfter(answer.headers['retry-after']), call.throttle);
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`TikTok: answer not understood: ${what}`);
}

function errorOf(
  { kind, waitMs }: TikTokErrorMeaning,
  message: string,
  details: { readonly platformCode: string },
  askedWaitMs: number | undefined,
  throttle: TikTokThrottle,
): ProviderError {
  switch (kind) {
    case 'credentials':
      return new CredentialsRejectedError(message, details);
    case 'permission':
      return new PermissionDeniedError(message, details);
    case 'terms':
      return new TermsNotAcceptedError(message, details);
    case 'missing':
      return new AudienceMissingError(message, details);
    case 'too-large':
      return new ChunkTooLargeError(message, details);
    case 'throttled': {
      const ownWaitMs = throttle.refused();
      return new RateLimitedError(message, askedWaitMs ?? ownWaitMs, details);
    }
    case 'unavailable':
      return new PlatformUnavailableError(message, { ...details, retryAfterMs: askedWaitMs ?? waitMs });
    case 'rejected':
      return new RequestRejectedError(message, details);
  }
}
