import type { ProviderErrorKind } from '../contract/error-of-kind.js';

/** What a call is about: some codes say another thing about an audience or its members than about the account. */
export type TwitterCallTarget = 'account' | 'audience' | 'members';

export interface TwitterErrorMeaning {
  readonly kind: ProviderErrorKind;
  /** Our words for the operator; X's own follow them. */
  readonly words: string;
  /** What it means instead for a call that is about the account. */
  readonly onAccount?: TwitterErrorMeaning;
  /** And for one about an audience but not its members; the same as about these unless given. */
  readonly onAudience?: TwitterErrorMeaning;
}

const credentials = meaning('credentials', 'keys or tokens are wrong or revoked, or the signature is not accepted');
const permission = meaning('permission', 'the user of the token may not do this in the ads account');
const notApproved = meaning(
  'permission',
  'the app is not approved for the Ads API (Standard Access), or the token is older than the approval',
);
const notAllowListed = meaning(
  'permission',
  'the app may not send users: X has to put it on the allow list for custom audiences',
);
const terms = meaning('terms', 'a person has to accept the X Ads Products and Services Agreement');
const rejected = meaning('rejected', 'the request is not accepted');
const wrongPlace = meaning('rejected', 'this address or version of the API does not serve the call');
const missing = { ...meaning('missing', 'the custom audience is not there'), onAccount: rejected };
const tooLarge = { ...meaning('too-large', 'the request is too large'), onAccount: rejected };
const throttled = meaning('throttled', 'too many calls');
const unavailable = meaning('unavailable', 'a passing failure');

/** https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses */
const MEANINGS: readonly (readonly [codes: string, meaning: TwitterErrorMeaning])[] = [
  ['INVALID_PARAMETER MISSING_PARAMETER ILLEGAL_CHARACTERS', rejected],
  ['EXCLUSIVE_PARAMETERS INCLUSIVE_PARAMETERS INVALID_TAILORED_AUDIENCE_TYPE', rejected],
  ['REQUEST_TOO_COMPLEX', tooLarge],
  ['FEATURE_NOT_AVAILABLE', meaning('permission', 'the ads account does not have this feature')],
  ['UNAUTHORIZED_ACCESS', credentials],
  ['UNAUTHORIZED_CLIENT_APPLICATION', { ...notAllowListed, onAccount: notApproved, onAudience: notApproved }],
  ['ACCOUNT_NOT_FOUND', meaning('permission', 'the ads account is not there, or not for the user of the token')],
  ['USER_NOT_FOUND ACTION_NOT_ALLOWED READONLY_CLIENT_APPLICATION', permission],
  ['ACCOUNT_LOCKED_OUT CURRENT_USER_SUSPENDED', meaning('permission', 'the user of the token is locked or suspended')],
  ['NOT_FOUND TAILORED_AUDIENCE_NOT_FOUND INVALID_ID_ILLEGAL_CHARACTERS', missing],
  ['ROUTE_NOT_FOUND METHOD_NOT_ALLOWED', wrongPlace],
  ['TOO_MANY_REQUESTS', throttled],
  ['CANCELLED_REQUEST LOCK_ACQUISITION_TIMEOUT', unavailable],
  ['INTERNAL_ERROR SERVICE_UNAVAILABLE OVER_CAPACITY', unavailable],
];

const BY_CODE: ReadonlyMap<string, TwitterErrorMeaning> = new Map(
  MEANINGS.flatMap(([codes, found]) => codes.split(' ').map((code) => [code, found] as const)),
);

/** No code of its own is known for this one. */
const UNSIGNED =
  /\b(?:accept|agree|sign)\w*\b.{0,80}\b(?:terms|agreement)\b|\b(?:terms|agreement)\b.{0,80}\b(?:accept|sign)/i;

/** What it means for a call about this. */
export function meaningFor(target: TwitterCallTarget, meaning: TwitterErrorMeaning): TwitterErrorMeaning {
  const { onAccount = meaning, onAudience = meaning } = meaning;
  return target === 'members' ? meaning : target === 'account' ? onAccount : onAudience;
}

/** What X's code means, or the HTTP status when there is none or it is unknown. */
export function meaningOf(code: string, message: string, status: number): TwitterErrorMeaning {
  const found = BY_CODE.get(code) ?? byStatus(status);
  if (found.kind === 'permission' || found.onAccount?.kind === 'permission') {
    return UNSIGNED.test(message) ? terms : found;
  }
  // A status of X itself says more than a code about the request.
  return found.kind === 'rejected' && (status === 429 || status >= 500) ? byStatus(status) : found;
}

function byStatus(status: number): TwitterErrorMeaning {
  switch (status) {
    case 401:
      return credentials;
    case 403:
      return permission;
    case 404:
      return missing;
    case 413:
      return tooLarge;
    case 429:
      return throttled;
    default:
      // 423 is a lock that somebody else holds. What comes with a success may have been carried out: it is worth another try.
      return status >= 500 || status === 408 || status === 423 || status < 400 ? unavailable : rejected;
  }
}

function meaning(kind: ProviderErrorKind, words: string): TwitterErrorMeaning {
  return { kind, words };
}
