import type { ProviderErrorKind } from '../contract/error-of-kind.js';

export interface FacebookErrorMeaning {
  readonly kind: ProviderErrorKind;
  /** Our words for the operator; Facebook's own follow them. */
  readonly words: string;
  /** Where asking again soon is known to be useless. */
  readonly waitMs?: number;
  /** What it means instead for a call about the account's list, where neither an audience nor rows are sent. */
  readonly onAccount?: FacebookErrorMeaning;
}

/** The `error` object of the Graph API, as far as it decides. */
export interface GraphError {
  readonly message: string;
  readonly code?: number;
  readonly subcode?: number;
  readonly isTransient: boolean;
}

const MINUTE_MS = 60_000;

const credentials = meaning('credentials', 'the access token is expired, revoked or wrong');
const wrongProof = meaning('credentials', 'the app secret does not sign this token (appsecret_proof)');
const permission = meaning('permission', 'the token may not do this in the ad account');
const terms = meaning('terms', 'the Custom Audience Terms have to be accepted by a person');
const blocked = meaning('blocked', 'the audience is flagged by an integrity check; a person must appeal');
const throttled = meaning('throttled', 'too many calls');
const unavailable = meaning('unavailable', 'a passing failure');
const rejected = meaning('rejected', 'the request is not accepted');
const tooLarge = { ...meaning('too-large', 'the request is too large'), onAccount: rejected };
/** An unknown failure by name, but seen where a request had too many rows. */
const perhapsTooLarge = { ...tooLarge, onAccount: unavailable };
const missing: FacebookErrorMeaning = {
  ...meaning('missing', 'the audience is not there, or not for this token'),
  onAccount: meaning('permission', 'the ad account is not there, or the token has no role on it'),
};
const policyWait = meaning('unavailable', 'blocked for a while for a policy reason', 60 * MINUTE_MS);

/**
 * `code/subcode`, `code`, or a number of seven digits, which Facebook uses as code and as subcode.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference
 */
const MEANINGS: Readonly<Record<string, FacebookErrorMeaning>> = {
  '102': credentials,
  '104': credentials,
  '190': credentials,
  '3': permission,
  '10': permission,
  '294': permission,
  '1713092': permission,
  '1487301': meaning('permission', 'the audience is not shared with this ad account'),
  '1870050': meaning('permission', 'the ad account belongs to no business portfolio'),
  '1404163': meaning('permission', 'blocked for a policy reason'),
  '1870034': terms,
  '1870090': terms,
  '2655': terms,
  '2663': terms,
  '1870092': meaning('terms', 'the Business Tools Terms have to be accepted by a person'),
  // Of the audience, not of rows: nobody is looked for who would be to blame.
  '1870047': meaning('blocked', 'the audience would become too small'),
  '100/33': missing,
  '803': missing,
  '1487366': missing,
  '1713228': blocked,
  '1713230': blocked,
  '1713231': blocked,
  '1713232': blocked,
  '100': rejected,
  '194': rejected,
  '2500': rejected,
  '1713098': meaning('rejected', 'the audience rule is not valid'),
  '1713153': meaning('rejected', 'too many sources of engagement in one audience'),
  '2635': meaning('rejected', 'this version of the API is no longer served; set a newer one'),
  '2650': meaning('rejected', 'the audience does not take this data'),
  '2650/1870144': meaning('rejected', 'the audience is too large to be replaced'),
  '2650/1870147': meaning('rejected', 'the first batch of the session is missing'),
  '2650/1870158': meaning('rejected', 'the session is older than 90 minutes'),
  '2650/1870159': meaning('rejected', 'the session is already closed'),
  '2650/1870145': meaning('unavailable', 'the audience is being updated', MINUTE_MS),
  '2650/1870148': unavailable,
  '2654': meaning('rejected', 'the audience could not be created'),
  '2656': meaning('rejected', 'lookalike audiences depend on this audience'),
  '105': tooLarge,
  '1/99': perhapsTooLarge,
  '4': throttled,
  '17': throttled,
  '32': throttled,
  '341': throttled,
  '613': throttled,
  '80003': throttled,
  '80004': throttled,
  '2446079': throttled,
  '368': policyWait,
  '1404078': policyWait,
  '2859015': policyWait,
  '1': unavailable,
  '2': unavailable,
  '5000': unavailable,
  '3910001': unavailable,
};

const SEVEN_DIGITS = 1_000_000;

/** What an error of the Graph API means, or an HTTP status when there is none or it is unknown. */
export function meaningOf(error: GraphError | undefined, status: number): FacebookErrorMeaning {
  const known = error && (byText(error) ?? byCode(error));
  // Of a code that is not in the table, Facebook's own word on it says more than the status, also with 401 and 403.
  const found = known ?? (error?.isTransient ? unavailable : byStatus(status));
  if (found.kind !== 'rejected' && found.kind !== 'unavailable') {
    return found;
  }
  if (status === 429) {
    return throttled;
  }
  return found.kind === 'rejected' && error?.isTransient ? unavailable : found;
}

/** The only errors without a number of their own. */
function byText({ code, message }: GraphError): FacebookErrorMeaning | undefined {
  if (code === 100 && message.includes('appsecret_proof')) {
    return wrongProof;
  }
  return code === 200 && /value.?based/i.test(message) && /terms/i.test(message) ? terms : undefined;
}

function byCode({ code, subcode }: GraphError): FacebookErrorMeaning | undefined {
  const exact = MEANINGS[`${code}/${subcode}`];
  const unique = subcode !== undefined && subcode >= SEVEN_DIGITS ? MEANINGS[subcode] : undefined;
  if (exact ?? unique ?? code === undefined) {
    return exact ?? unique;
  }
  return MEANINGS[code] ?? byRange(code);
}

function byRange(code: number): FacebookErrorMeaning | undefined {
  if (code < 0) {
    return unavailable;
  }
  return code >= 200 && code <= 299 ? permission : undefined;
}

function byStatus(status: number): FacebookErrorMeaning {
  switch (status) {
    case 401:
      return credentials;
    case 403:
      return permission;
    case 413:
      return tooLarge;
    case 429:
      return throttled;
    default:
      // An error that came with HTTP 200 and a code we do not know is given another chance; a plain 4xx is not.
      return status >= 500 || status === 408 || status < 300 ? unavailable : rejected;
  }
}

function meaning(kind: ProviderErrorKind, words: string, waitMs?: number): FacebookErrorMeaning {
  return { kind, words, waitMs };
}
