import { errorOfKind, type ProviderErrorKind } from '../../contract/error-of-kind.js';
import { PlatformUnavailableError, type ProviderError } from '../../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../../kit/answer-values.js';
import type { PlatformResponse } from '../../kit/platform-http.js';
import { redactText } from '../../kit/redact.js';
import { parseRetryAfter } from '../../kit/retry-after.js';
import type { LinkedInThrottle } from './linkedin.throttle.js';

/** What a call is about: the same status says different things of the account, of one segment, and of its users. */
export type LinkedInCallTarget = 'account' | 'segment' | 'users';

/** What has to be known of the call to tell what its error means. */
export interface FailedCall {
  readonly target: LinkedInCallTarget;
  readonly accessToken: string;
  readonly throttle: LinkedInThrottle;
}

/** What to do next, and our words for the operator; LinkedIn's own follow them. */
type Meaning = readonly [kind: ProviderErrorKind, words: string];

const REJECTED: Meaning = ['rejected', 'the request is not accepted'];
const UNAVAILABLE: Meaning = ['unavailable', 'a passing failure'];
const NO_ACCOUNT: Meaning = ['permission', 'the ad account is not there, or not for this token'];
/** Not the users' fault, and over when somebody sets another one: so the tag is what has to wait. */
const WRONG_VERSION: Meaning = ['permission', 'this version of the API is not served; set another (API_VERSION)'];

/** Codes that say something else than the status they come with. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
  NONEXISTENT_VERSION: WRONG_VERSION,
  SEGMENT_LIMIT_EXCEEDED: ['rejected', 'the ad account has all the segments it may have; delete unused ones'],
  VERSION_MISSING: WRONG_VERSION,
};

/** https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  401: ['credentials', 'the access token is expired, revoked or wrong'],
  403: ['permission', 'the token lacks Matched Audiences (rw_dmp_segments), or its member a role in the ad account'],
  404: ['missing', 'the segment is not there'],
  408: UNAVAILABLE,
  // Two have made the same segment at once: the next look-up finds it.
  409: ['unavailable', 'held up by another call'],
  413: ['too-large', 'the request is too large'],
  423: UNAVAILABLE,
  426: WRONG_VERSION,
  429: ['throttled', 'too many calls'],
};

const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const SUPPORT_ID = /^[\w+/=.-]{1,64}$/;

/** The error that an answer stands for. Status and code decide; the texts change. */
export function linkedInError(answer: PlatformResponse, call: FailedCall): ProviderError {
  const { status, headers } = answer;
  const { code, number, message } = readEnvelope(answer.body);
  const [kind, words] = meaningOf(status, code, call.target);
  // Counted whatever the answer asks for: the pauses between refusals grow with their number.
  const ownWaitMs = kind === 'throttled' ? call.throttle.refused() : undefined;
  // What is said about users may quote them, and a name cannot be told from any other word.
  const said = message === '' || call.target === 'users' ? '' : `: ${redactText(message, [call.accessToken])}`;
  const id = headers['x-li-uuid'] ?? headers['x-li-request-id'] ?? '';
  const support = SUPPORT_ID.test(id) ? ` (x-li-uuid ${id})` : '';
  const platformCode = code || number ? `${status}/${code || number}` : `http ${status}`;
  const waitMs = parseRetryAfter(headers['retry-after']) ?? ownWaitMs;
  return errorOfKind(kind, `LinkedIn: ${words}${said}${support}`, platformCode, waitMs);
}

/** An answer without what it must hold. The request may have been carried out, so it is worth another try. */
export function notUnderstood(what: string): ProviderError {
  return new PlatformUnavailableError(`LinkedIn: answer not understood: ${what}`);
}

function meaningOf(status: number, code: string, target: LinkedInCallTarget): Meaning {
  const byDefault = status >= 500 || status < 400 ? UNAVAILABLE : REJECTED;
  const found = (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : BY_STATUS[status]) ?? byDefault;
  if (found[0] === 'missing' && target === 'account') return NO_ACCOUNT;
  return found[0] === 'too-large' && target !== 'users' ? REJECTED : found;
}

/** Either of the two codes may be missing. A body without any is some proxy's page: nothing of it is shown. */
function readEnvelope(body: unknown): { code: string; number: string; message: string } {
  const fields = isRecord(body) ? body : {};
  const code = textOf(fields['code']);
  return {
    code: CODE.test(code) ? code : '',
    number: String(integerOf(fields['serviceErrorCode']) ?? ''),
    message: textOf(fields['message']),
  };
}
