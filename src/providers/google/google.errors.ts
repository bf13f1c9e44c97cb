import { errorOfKind } from '../contract/error-of-kind.js';
import {
  PlatformUnavailableError,
  type ProviderError,
  RequestRejectedError,
  type RowsAtFault,
} from '../contract/provider-errors.js';
import { isRecord, textOf } from '../kit/answer-values.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import { LONGEST_WAIT_MS, parseRetryAfter } from '../kit/retry-after.js';
import { type GoogleCallTarget, meaningOf, ROW_REASONS } from './google.error-table.js';

/** What has to be known of the call to tell what its error means. */
export interface FailedCall {
  readonly target: GoogleCallTarget;
  /** Taken out of what Google says. */
  readonly secrets: readonly (string | undefined)[];
  /** Members that the call carried. */
  readonly rows?: number;
}

interface FieldViolation {
  readonly field: string;
  readonly description: string;
  readonly reason: string;
}

/** What Google's error body says: https://google.aip.dev/193 */
interface ReceivedError {
  readonly message: string;
  readonly status: string;
  readonly reason: string;
  readonly requestId: string;
  readonly violations: readonly FieldViolation[];
  /** Which quota is used up. */
  readonly quotaLimit: string;
  /** `"3.5s"` */
  readonly retryDelay: string;
}

/** Lists may appear doubled: `audience_members.audience_members[1]`. */
const ROW = /^audience_members(?:\.audience_members)?\[(\d{1,9})\]/;
const REASON = /^[A-Z][A-Z0-9_]{2,100}$/;
const SHOWN_VIOLATIONS = 3;

/** The error that an answer stands for; undefined for an answer that is none. */
export function googleError(answer: PlatformResponse, call: FailedCall): ProviderError | undefined {
  if (answer.status >= 200 && answer.status < 300) return undefined;
  const error = receivedError(answer.body);
  const reasons = reasonsOf(error);
  const meaning = meaningOf(answer.status, reasons, call.target);
  const platformCode = `${answer.status}/${reasons[0] ?? 'http'}`;
  const message = `Google: ${meaning.words}${saidIn(error, call)}`;
  if (meaning.kind === 'rejected' && call.rows !== undefined) {
    return new RequestRejectedError(message, { platformCode, rows: rowsAtFault(error, call.rows) });
  }
  return errorOfKind(meaning.kind, message, platformCode, waitOf(answer, error));
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`Google: answer not understood: ${what}`);
}

/** The members that are to blame; none when Google complains of something else as well, which would remain. */
function rowsAtFault({ violations }: ReceivedError, rows: number): RowsAtFault {
  const faults = new Map<number, RowsAtFault[number]['reason']>();
  for (const { field, reason } of violations) {
    const row = Number(ROW.exec(field)?.[1] ?? NaN);
    if (!(row < rows) || !ROW_REASONS.has(reason)) return [];
    faults.set(row, reason.startsWith('INVALID_') ? 'invalid-format' : 'refused-by-platform');
  }
  return [...faults].map(([row, reason]) => ({ row, reason }));
}

/** In the order in which they count: those of fields, that of the request, and Google's general word for it. */
function reasonsOf({ violations, reason, status }: ReceivedError): readonly string[] {
  return [...violations.map((violation) => violation.reason), reason, status].filter((word) => REASON.test(word));
}

/** Of what is said about members only fields and reasons are told: Google quotes values, postal codes for instance. */
function saidIn(error: ReceivedError, { target, secrets }: FailedCall): string {
  const mayQuote = target === 'members' && error.status === 'INVALID_ARGUMENT';
  const words = error.violations.slice(0, SHOWN_VIOLATIONS).map(({ field, reason, description }) => {
    const said = mayQuote ? reason : [reason, description].filter(Boolean).join(' ');
    return [field, said].filter(Boolean).join(': ');
  });
  if (words.length === 0 && !mayQuote) words.push(error.message);
  const text = redactText(words.join('; '), secrets);
  const id = error.requestId === '' ? '' : ` (request ${error.requestId})`;
  return `${text && ': '}${text}${id}`;
}

/** The quota of a day comes back at midnight in California; no platform is left alone for longer than an hour in one go. */
function waitOf({ headers }: PlatformResponse, { retryDelay, quotaLimit }: ReceivedError): number | undefined {
  const asked = parseRetryAfter(headers['retry-after']) ?? parseRetryAfter(retryDelay.replace(/s$/, ''));
  return asked ?? (quotaLimit.includes('PerDay') ? LONGEST_WAIT_MS : undefined);
}

function receivedError(body: unknown): ReceivedError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const details = Array.isArray(error['details']) ? error['details'].filter(isRecord) : [];
  const detail = (type: string) => details.find((one) => textOf(one['@type']).endsWith(`.${type}`)) ?? {};
  const info = detail('ErrorInfo');
  const metadata = isRecord(info['metadata']) ? info['metadata'] : {};
  const ofAds = detail('GoogleAdsFailure');
  const requestId = textOf(detail('RequestInfo')['requestId']) || textOf(ofAds['requestId']);
  const violations = detail('BadRequest')['fieldViolations'];
  return {
    message: textOf(error['message']),
    status: textOf(error['status']),
    reason: textOf(info['reason']),
    requestId: /^[\w-]{1,64}$/.test(requestId) ? requestId : '',
    violations: [...recordsOf(violations).map(readViolation), ...recordsOf(ofAds['errors']).map(readAdsError)],
    quotaLimit: textOf(metadata['quota_limit']),
    retryDelay: textOf(detail('RetryInfo')['retryDelay']),
  };
}

function recordsOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The Google Ads API names its errors by family: `{"errorCode":{"userListError":"NAME_ALREADY_USED"}}`. */
function readAdsError({ errorCode, message }: Record<string, unknown>): FieldViolation {
  const [reason] = Object.values(isRecord(errorCode) ? errorCode : {});
  return { field: '', description: textOf(message), reason: textOf(reason) };
}

function readViolation({ field, description, reason }: Record<string, unknown>): FieldViolation {
  return { field: textOf(field), description: textOf(description), reason: textOf(reason) };
}
