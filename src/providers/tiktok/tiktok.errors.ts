import { errorOfKind } from '../contract/error-of-kind.js';
import { PlatformUnavailableError, type ProviderError } from '../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../kit/answer-values.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import { parseRetryAfter } from '../kit/retry-after.js';
import { meaningOf, type TikTokCallTarget } from './tiktok.error-table.js';
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
  const platformCode = code === undefined ? `http ${answer.status}` : String(code);
  // Counted whatever the answer asks for: the pauses between refusals grow with their number.
  const ownWaitMs = meaning.kind === 'throttled' ? call.throttle.refused() : meaning.waitMs;
  return errorOfKind(meaning.kind, words, platformCode, parseRetryAfter(answer.headers['retry-after']) ?? ownWaitMs);
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`TikTok: answer not understood: ${what}`);
}
