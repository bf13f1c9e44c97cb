import type { ProviderErrorKind } from '../contract/error-of-kind.js';

/**
 * What a call is about: the lists of an account, one list, its members, what became of a request, or the Google Ads API.
 */
export type GoogleCallTarget = 'lists' | 'list' | 'members' | 'status' | 'ads';

export interface GoogleErrorMeaning {
  readonly kind: ProviderErrorKind;
  /** Our words for the operator; Google's own follow them. */
  readonly words: string;
  /** What it means instead for a call that is about something else than the members of a list. */
  readonly elsewhere?: Readonly<Partial<Record<Exclude<GoogleCallTarget, 'members'>, GoogleErrorMeaning>>>;
}

/** Reasons that a list's name is in use, with which a request was carried out in part by somebody else. */
export const NAME_TAKEN: readonly string[] = ['DISPLAY_NAME_ALREADY_USED', 'ALREADY_EXISTS', 'NAME_ALREADY_USED'];

/** Reasons by which a member is refused, and with it its whole request. */
export const ROW_REASONS: ReadonlySet<string> = new Set([
  'INVALID_AUDIENCE_MEMBER',
  'INVALID_HEX_ENCODING',
  'INVALID_BASE64_ENCODING',
  'INVALID_SHA256_FORMAT',
  'INVALID_POSTAL_CODE',
  'INVALID_REGION_CODE',
  'NO_IDENTIFIERS_PROVIDED',
  'REQUIRED_FIELD_MISSING',
  'TOO_MANY_USER_IDENTIFIERS',
]);

const credentials = meaning('credentials', 'the access token is not accepted, though it was just got');
const apiDisabled: GoogleErrorMeaning = {
  ...meaning('permission', 'the Data Manager API is not enabled in the Cloud project'),
  elsewhere: { ads: meaning('permission', 'the Google Ads API, by which lookalikes are made, is not enabled') },
};
const otherScope: GoogleErrorMeaning = {
  ...meaning('permission', 'the credentials were not given the scope datamanager; its user has to consent again'),
  elsewhere: {
    ads: meaning(
      'permission',
      'lookalikes need the scope adwords besides; the user of the credentials has to consent again',
    ),
  },
};
const adsAccess = meaning('permission', 'the Cloud project needs Explorer access to the Google Ads API or more');
const permission = meaning(
  'permission',
  'the credentials do not reach the account; check CUSTOMER_ID, LOGIN_CUSTOMER_ID and the access of their user',
);
const notAllowed = meaning('permission', 'the account may not use Customer Match this way');
const terms = meaning('terms', 'the Customer Match terms have to be accepted by a person in Google Ads');
const political = meaning(
  'terms',
  'the declaration on political ads in the EU has to be made by a person in Google Ads',
);
const rejected = meaning('rejected', 'the request is not accepted');
const unknownRequest = meaning(
  'rejected',
  'the request is not known any more, so what became of its users cannot be told',
);
const otherVersion = meaning('permission', 'the Google Ads API is not served in this version; set ADS_API_VERSION');
const missing: GoogleErrorMeaning = {
  ...meaning('missing', 'the list is not there'),
  elsewhere: { lists: permission, status: unknownRequest, ads: otherVersion },
};
const otherList = meaning('blocked', 'the list takes another kind of data, which cannot be changed');
const tooLarge: GoogleErrorMeaning = {
  ...meaning('too-large', 'the request is too large'),
  elsewhere: { lists: rejected, list: rejected, status: rejected, ads: rejected },
};
const throttled = meaning('throttled', 'too many calls of the Cloud project');
const unavailable = meaning('unavailable', 'a passing failure');
const nameTaken: GoogleErrorMeaning = {
  ...meaning('rejected', 'the account has a list of this name that cannot be found'),
  elsewhere: { list: meaning('rejected', 'another list of the account has this name') },
};

/**
 * By the reason that Google gives, of a field or of the whole request. A mistake in the way to the account counts as a lack
 * of permission, because it is none of the users'.
 * https://developers.google.com/data-manager/api/reference/rest/v1/ErrorReason
 */
const BY_REASON: ReadonlyMap<string, GoogleErrorMeaning> = new Map(
  (
    [
      ['SERVICE_DISABLED', apiDisabled],
      ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', otherScope],
      ['PERMISSION_DENIED OWNERSHIP_REQUIRED_FOR_UPDATE', permission],
      ['INVALID_DESTINATION DESTINATION_ACCOUNT_TYPE_MISMATCH INVALID_RESOURCE_NAME', permission],
      ['OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH', permission],
      ['LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT', permission],
      ['NOT_ALLOWLISTED ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA', notAllowed],
      ['USER_LIST_TYPE_NOT_SUPPORTED_FOR_ACCOUNT', notAllowed],
      ['TERMS_AND_CONDITIONS_NOT_SIGNED ADVERTISER_TOS_NOT_ACCEPTED', terms],
      ['EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', political],
      ['NOT_FOUND INVALID_USER_LIST_ID', missing],
      ['INVALID_USER_LIST_TYPE', otherList],
      ['TOO_MANY_AUDIENCE_MEMBERS', tooLarge],
      ['INVALID_REQUEST_ID', unknownRequest],
      [NAME_TAKEN.join(' '), nameTaken],
      // Of the Google Ads API: https://developers.google.com/google-ads/api/docs/common-errors
      ['CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION ACTION_NOT_PERMITTED', adsAccess],
      ['USER_PERMISSION_DENIED CUSTOMER_NOT_ENABLED', permission],
      ['CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', notAllowed],
      // It passes, though it comes as a 400.
      ['CONCURRENT_MODIFICATION', unavailable],
      ['UNSUPPORTED_VERSION', otherVersion],
      ['SEED_LIST_DOES_NOT_EXIST', meaning('missing', 'the seed is not there')],
      ['INVALID_SEED_LIST_TYPE INVALID_SEED_LIST_ACCESS_REASON', meaning('rejected', 'the list cannot be a seed')],
      ['INVALID_COUNTRY_CODES', meaning('rejected', 'Google makes no lookalikes in one of `countries`')],
      ['DUPLICATE_LOOKALIKE', meaning('rejected', 'the account has the same lookalike under another name')],
    ] as const
  ).flatMap(([reasons, found]) => reasons.split(' ').map((reason) => [reason, found] as const)),
);

/** What an error means: by its HTTP status where that says it all, then by the reasons, then by the status again. */
export function meaningOf(status: number, reasons: readonly string[], target: GoogleCallTarget): GoogleErrorMeaning {
  const saysItAll = status === 401 || status === 429 || status >= 500;
  const byReason = saysItAll ? undefined : reasons.map(ofReason).find((found) => found !== undefined);
  const found = byReason ?? byStatus(status);
  return target === 'members' ? found : (found.elsewhere?.[target] ?? found);
}

function ofReason(reason: string): GoogleErrorMeaning | undefined {
  return reason.startsWith('DATA_PARTNER_') ? notAllowed : BY_REASON.get(reason);
}

function byStatus(status: number): GoogleErrorMeaning {
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
    case 408:
    case 409:
      return unavailable;
    default:
      // Of a redirect or a page nothing is known: it may pass.
      return status >= 500 || status < 400 ? unavailable : rejected;
  }
}

function meaning(kind: ProviderErrorKind, words: string): GoogleErrorMeaning {
  return { kind, words };
}
