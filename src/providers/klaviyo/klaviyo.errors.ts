import {
  AudienceMissingError,
  ChunkTooLargeError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  type ProviderError,
  RateLimitedError,
  RequestRejectedError,
} from '../contract/provider-errors.js';
import { textOf } from '../kit/answer-values.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import { LONGEST_WAIT_MS, parseRetryAfter } from '../kit/retry-after.js';

/** What a call is about: the same status says different things of different objects. */
export type KlaviyoCallTarget = 'lists' | 'segments' | 'list' | 'segment' | 'members' | 'import' | 'job' | 'erasure';

/** One entry of `errors[]`. */
export interface KlaviyoError {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly pointer: string;
}

interface Failure {
  readonly answer: PlatformResponse;
  readonly target: KlaviyoCallTarget;
  readonly errors: readonly KlaviyoError[];
}

type Meaning = readonly [type: ErrorType, words: string];
type ErrorType = new (message: string, details: { readonly platformCode: string }) => ProviderError;

/** What a private key must be allowed, told when it is not: Klaviyo itself does not name the scope. */
const SCOPES: Readonly<Record<KlaviyoCallTarget, string>> = {
  lists: 'lists:read and lists:write',
  segments: 'segments:read and segments:write',
  list: 'lists:read and lists:write',
  segment: 'segments:read and segments:write',
  members: 'lists:read, lists:write, profiles:read and profiles:write',
  import: 'lists:write and profiles:write',
  job: 'lists:read and profiles:read',
  erasure: 'data-privacy:write',
};

/** The limits of a second and of a minute ask for less; what asks for more is the limit of a day. */
const LONGEST_MINUTE_WAIT_MS = 2 * 60_000;

const ROW_POINTER = /\/profiles\/data\/(\d+)(?:\/|$)/;
/** Calls about people: an error may quote their values, whatever it speaks of. */
const ABOUT_PEOPLE: readonly KlaviyoCallTarget[] = ['members', 'import', 'erasure'];
const TOO_LARGE = /too large|payload size|exceeds? (?:the )?(?:maximum|limit)|larger than/i;

/** The error that an answer stands for; undefined for an answer that is none. */
export function klaviyoError(
  answer: PlatformResponse,
  target: KlaviyoCallTarget,
  apiKey: string,
): ProviderError | undefined {
  if (answer.status >= 200 && answer.status < 300) return undefined;
  const failure = { answer, target, errors: klaviyoErrors(answer.body) };
  const platformCode = codeOf(failure);
  const [type, words] = meaningOf(failure);
  const message = `Klaviyo: ${words}${saidIn(failure, apiKey)}`;
  const waitMs = waitOf(failure);
  if (answer.status === 429) return new RateLimitedError(message, waitMs, { platformCode });
  if (type === PlatformUnavailableError) {
    return new PlatformUnavailableError(message, { platformCode, retryAfterMs: waitMs });
  }
  return new type(message, { platformCode });
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`Klaviyo: answer not understood: ${what}`);
}

/** Whether a day's cap was met, such as that of new lists: only the call that met it has to wait, nothing else. */
export function isDayLimit(error: unknown): error is RateLimitedError {
  return error instanceof RateLimitedError && (error.retryAfterMs ?? 0) > LONGEST_MINUTE_WAIT_MS;
}

/** The errors of a body; none when it is not Klaviyo's, such as a page of the network in front of it. */
export function klaviyoErrors(body: unknown): readonly KlaviyoError[] {
  const errors = (body as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.map((entry) => {
    const { id, code, title, detail, source } = (entry ?? {}) as Record<string, unknown>;
    const { pointer } = (source ?? {}) as { pointer?: unknown };
    return {
      id: textOf(id),
      code: textOf(code),
      title: textOf(title),
      detail: textOf(detail),
      pointer: textOf(pointer),
    };
  });
}

/** Which profile of a job a pointer such as `/data/attributes/profiles/data/7/attributes/email` speaks of. */
export function rowOfPointer(pointer: string): number | undefined {
  const row = ROW_POINTER.exec(pointer)?.[1];
  return row === undefined ? undefined : Number(row);
}

function meaningOf(failure: Failure): Meaning {
  const { answer, target } = failure;
  switch (answer.status) {
    case 400:
      return meaningOfBadRequest(failure);
    case 401:
      return [CredentialsRejectedError, 'the private API key is wrong or was deleted'];
    case 403:
      return isHtml(answer)
        ? [PlatformUnavailableError, 'held up by the network in front of it']
        : [PermissionDeniedError, `the private API key needs the scopes ${SCOPES[target]}`];
    case 404:
      return meaningOfNotFound(failure);
    case 410:
      return [RequestRejectedError, 'this revision of the API is no longer served; set a newer one (REVISION)'];
    case 413:
      return [target === 'import' ? ChunkTooLargeError : RequestRejectedError, 'the request is too large'];
    case 429:
      return [PlatformUnavailableError, 'too many calls'];
    default:
      return answer.status >= 500 || answer.status === 408
        ? [PlatformUnavailableError, 'a passing failure']
        : [RequestRejectedError, 'the request is not accepted'];
  }
}

function meaningOfBadRequest({ answer, target, errors }: Failure): Meaning {
  if (isHtml(answer))
    return [RequestRejectedError, 'refused by the network in front of it; is the key as Klaviyo gave it?'];
  if (target === 'members' && errors.some(({ detail }) => /^Invalid profile IDs/.test(detail))) {
    // Erased or merged since it was looked up: the next look-up does not find it.
    return [PlatformUnavailableError, 'a profile went away meanwhile'];
  }
  if (target === 'import') {
    if (errors.some(({ detail }) => /^List ID\b.*does not exist/s.test(detail))) {
      return [AudienceMissingError, 'the list is not there'];
    }
    if (errors.some(({ detail, pointer }) => TOO_LARGE.test(detail) && rowOfPointer(pointer) === undefined))
      return [ChunkTooLargeError, 'the request is too large'];
  }
  return [RequestRejectedError, 'the request is not accepted'];
}

function meaningOfNotFound({ target, errors }: Failure): Meaning {
  if (errors.some(({ detail }) => /No valid revisions found/i.test(detail))) {
    return [RequestRejectedError, 'this call is not part of the revision of the API (REVISION)'];
  }
  if (target === 'import' || target === 'list' || target === 'members') {
    return [AudienceMissingError, 'the list is not there'];
  }
  if (target === 'segment') return [AudienceMissingError, 'the segment is not there'];
  if (target === 'job') {
    return [
      RequestRejectedError,
      'the import job is not known any more, so what became of its profiles cannot be told',
    ];
  }
  return [RequestRejectedError, 'not found'];
}

/** What is said about people may quote their values, whatever they look like: of such calls only the title is told. */
function saidIn({ errors, target }: Failure, apiKey: string): string {
  const [error] = errors;
  if (error === undefined) return '';
  const mayQuote = ABOUT_PEOPLE.includes(target) || rowOfPointer(error.pointer) !== undefined;
  const words = mayQuote ? error.title : error.detail || error.title;
  const id = /^[\w-]{1,64}$/.test(error.id) ? ` (error ${error.id})` : '';
  return `${words === '' ? '' : `: ${redactText(words, [apiKey])}`}${id}`;
}

/** The day's limits ask for hours: that is capped, and asked again. */
function waitOf({ answer, errors }: Failure): number | undefined {
  const told = parseRetryAfter(answer.headers['retry-after']);
  if (told !== undefined) return told;
  const seconds = /available in (\d{1,6}) second/i.exec(errors[0]?.detail ?? '')?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1_000, LONGEST_WAIT_MS);
}

function codeOf({ answer, errors }: Failure): string {
  const code = errors[0]?.code ?? '';
  return /^[\w.-]{1,64}$/.test(code) ? `${answer.status}/${code}` : `http ${answer.status}`;
}

/** Cloudflare's challenge to callers that come from data centres in bursts: it passes. */
function isHtml({ headers }: PlatformResponse): boolean {
  return headers['cf-mitigated'] !== undefined || (headers['content-type'] ?? '').includes('text/html');
}
