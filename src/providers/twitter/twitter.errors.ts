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
import { parseRetryAfter } from '../kit/retry-after.js';
import { meaningFor, meaningOf, type TwitterCallTarget } from './twitter.error-table.js';
import { waitFor } from './twitter.limits.js';

/** What has to be known of the call to tell what its error means. */
export interface FailedCall {
  readonly target: TwitterCallTarget;
  /** Keys, tokens and values of users in the call, which must not stand in the error. */
  readonly secrets: readonly string[];
  readonly now: number;
  /** The rows that `operation_errors` speaks of. */
  readonly rowsAtFault?: (operationErrors: readonly unknown[]) => RowsAtFault;
}

interface ReceivedError {
  readonly code: string;
  readonly message: string;
}

/** The error that an answer stands for; undefined for an answer that is none. Errors are looked for at HTTP 200 too. */
export function twitterError(answer: PlatformResponse, call: FailedCall): ProviderError | undefined {
  const { status, headers, body } = answer;
  const operationErrors = isRecord(body) ? listOf(body['operation_errors']) : [];
  const error = receivedErrors([...(isRecord(body) ? listOf(body['errors']) : []), ...operationErrors])[0];
  if (error === undefined && status >= 200 && status < 300) {
    return undefined;
  }
  const { code, message } = error ?? { code: '', message: '' };
  const found = meaningOf(code, message, status);
  const { kind, words } = meaningFor(call.target, found);
  // The body of an answer without errors is some proxy's page: nothing in it helps, anything may be in it.
  const said = message === '' ? '' : `: ${redactText(message, call.secrets)}`;
  const text = `X: ${words}${said}`;
  const platformCode = code === '' ? `http ${status}` : code;
  if (kind === 'rejected') {
    const rows = call.rowsAtFault?.(operationErrors);
    return new RequestRejectedError(text, { platformCode, rows });
  }
  const waitMs = kind === 'throttled' ? waitFor(headers, call.now) : parseRetryAfter(headers['retry-after']);
  return errorOfKind(kind, text, platformCode, waitMs);
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`X: answer not understood: ${what}`);
}

/** Entries of `errors`, and those that the entries of `operation_errors` are lists of. */
function receivedErrors(entries: readonly unknown[]): ReceivedError[] {
  return entries
    .flat()
    .filter(isRecord)
    .filter((entry) => Object.keys(entry).length > 0)
    .map(({ code, message }) => ({
      code: /^\w{1,64}$/.test(textOf(code)) ? textOf(code) : '',
      message: textOf(message),
    }));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
