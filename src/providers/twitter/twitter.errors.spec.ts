import { describe, expect, it } from '@jest/globals';
import type { PlatformResponse } from '../kit/platform-http.js';
import type { TwitterCallTarget } from './twitter.error-table.js';
import { twitterError } from './twitter.errors.js';

const TOKEN = '1528000001-tokenOfTheTest';
const NOW = Date.UTC(2026, 10, 21);

function errorFor(answer: Partial<PlatformResponse>, target: TwitterCallTarget = 'members') {
  const whole: PlatformResponse = { status: 400, headers: {}, body: '', ...answer };
  return twitterError(whole, { target, secrets: [TOKEN, 'edge-4711'], now: NOW });
}

const errorOf = (status: number, code: string, message = 'no', target?: TwitterCallTarget) =>
  errorFor({ status, body: { errors: [{ code, message }], request: { params: {} } } }, target);

describe('a code', () => {
  it.each<[string, [status: number, codes: string]]>([
    ['request-rejected', [400, 'INVALID_PARAMETER MISSING_PARAMETER ILLEGAL_CHARACTERS EXCLUSIVE_PARAMETERS']],
    ['request-rejected', [400, 'INCLUSIVE_PARAMETERS INVALID_TAILORED_AUDIENCE_TYPE']],
    ['request-rejected', [404, 'ROUTE_NOT_FOUND']],
    ['request-rejected', [405, 'METHOD_NOT_ALLOWED']],
    ['chunk-too-large', [400, 'REQUEST_TOO_COMPLEX']],
    ['permission-denied', [400, 'FEATURE_NOT_AVAILABLE']],
    ['credentials-rejected', [401, 'UNAUTHORIZED_ACCESS']],
    ['permission-denied', [403, 'UNAUTHORIZED_CLIENT_APPLICATION ACCOUNT_NOT_FOUND USER_NOT_FOUND ACTION_NOT_ALLOWED']],
    ['permission-denied', [403, 'READONLY_CLIENT_APPLICATION ACCOUNT_LOCKED_OUT CURRENT_USER_SUSPENDED']],
    ['audience-missing', [404, 'NOT_FOUND TAILORED_AUDIENCE_NOT_FOUND INVALID_ID_ILLEGAL_CHARACTERS']],
    ['platform-unavailable', [408, 'CANCELLED_REQUEST']],
    ['platform-unavailable', [423, 'LOCK_ACQUISITION_TIMEOUT']],
    ['rate-limited', [429, 'TOO_MANY_REQUESTS']],
    ['platform-unavailable', [500, 'INTERNAL_ERROR']],
    ['platform-unavailable', [503, 'SERVICE_UNAVAILABLE OVER_CAPACITY']],
    // A status of X's own says more than these codes.
    ['platform-unavailable', [503, 'INVALID_PARAMETER']],
    ['rate-limited', [429, 'INVALID_PARAMETER']],
    // Unknown codes.
    ['request-rejected', [400, 'NAME_TAKEN']],
    ['permission-denied', [403, 'SOMETHING_NEW']],
    ['audience-missing', [404, 'CUSTOM_AUDIENCE_NOT_FOUND']],
    ['platform-unavailable', [200, 'SOMETHING_NEW']],
  ])('means %s: %j', (expected, [status, codes]) => {
    for (const code of codes.split(' ')) {
      expect(errorOf(status, code)).toMatchObject({ code: expected, platformCode: code });
    }
  });

  it.each([
    [404, 'NOT_FOUND'],
    [400, 'REQUEST_TOO_COMPLEX'],
    [413, 'ANYTHING'],
  ])('%d %s says another thing where no members are spoken of', (status, code) => {
    expect(errorOf(status, code, 'no', 'account')?.code).toBe('request-rejected');
  });

  it('of an app that is not allowed says what has to be done', () => {
    const message = 'The client application making this request does not have access to this API';
    expect(errorOf(403, 'UNAUTHORIZED_CLIENT_APPLICATION', message)?.message).toContain('allow list');
    expect(errorOf(403, 'UNAUTHORIZED_CLIENT_APPLICATION', message, 'account')?.message).toContain('not approved');
  });

  it.each(['UNAUTHORIZED_CLIENT_APPLICATION', 'ACTION_NOT_ALLOWED'])('%s may be about the agreement', (code) => {
    const message = 'You must accept the current X Ads Products and Services Agreement';
    expect(errorOf(403, code, message)).toMatchObject({ code: 'terms-not-accepted', retryable: false });
  });
});

describe('an answer without errors', () => {
  it.each([
    [302, 'platform-unavailable'],
    [400, 'request-rejected'],
    [401, 'credentials-rejected'],
    [403, 'permission-denied'],
    [404, 'audience-missing'],
    [405, 'request-rejected'],
    [408, 'platform-unavailable'],
    [413, 'chunk-too-large'],
    [423, 'platform-unavailable'],
    [429, 'rate-limited'],
    [500, 'platform-unavailable'],
    [502, 'platform-unavailable'],
    [504, 'platform-unavailable'],
  ])('and HTTP %d means %s', (status, expected) => {
    for (const body of ['<html>jane@example.com</html>', {}, { errors: [] }, { errors: 'jane' }, null, [1]]) {
      const error = errorFor({ status, body });
      expect(error).toMatchObject({ code: expected, platformCode: `http ${status}` });
      expect(error?.message).not.toContain('jane');
    }
  });

  it.each([200, 201])('and HTTP %d is none', (status) => {
    for (const body of [{ data: {} }, { errors: [] }, { operation_errors: [[], {}, null] }, '']) {
      expect(errorFor({ status, body })).toBeUndefined();
    }
  });

  it('counts as one when an operation was refused, whatever the status', () => {
    const operationErrors = [[], [{ code: 'INVALID_PARAMETER', message: 'Bad hash' }]];
    for (const status of [200, 400]) {
      const error = errorFor({ status, body: { operation_errors: operationErrors } });
      expect(error).toMatchObject({ code: 'request-rejected', platformCode: 'INVALID_PARAMETER' });
      expect(error?.message).toContain('Bad hash');
    }
  });
});

describe('the wait', () => {
  it('is that of the limit, or what X asks for', () => {
    const reset = String(NOW / 1000 + 10);
    expect(errorFor({ status: 429, headers: { 'x-rate-limit-reset': reset } })?.retryAfterMs).toBe(15_000);
    expect(errorFor({ status: 503, headers: { 'retry-after': '20' } })?.retryAfterMs).toBe(20_000);
    expect(errorFor({ status: 503, headers: { 'x-rate-limit-reset': reset } })?.retryAfterMs).toBeUndefined();
  });
});

describe('the message', () => {
  it('has the reason, and neither tokens nor values of users', () => {
    const said = `Bad user edge-4711 jane@example.com +1 657 777 0000, token ${TOKEN}, ${'ab12'.repeat(16)}`;
    const message = errorOf(400, 'INVALID_PARAMETER', said)?.message;
    expect(message).toMatch(/^X: the request is not accepted: Bad user \[secret\] /);
    expect(message).not.toMatch(/jane|657|1528|4711|ab12/);
  });

  it('takes nothing for a code that is none', () => {
    expect(errorOf(400, '<b>jane@example.com</b>')?.platformCode).toBe('http 400');
  });
});
