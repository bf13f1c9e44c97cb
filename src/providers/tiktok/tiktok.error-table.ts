import type { ProviderErrorKind } from '../contract/error-of-kind.js';

/** What a call is about: some codes say another thing about one audience than about the account. */
export type TikTokCallTarget = 'account' | 'audience';

export interface TikTokErrorMeaning {
  readonly kind: ProviderErrorKind;
  /** Our words for the operator; TikTok's own follow them. */
  readonly words: string;
  /** Where asking again soon is known to be useless. */
  readonly waitMs?: number;
  /** What it means instead for a call that is about no single audience. */
  readonly onAccount?: TikTokErrorMeaning;
}

const credentials = meaning('credentials', 'the access token is missing, revoked or wrong');
const wrongApp = meaning('credentials', 'the app or its authorization is not accepted');
const permission = meaning('permission', 'the token may not do this in the ad account');
const wrongAccount = meaning('permission', 'the ad account is not there, or is not the one of this token');
const terms = meaning('terms', 'the Custom Audience Terms have to be accepted by a person in TikTok Ads Manager');
const rejected = meaning('rejected', 'the request is not accepted');
const wrongPlace = meaning('rejected', 'this address or version of the API does not serve the call');
const badFile = meaning('rejected', 'the uploaded file is not accepted');
const lostFile = meaning('unavailable', 'the uploaded file is no longer there');
const missing = { ...meaning('missing', 'the audience is not there'), onAccount: rejected };
const tooLarge = { ...meaning('too-large', 'the request is too large'), onAccount: rejected };
const throttled = meaning('throttled', 'too many calls');
const unavailable = meaning('unavailable', 'a passing failure');
const maintenance = meaning('unavailable', 'closed for maintenance', 5 * 60_000);

/** https://business-api.tiktok.com/portal/docs?id=1737172488964097 */
const MEANINGS: readonly (readonly [codes: string, meaning: TikTokErrorMeaning])[] = [
  ['40000 40002 40700 40911', rejected],
  ['40011', tooLarge],
  ['40001 40106 40118 40119 40125 41000', permission],
  ['40300 40301', wrongAccount],
  ['40007', missing],
  ['40006 40008 40009 40010 40013 40014 40051 40117 41001', wrongPlace],
  ['40102 40103 40104 40105 40107', credentials],
  ['40101 40108 40110 40113 40115', wrongApp],
  ['40016 40100 40133', throttled],
  ['40050', meaning('unavailable', 'taken for a repeated request')],
  ['40200', meaning('rejected', 'a task on the side of TikTok failed')],
  ['40201 40202', unavailable],
  ['40900', meaning('rejected', 'the uploaded file does not fit its signature')],
  ['40905 40910', lostFile],
  ['40907', { ...meaning('too-large', 'the uploaded file is too large') }],
  ['40906 40908 40909 40914 40915', badFile],
  ['50000 50002 51305', unavailable],
  ['60001', maintenance],
];

const BY_CODE: ReadonlyMap<number, TikTokErrorMeaning> = new Map(
  MEANINGS.flatMap(([codes, found]) => codes.split(' ').map((code) => [Number(code), found] as const)),
);

/** No code of its own is known for this one: it comes with the general ones. */
const UNSIGNED_TERMS = /\b(?:accept|agree|sign)\w*\b.{0,80}\bterms\b|\bterms\b.{0,80}\b(?:accept|agree|sign)/i;

/** What TikTok's code means, or the HTTP status when there is none or it is unknown. */
export function meaningOf(code: number | undefined, message: string, status: number): TikTokErrorMeaning {
  if (code === undefined) {
    return byStatus(status);
  }
  if ((code === 40001 || code === 40002) && UNSIGNED_TERMS.test(message)) {
    return terms;
  }
  return BY_CODE.get(code) ?? byFamily(code, status);
}

/** 4xxxx is about the request, everything else about TikTok itself. */
function byFamily(code: number, status: number): TikTokErrorMeaning {
  if (status >= 300) {
    return byStatus(status);
  }
  return code >= 40_000 && code < 50_000 ? rejected : unavailable;
}

function byStatus(status: number): TikTokErrorMeaning {
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
      return status >= 500 || status === 408 || status < 400 ? unavailable : rejected;
  }
}

function meaning(kind: ProviderErrorKind, words: string, waitMs?: number): TikTokErrorMeaning {
  return { kind, words, waitMs };
}
