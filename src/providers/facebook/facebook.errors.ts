import { errorOfKind } from '../contract/error-of-kind.js';
import { PlatformUnavailableError, type ProviderError, RequestRejectedError } from '../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../kit/answer-values.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import { parseRetryAfter } from '../kit/retry-after.js';
import type { FacebookTag } from './facebook.config.js';
import { type FacebookErrorMeaning, type GraphError, meaningOf } from './facebook.error-table.js';
import { readUsage, throttleWait } from './facebook.usage.js';

/**
 * What a call is about: some codes say another thing about an audience or its members than about the account's list, and only
 * a call about members can be made smaller.
 */
export type FacebookCallTarget = 'account' | 'audience' | 'members';

interface ReceivedError extends GraphError {
  /** Everything Facebook says in words. */
  readonly text: string;
  readonly trace: string;
}

/**
 * The error that an answer stands for; undefined for an answer that is none. `error` is looked for at HTTP 200 too.
 *
 * @param plainValues values of users in the call, which must not stand in the error
 */
export function facebookError(
  answer: PlatformResponse,
  target: FacebookCallTarget,
  tag: FacebookTag,
  plainValues: () => readonly string[] = () => [],
): ProviderError | undefined {
  const error = receivedError(answer.body);
  if (error === undefined && answer.status >= 200 && answer.status < 300) {
    return undefined;
  }
  const found = meaningOf(error, answer.status);
  const isAsFound = target === 'members' || (target === 'audience' && found.kind === 'missing');
  const meaning = isAsFound ? found : (found.onAccount ?? found);
  const platformCode = [error?.code, error?.subcode].filter((part) => part !== undefined).join('/');
  const code = platformCode === '' ? `http ${answer.status}` : platformCode;
  return errorOfKind(meaning.kind, messageOf(meaning, error, tag, plainValues), code, waitOf(meaning, answer.headers));
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`Facebook: answer not understood: ${what}`);
}

/** A request that is not sent because Meta has no words for a field of it. */
export function cannotExpress(field: string, why: string): ProviderError {
  return new RequestRejectedError(`Facebook: ${field}: ${why}`);
}

function waitOf({ kind, waitMs }: FacebookErrorMeaning, headers: PlatformResponse['headers']): number | undefined {
  const askedWaitMs = parseRetryAfter(headers['retry-after']);
  return kind === 'throttled' ? throttleWait(readUsage(headers), askedWaitMs) : (askedWaitMs ?? waitMs);
}

function messageOf(
  meaning: FacebookErrorMeaning,
  error: ReceivedError | undefined,
  tag: FacebookTag,
  plainValues: () => readonly string[],
): string {
  const link = meaning.kind === 'terms' ? ` at ${termsUrl(tag.adAccountId)}` : '';
  // The body of an answer without `error` is some proxy's page: nothing in it helps, anything may be in it.
  const said = error?.text ? `: ${redactText(error.text, [tag.accessToken, tag.appSecret, ...plainValues()])}` : '';
  const trace = error?.trace ? ` (fbtrace_id ${error.trace})` : '';
  return `Facebook: ${meaning.words}${link}${said}${trace}`;
}

function termsUrl(adAccountId: string): string {
  return `https://business.facebook.com/ads/manage/customaudiences/tos/?act=${adAccountId}`;
}

function receivedError(body: unknown): ReceivedError | undefined {
  const error = isRecord(body) ? body['error'] : undefined;
  if (error === undefined || error === null) {
    return undefined;
  }
  const fields = isRecord(error) ? error : { message: error };
  const message = textOf(fields['message']);
  const trace = textOf(fields['fbtrace_id']);
  return {
    message,
    text: [message, textOf(fields['error_user_msg'])].filter((part) => part !== '').join(' - '),
    code: integerOf(fields['code']),
    subcode: integerOf(fields['error_subcode']),
    isTransient: fields['is_transient'] === true,
    trace: /^[\w-]{1,64}$/.test(trace) ? trace : '',
  };
}
