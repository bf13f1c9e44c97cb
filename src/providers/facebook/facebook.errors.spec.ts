import { describe, expect, it } from '@jest/globals';
import {
  AudienceBlockedError,
  AudienceMissingError,
  ChunkTooLargeError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  type ProviderError,
  RateLimitedError,
  RequestRejectedError,
  TermsNotAcceptedError,
} from '../contract/provider-errors.js';
import { FacebookTag } from './facebook.config.js';
import { facebookError, type FacebookCallTarget, notUnderstood } from './facebook.errors.js';

type ErrorClass = new (...parameters: never[]) => ProviderError;

const tag = Object.assign(new FacebookTag(), {
  accessToken: 'EAAtoken',
  adAccountId: '1234567890',
  appSecret: 'app-secret-123',
});

interface Envelope {
  readonly message?: string;
  readonly code?: unknown;
  readonly error_subcode?: unknown;
  readonly is_transient?: boolean;
  readonly error_user_msg?: string;
  readonly fbtrace_id?: string;
}

interface Situation {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly target?: FacebookCallTarget;
}

function errorFor(error: Envelope, { status = 400, headers = {}, target = 'members' }: Situation = {}): ProviderError {
  const found = facebookError({ status, headers, body: { error: { type: 'OAuthException', ...error } } }, target, tag);
  if (!found) throw new Error('no error found');
  return found;
}

const rows: readonly (readonly [code: number, subcode: number | undefined, expected: ErrorClass])[] = [
  [190, undefined, CredentialsRejectedError],
  [190, 458, CredentialsRejectedError],
  [190, 459, CredentialsRejectedError],
  [190, 460, CredentialsRejectedError],
  [190, 463, CredentialsRejectedError],
  [190, 467, CredentialsRejectedError],
  [102, undefined, CredentialsRejectedError],
  [104, undefined, CredentialsRejectedError],
  [3, undefined, PermissionDeniedError],
  [10, undefined, PermissionDeniedError],
  [200, undefined, PermissionDeniedError],
  [200, 1870999, PermissionDeniedError],
  [299, undefined, PermissionDeniedError],
  [270, undefined, PermissionDeniedError],
  [294, undefined, PermissionDeniedError],
  [2654, 1713092, PermissionDeniedError],
  [200, 1870050, PermissionDeniedError],
  [1487301, undefined, PermissionDeniedError],
  [200, 1487301, PermissionDeniedError],
  [200, 1870034, TermsNotAcceptedError],
  [200, 1870090, TermsNotAcceptedError],
  [200, 1870092, TermsNotAcceptedError],
  [2655, undefined, TermsNotAcceptedError],
  [2663, undefined, TermsNotAcceptedError],
  [200, 1870047, AudienceBlockedError],
  [100, 33, AudienceMissingError],
  [1487366, undefined, AudienceMissingError],
  [100, 1487366, AudienceMissingError],
  [803, undefined, AudienceMissingError],
  [100, undefined, RequestRejectedError],
  [100, 1713098, RequestRejectedError],
  [200, 1713153, RequestRejectedError],
  [194, undefined, RequestRejectedError],
  [2500, undefined, RequestRejectedError],
  [105, undefined, ChunkTooLargeError],
  [1, 99, ChunkTooLargeError],
  [100, 1713228, AudienceBlockedError],
  [100, 1713230, AudienceBlockedError],
  [100, 1713231, AudienceBlockedError],
  [100, 1713232, AudienceBlockedError],
  [2650, 1870145, PlatformUnavailableError],
  [2650, 1870148, PlatformUnavailableError],
  [2650, 1870147, RequestRejectedError],
  [2650, 1870158, RequestRejectedError],
  [2650, 1870159, RequestRejectedError],
  [2650, 1870144, RequestRejectedError],
  [2650, undefined, RequestRejectedError],
  [2654, undefined, RequestRejectedError],
  [2656, undefined, RequestRejectedError],
  [2635, undefined, RequestRejectedError],
  [4, undefined, RateLimitedError],
  [17, undefined, RateLimitedError],
  [17, 2446079, RateLimitedError],
  [32, undefined, RateLimitedError],
  [341, undefined, RateLimitedError],
  [613, undefined, RateLimitedError],
  [613, 1487742, RateLimitedError],
  [613, 1996, RateLimitedError],
  [80003, 2446079, RateLimitedError],
  [80004, 2446079, RateLimitedError],
  [368, undefined, PlatformUnavailableError],
  [368, 1404078, PlatformUnavailableError],
  [1404078, undefined, PlatformUnavailableError],
  [2859015, undefined, PlatformUnavailableError],
  [1404163, undefined, PermissionDeniedError],
  [368, 1404163, PermissionDeniedError],
  [1, undefined, PlatformUnavailableError],
  [2, undefined, PlatformUnavailableError],
  [5000, undefined, PlatformUnavailableError],
  [3910001, undefined, PlatformUnavailableError],
  [-3, undefined, PlatformUnavailableError],
  [987655, 2446079, RateLimitedError],
  [987654, undefined, RequestRejectedError],
];

describe('facebookError', () => {
  describe.each([200, 400, 403, 500])('at HTTP %d', (status) => {
    it.each(rows.filter(([code]) => code !== 987654))('turns %d/%p into its class', (code, subcode, expected) => {
      const error = errorFor({ message: 'no', code, error_subcode: subcode }, { status });
      expect(error).toBeInstanceOf(expected);
      expect(error.platformCode).toBe(subcode === undefined ? `${code}` : `${code}/${subcode}`);
    });
  });

  it.each<[number, ErrorClass, ErrorClass]>([
    [200, PlatformUnavailableError, PlatformUnavailableError],
    [302, RequestRejectedError, RequestRejectedError],
    [400, RequestRejectedError, RequestRejectedError],
    [401, CredentialsRejectedError, CredentialsRejectedError],
    [403, PermissionDeniedError, PermissionDeniedError],
    [404, RequestRejectedError, RequestRejectedError],
    [408, PlatformUnavailableError, PlatformUnavailableError],
    [413, ChunkTooLargeError, RequestRejectedError],
    [429, RateLimitedError, RateLimitedError],
    [500, PlatformUnavailableError, PlatformUnavailableError],
    [503, PlatformUnavailableError, PlatformUnavailableError],
  ])('goes by HTTP %d where the code is unknown', (status, onMembers, onAccount) => {
    expect(errorFor({ code: 987654 }, { status })).toBeInstanceOf(onMembers);
    expect(errorFor({ code: 987654 }, { status, target: 'account' })).toBeInstanceOf(onAccount);
  });

  it.each<[number, number | undefined, ErrorClass]>([
    [100, 33, AudienceMissingError],
    [1487366, undefined, AudienceMissingError],
    [105, undefined, RequestRejectedError],
    [1, 99, PlatformUnavailableError],
    [2656, undefined, RequestRejectedError],
    [100, 1713228, AudienceBlockedError],
  ])('knows an audience that is gone, and a call that cannot be made smaller: %d/%p', (code, subcode, expected) => {
    expect(errorFor({ code, error_subcode: subcode }, { target: 'audience' })).toBeInstanceOf(expected);
  });

  it.each<[number, ErrorClass]>([
    [404, RequestRejectedError],
    [413, ChunkTooLargeError],
    [429, RateLimitedError],
    [500, PlatformUnavailableError],
    [502, PlatformUnavailableError],
  ])('goes by HTTP %d alone for a page of HTML, and shows nothing of it', (status, expected) => {
    const error = facebookError({ status, headers: {}, body: '<html>mary@example.com</html>' }, 'members', tag);
    expect(error).toBeInstanceOf(expected);
    expect(error?.platformCode).toBe(`http ${status}`);
    expect(error?.message).not.toMatch(/html|mary/);
  });

  it.each([{ id: '1' }, { data: [] }, { error: null }, 'text'])('finds none in %j at HTTP 200', (body) => {
    expect(facebookError({ status: 200, headers: {}, body }, 'members', tag)).toBeUndefined();
  });

  it('reads codes that come as text, and an error that is a text', () => {
    expect(errorFor({ code: '190', error_subcode: '463' }).platformCode).toBe('190/463');
    expect(facebookError({ status: 400, headers: {}, body: { error: 'invalid' } }, 'members', tag)?.message).toContain(
      'invalid',
    );
  });

  it.each([
    'Invalid appsecret_proof provided in the API argument',
    'API calls from the server require an appsecret_proof argument',
  ])('takes "%s" for wrong credentials, although its code is 100', (message) => {
    expect(errorFor({ code: 100, message })).toBeInstanceOf(CredentialsRejectedError);
  });

  it('knows the value-based terms by their text', () => {
    const message = '(#200) Please accept the Value-Based Custom Audience Terms';
    expect(errorFor({ code: 200, message })).toBeInstanceOf(TermsNotAcceptedError);
  });

  it.each([
    [100, 33, PermissionDeniedError],
    [803, undefined, PermissionDeniedError],
    [105, undefined, RequestRejectedError],
    [1, 99, PlatformUnavailableError],
  ])('reads %d/%p of the account otherwise than of an audience', (code, error_subcode, expected) => {
    expect(errorFor({ code, error_subcode }, { target: 'account' })).toBeInstanceOf(expected);
  });

  it('tries again what Facebook calls transient, unless more is known', () => {
    expect(errorFor({ code: 987654, is_transient: true })).toBeInstanceOf(PlatformUnavailableError);
    expect(errorFor({ code: 100, is_transient: true })).toBeInstanceOf(PlatformUnavailableError);
    expect(errorFor({ code: 190, is_transient: true })).toBeInstanceOf(CredentialsRejectedError);
    expect(errorFor({ code: 80003, is_transient: true })).toBeInstanceOf(RateLimitedError);
  });

  it.each([400, 401, 403, 404])('tries again an unknown error that Facebook calls transient at HTTP %d', (status) => {
    expect(errorFor({ code: 987654, is_transient: true }, { status })).toBeInstanceOf(PlatformUnavailableError);
    expect(errorFor({ is_transient: true }, { status })).toBeInstanceOf(PlatformUnavailableError);
  });

  it('takes HTTP 429 for a throttle also with another code, but not with a dead token', () => {
    expect(errorFor({ code: 2 }, { status: 429 })).toBeInstanceOf(RateLimitedError);
    expect(errorFor({ code: 987654, is_transient: true }, { status: 429 })).toBeInstanceOf(RateLimitedError);
    expect(errorFor({ code: 190 }, { status: 429 })).toBeInstanceOf(CredentialsRejectedError);
  });

  describe('says how long to wait', () => {
    const usage = (minutes: number) =>
      `{"5":[{"type":"custom_audience","call_count":100,"estimated_time_to_regain_access":${minutes}}]}`;

    it.each<[string, Record<string, string>, number]>([
      ['nothing said', {}, 60_000],
      ['minutes to regain access', { 'x-business-use-case-usage': usage(3) }, 180_000],
      ['seconds to the reset', { 'x-ad-account-usage': '{"reset_time_duration":300}' }, 300_000],
      ['a reset that is near', { 'x-ad-account-usage': '{"reset_time_duration":3}' }, 60_000],
      ['Retry-After', { 'retry-after': '7' }, 7_000],
      ['all of them', { 'retry-after': '7', 'x-business-use-case-usage': usage(2) }, 120_000],
      ['more than an hour', { 'x-business-use-case-usage': usage(600) }, 3_600_000],
      ['headers that cannot be read', { 'retry-after': 'soon', 'x-app-usage': '{' }, 60_000],
    ])('after a throttle: %s', (_, headers, expected) => {
      expect(errorFor({ code: 80003, error_subcode: 2446079 }, { headers }).retryAfterMs).toBe(expected);
    });

    it('after other failures', () => {
      const headers = { 'retry-after': '9' };
      expect(errorFor({ code: 2 }, { status: 503, headers }).retryAfterMs).toBe(9_000);
      expect(errorFor({ code: 2 }).retryAfterMs).toBeUndefined();
      expect(errorFor({ code: 2650, error_subcode: 1870145 }).retryAfterMs).toBe(60_000);
      expect(errorFor({ code: 368 }).retryAfterMs).toBe(3_600_000);
    });
  });

  describe('its message', () => {
    it('has our words, theirs and the trace', () => {
      const error = errorFor({ code: 190, error_subcode: 463, message: 'Session has expired.', fbtrace_id: 'AbC-1_x' });
      expect(error.message).toBe(
        'Facebook: the access token is expired, revoked or wrong: Session has expired. (fbtrace_id AbC-1_x)',
      );
    });

    it('has the explanation for users as well', () => {
      expect(errorFor({ code: 2650, message: '(#2650) No', error_user_msg: 'Because.' }).message).toBe(
        'Facebook: the audience does not take this data: (#2650) No - Because.',
      );
    });

    it('says where to accept the terms', () => {
      expect(errorFor({ code: 200, error_subcode: 1870090 }).message).toContain(
        'https://business.facebook.com/ads/manage/customaudiences/tos/?act=1234567890',
      );
    });

    it('has no token, secret or user value', () => {
      const digest = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
      const error = errorFor({
        code: 100,
        message: `EAAtoken app-secret-123 mary@example.com +16169547888 ${digest}`,
        error_user_msg: 'EAAtoken',
        fbtrace_id: 'x mary@example.com',
      });
      expect(error.message).not.toMatch(/EAAtoken|app-secret|mary|954|f1904/);
    });
  });
});

describe('notUnderstood', () => {
  it('is worth another try', () => {
    const error = notUnderstood('no id');
    expect(error).toBeInstanceOf(PlatformUnavailableError);
    expect(error.message).toBe('Facebook: answer not understood: no id');
  });
});
