import { describe, expect, it } from '@jest/globals';
import type { PlatformResponse } from '../kit/platform-http.js';
import { readEnvelope, tiktokError } from './tiktok.errors.js';
import { TikTokThrottle } from './tiktok.throttle.js';

const TOKEN = 'tok_abcdefgh1234';

function errorFor(answer: Partial<PlatformResponse>, target: 'account' | 'audience' = 'audience') {
  const whole: PlatformResponse = { status: 200, headers: {}, body: '', ...answer };
  const throttle = new TikTokThrottle(() => 0);
  return tiktokError(whole, readEnvelope(whole), { target, accessToken: TOKEN, throttle });
}

const errorOf = (code: unknown, message = 'no', target?: 'account' | 'audience') =>
  errorFor({ body: { code, message, request_id: '2026112101', data: {} } }, target);

describe('a code, at HTTP 200', () => {
  it.each<[string, number[]]>([
    ['request-rejected', [40000, 40002, 40700, 40911, 40200, 40900, 40906, 40908, 40909, 40914, 40915]],
    ['request-rejected', [40006, 40008, 40009, 40010, 40013, 40014, 40051, 40117, 41001]],
    ['permission-denied', [40001, 40106, 40118, 40119, 40125, 40300, 40301, 41000]],
    ['credentials-rejected', [40102, 40103, 40104, 40105, 40107, 40101, 40108, 40110, 40113, 40115]],
    ['rate-limited', [40100, 40016, 40133]],
    ['platform-unavailable', [40050, 40201, 40202, 40905, 40910, 50000, 50002, 51305, 60001]],
    ['audience-missing', [40007]],
    ['chunk-too-large', [40011, 40907]],
    ['request-rejected', [40999, 49999]],
    ['platform-unavailable', [1, 50123, 60099]],
  ])('means %s: %j', (expected, codes) => {
    for (const code of codes) {
      expect(errorOf(code)).toMatchObject({ code: expected, platformCode: String(code) });
    }
  });

  it.each([40007, 40011])('%d says another thing where no audience is spoken of', (code) => {
    expect(errorOf(code, 'no', 'account').code).toBe('request-rejected');
  });

  it.each([
    [40001, 'Please accept the Custom Audience Terms first'],
    [40002, 'The customer file terms are not yet signed.'],
  ])('%d asks for the terms: %s', (code, message) => {
    expect(errorOf(code, message)).toMatchObject({ code: 'terms-not-accepted', platformCode: String(code) });
  });

  it.each([
    [40002, 'Invalid search terms: name', 'request-rejected'],
    [40105, 'Accept the terms', 'credentials-rejected'],
  ])('%d with %j is not about the terms', (code, message, expected) => {
    expect(errorOf(code, message).code).toBe(expected);
  });

  it('may be a text', () => {
    expect(errorOf('40105')).toMatchObject({ code: 'credentials-rejected', platformCode: '40105' });
  });

  it('waits as long as fits', () => {
    expect(errorOf(40100).retryAfterMs).toBe(1_000);
    expect(errorOf(60001).retryAfterMs).toBe(300_000);
    expect(errorOf(50000).retryAfterMs).toBeUndefined();
    const answer = { headers: { 'retry-after': '7' }, body: { code: 40133, message: '', data: {} } };
    expect(errorFor(answer).retryAfterMs).toBe(7_000);
  });
});

describe('an answer without a code', () => {
  it.each([
    [200, 'platform-unavailable'],
    [302, 'platform-unavailable'],
    [400, 'request-rejected'],
    [401, 'credentials-rejected'],
    [403, 'permission-denied'],
    [404, 'request-rejected'],
    [405, 'request-rejected'],
    [408, 'platform-unavailable'],
    [413, 'chunk-too-large'],
    [429, 'rate-limited'],
    [500, 'platform-unavailable'],
    [502, 'platform-unavailable'],
  ])('HTTP %d means %s', (status, expected) => {
    expect(errorFor({ status, body: '<html>jane@example.com</html>' }).code).toBe(expected);
    expect(errorFor({ status, body: '<html>jane@example.com</html>' }).message).not.toContain('jane');
  });

  it('goes by the code when there is one', () => {
    const body = { code: 40105, message: 'Invalid token' };
    expect(errorFor({ status: 400, body })).toMatchObject({ code: 'credentials-rejected', platformCode: '40105' });
    expect(errorFor({ status: 502, body: { code: 0, message: 'OK' } }).code).toBe('platform-unavailable');
    expect(errorFor({ status: 400, body: { code: 99, message: 'OK' } }).code).toBe('request-rejected');
  });
});

describe('the message', () => {
  it('has the reason and the request id, and neither token nor values of users', () => {
    const { message } = errorOf(40002, `Bad id of jane@example.com, +1 657 777 0000, token ${TOKEN}`);
    expect(message).toMatch(/^TikTok: the request is not accepted: Bad id of .*\(request_id 2026112101\)$/);
    expect(message).not.toMatch(/jane|657|tok_/);
  });

  it('takes the request id from the header, and nothing that is none', () => {
    const headers = { 'x-tt-logid': '20261121ABC' };
    expect(errorFor({ status: 500, headers }).message).toContain('(request_id 20261121ABC)');
    expect(errorFor({ status: 500, headers: { 'x-tt-logid': '<b>1</b>' } }).message).not.toContain('request_id');
  });
});
