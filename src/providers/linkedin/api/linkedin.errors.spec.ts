import { describe, expect, it } from '@jest/globals';
import type { PlatformResponse } from '../../kit/platform-http.js';
import { type LinkedInCallTarget, linkedInError } from './linkedin.errors.js';
import { LinkedInThrottle } from './linkedin.throttle.js';

const TOKEN = 'tok_abcdefgh1234';

function errorFor(answer: Partial<PlatformResponse>, target: LinkedInCallTarget = 'segment') {
  const throttle = new LinkedInThrottle(() => 0);
  const whole: PlatformResponse = { status: 400, headers: {}, body: '', ...answer };
  return linkedInError(whole, { target, accessToken: TOKEN, throttle });
}

const errorOf = (status: number, code?: string, serviceErrorCode?: number, target?: LinkedInCallTarget) =>
  errorFor({ status, body: { status, code, serviceErrorCode, message: 'no' } }, target);

describe('an answer', () => {
  it.each([
    [400, 'ILLEGAL_ARGUMENT', undefined, 'request-rejected', '400/ILLEGAL_ARGUMENT'],
    [400, 'VERSION_MISSING', undefined, 'permission-denied', '400/VERSION_MISSING'],
    [401, 'INVALID_ACCESS_TOKEN', 65600, 'credentials-rejected', '401/INVALID_ACCESS_TOKEN'],
    [401, 'REVOKED_ACCESS_TOKEN', 65601, 'credentials-rejected', '401/REVOKED_ACCESS_TOKEN'],
    [401, 'EXPIRED_ACCESS_TOKEN', 65602, 'credentials-rejected', '401/EXPIRED_ACCESS_TOKEN'],
    [401, undefined, 401, 'credentials-rejected', '401/401'],
    [403, 'ACCESS_DENIED', 100, 'permission-denied', '403/ACCESS_DENIED'],
    [403, undefined, 100, 'permission-denied', '403/100'],
    [404, undefined, undefined, 'audience-missing', 'http 404'],
    [408, undefined, undefined, 'platform-unavailable', 'http 408'],
    [409, 'CONFLICT', undefined, 'platform-unavailable', '409/CONFLICT'],
    [411, undefined, undefined, 'request-rejected', 'http 411'],
    [422, undefined, undefined, 'request-rejected', 'http 422'],
    [423, undefined, undefined, 'platform-unavailable', 'http 423'],
    [426, 'NONEXISTENT_VERSION', undefined, 'permission-denied', '426/NONEXISTENT_VERSION'],
    [426, undefined, undefined, 'permission-denied', 'http 426'],
    [429, 'SEGMENT_LIMIT_EXCEEDED', undefined, 'request-rejected', '429/SEGMENT_LIMIT_EXCEEDED'],
    [429, 'TOO_MANY_REQUESTS', 101, 'rate-limited', '429/TOO_MANY_REQUESTS'],
    [429, undefined, undefined, 'rate-limited', 'http 429'],
    [302, undefined, undefined, 'platform-unavailable', 'http 302'],
    [500, undefined, undefined, 'platform-unavailable', 'http 500'],
    [502, undefined, undefined, 'platform-unavailable', 'http 502'],
    [503, undefined, undefined, 'platform-unavailable', 'http 503'],
    [504, undefined, undefined, 'platform-unavailable', 'http 504'],
    [418, 'toString', undefined, 'request-rejected', 'http 418'],
  ])('of %i %s %s means %s (%s)', (status, code, number, expected, platformCode) => {
    expect(errorOf(status, code, number)).toMatchObject({ code: expected, platformCode });
  });

  it.each([
    [404, 'account', 'permission-denied'],
    [404, 'users', 'audience-missing'],
    [413, 'users', 'chunk-too-large'],
    [413, 'segment', 'request-rejected'],
    [413, 'account', 'request-rejected'],
  ] as const)('of %i about the %s means %s', (status, target, expected) => {
    expect(errorOf(status, undefined, undefined, target).code).toBe(expected);
  });

  it('asks for the wait that it names, and otherwise for our own', () => {
    expect(errorFor({ status: 429, headers: { 'retry-after': '7' } })).toMatchObject({ retryAfterMs: 7_000 });
    expect(errorFor({ status: 429 })).toMatchObject({ retryAfterMs: 2_000 });
    expect(errorFor({ status: 503, headers: { 'retry-after': '9' } })).toMatchObject({ retryAfterMs: 9_000 });
    expect(errorFor({ status: 503 }).retryAfterMs).toBeUndefined();
  });

  it('does not count the limit of segments as too many calls', () => {
    const throttle = new LinkedInThrottle(() => 0);
    const body = { code: 'SEGMENT_LIMIT_EXCEEDED' };
    linkedInError({ status: 429, headers: {}, body }, { target: 'account', accessToken: TOKEN, throttle });
    expect(throttle.refused()).toBe(2_000);
  });
});

describe('the message', () => {
  const message = `Invalid access token ${TOKEN} of jane@example.com`;

  it('has our words, theirs without secrets, and the id that support asks for', () => {
    const headers = { 'x-li-uuid': 'AAY+abc/12==' };
    expect(errorFor({ status: 401, headers, body: { message } }).message).toBe(
      'LinkedIn: the access token is expired, revoked or wrong: Invalid access token [secret] of [email] (x-li-uuid AAY+abc/12==)',
    );
  });

  it('has nothing of what is said about users: it may quote their names', () => {
    const body = { message: 'firstName Quintessa is too long', code: 'ILLEGAL_ARGUMENT' };
    expect(errorFor({ body }, 'users').message).toBe('LinkedIn: the request is not accepted');
  });

  it.each(['<html>jane@example.com</html>', ['x'], null, { message: { a: 1 }, code: 7, serviceErrorCode: 'x' }])(
    'has nothing of the body %j',
    (body) => {
      const error = errorFor({ status: 502, body });
      expect([error.message, error.platformCode]).toEqual(['LinkedIn: a passing failure', 'http 502']);
    },
  );

  it('takes no id that is none', () => {
    const headers = { 'x-li-uuid': 'jane@example.com (x)' };
    expect(errorFor({ status: 500, headers }).message).toBe('LinkedIn: a passing failure');
  });
});
