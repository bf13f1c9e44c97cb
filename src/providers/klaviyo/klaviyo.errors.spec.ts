import { describe, expect, it } from '@jest/globals';
import {
  AudienceMissingError,
  ChunkTooLargeError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  RateLimitedError,
  RequestRejectedError,
} from '../contract/provider-errors.js';
import { type KlaviyoCallTarget, klaviyoError, rowOfPointer } from './klaviyo.errors.js';

const KEY = 'pk_0123456789abcdef0123456789abcdef01';
const ID = 'e4eebb08-b055-4a6f-bb13-c8cb69c9eb94';
const HTML = { 'content-type': 'text/html; charset=UTF-8' };

/** A body as Klaviyo words it. */
const body = (code: string, detail: string, pointer = '/data') => ({
  errors: [{ id: ID, status: 0, code, title: 'Invalid input.', detail, source: { pointer }, links: [], meta: [] }],
});

const errorOf = (
  status: number,
  answer: unknown,
  target: KlaviyoCallTarget = 'import',
  headers: Record<string, string> = {},
) => klaviyoError({ status, headers, body: answer }, target, KEY);

describe('klaviyoError', () => {
  it.each([
    [
      400,
      body('invalid', 'Invalid email', '/data/attributes/profiles/data/3/attributes/email'),
      'import',
      RequestRejectedError,
    ],
    [400, body('invalid', 'List ID VAnKig does not exist.'), 'import', AudienceMissingError],
    [400, body('invalid', 'Invalid filter provided'), 'lists', RequestRejectedError],
    [400, body('invalid', 'The payload is larger than 5MB.'), 'import', ChunkTooLargeError],
    [400, body('invalid', 'larger than 100KB', '/data/attributes/profiles/data/3'), 'import', RequestRejectedError],
    [400, body('invalid', 'The payload is too large.'), 'segments', RequestRejectedError],
    [401, body('authentication_failed', 'Incorrect authentication credentials.'), 'lists', CredentialsRejectedError],
    [401, body('not_authenticated', 'Missing or invalid authorization scheme.'), 'job', CredentialsRejectedError],
    [403, body('permission_denied', 'No permission.'), 'import', PermissionDeniedError],
    [404, body('not_found', 'A list with id `NOPE01` does not exist.', '/data/'), 'import', AudienceMissingError],
    [404, body('not_found', 'No valid revisions found for method'), 'import', RequestRejectedError],
    [404, body('not_found', 'Invalid job id'), 'job', RequestRejectedError],
    [404, body('not_found', 'Not found.'), 'lists', RequestRejectedError],
    [404, body('not_found', 'A list with id `NOPE01` does not exist.', '/data/'), 'list', AudienceMissingError],
    [404, body('not_found', 'A list with id `NOPE01` does not exist.', '/data/'), 'members', AudienceMissingError],
    [404, body('not_found', 'A segment with id `NOPE01` does not exist.'), 'segment', AudienceMissingError],
    [404, body('not_found', 'No valid revisions found for method'), 'list', RequestRejectedError],
    [404, body('not_found', 'Not found.'), 'erasure', RequestRejectedError],
    [400, body('invalid', 'Invalid profile IDs: 01M1', '/data/'), 'members', PlatformUnavailableError],
    [400, body('invalid', 'Invalid filter provided'), 'members', RequestRejectedError],
    [409, body('conflict', 'The list is in use.'), 'list', RequestRejectedError],
    [405, body('method_not_allowed', 'No.'), 'lists', RequestRejectedError],
    [409, body('duplicate_profile', 'A profile exists.'), 'import', RequestRejectedError],
    [410, body('gone', 'Retired.'), 'lists', RequestRejectedError],
    [413, '', 'import', ChunkTooLargeError],
    [413, '', 'lists', RequestRejectedError],
    [415, body('unsupported_media_type', 'No.'), 'import', RequestRejectedError],
    [429, body('throttled', 'Request was throttled.'), 'import', RateLimitedError],
    [408, '', 'import', PlatformUnavailableError],
    [500, body('error', 'A server error occurred.'), 'import', PlatformUnavailableError],
    [502, '<html>Bad gateway</html>', 'import', PlatformUnavailableError],
    [503, null, 'import', PlatformUnavailableError],
    [504, undefined, 'import', PlatformUnavailableError],
    [524, '', 'import', PlatformUnavailableError],
    [302, '', 'lists', RequestRejectedError],
    [418, { errors: 'odd' }, 'lists', RequestRejectedError],
    [400, { errors: [null, { source: null }] }, 'import', RequestRejectedError],
  ] as const)('HTTP %i %j of %s', (status, answer, target, type) => {
    const error = errorOf(status, answer, target);
    expect(error).toBeInstanceOf(type);
    expect(error?.message).toMatch(/^Klaviyo: \S/);
  });

  it.each([200, 201, 202, 204])('is none for HTTP %i', (status) => {
    expect(errorOf(status, '')).toBeUndefined();
  });

  it('tells a challenge of the network from a missing scope', () => {
    expect(errorOf(403, '<html>', 'lists', { ...HTML, 'cf-mitigated': 'challenge' })).toBeInstanceOf(
      PlatformUnavailableError,
    );
    expect(errorOf(403, '<html>', 'lists', HTML)).toBeInstanceOf(PlatformUnavailableError);
    expect(errorOf(400, '<html>', 'lists', HTML)).toBeInstanceOf(RequestRejectedError);
  });

  it.each([
    ['lists', 'lists:read and lists:write'],
    ['segments', 'segments:read and segments:write'],
    ['import', 'lists:write and profiles:write'],
    ['job', 'lists:read and profiles:read'],
  ] as const)('names the scopes that %s need', (target, scopes) => {
    expect(errorOf(403, body('permission_denied', ''), target)?.message).toContain(scopes);
  });

  it.each([
    [{ 'retry-after': '7' }, 'Request was throttled.', 7_000],
    [{ 'retry-after': '7' }, 'Expected available in 9 seconds.', 7_000],
    [{}, 'Request was throttled. Expected available in 12 seconds.', 12_000],
    [{}, 'Request was throttled. Expected available in 1 second.', 1_000],
    [{ 'retry-after': '80000' }, '', 3_600_000],
    [{}, 'Expected available in 80000 seconds.', 3_600_000],
    [{}, 'Request was throttled.', undefined],
  ])('waits as long as it is told: %j %s', (headers, detail, waitMs) => {
    expect(errorOf(429, body('throttled', detail), 'import', headers)?.retryAfterMs).toBe(waitMs);
  });

  it('hands on a wait that comes with an outage', () => {
    expect(errorOf(503, '', 'import', { 'retry-after': '3' })?.retryAfterMs).toBe(3_000);
  });

  it('tells Klaviyo\u2019s code, words and id', () => {
    const error = errorOf(400, body('invalid', 'Invalid filter provided'), 'lists');
    expect(error?.platformCode).toBe('400/invalid');
    expect(error?.message).toBe(`Klaviyo: the request is not accepted: Invalid filter provided (error ${ID})`);
    expect(errorOf(500, '')?.platformCode).toBe('http 500');
    expect(errorOf(400, body('in valid', ''))?.platformCode).toBe('http 400');
  });

  it('holds no key, address or number, and nothing that is said about rows', () => {
    const words = body('authentication_failed', `${KEY} jane@example.com +1 415 555 2671`);
    const told = errorOf(401, words, 'lists')?.message;
    expect(told).toContain('[secret]');
    expect(told).not.toMatch(/pk_0|jane|415/);
    for (const pointer of ['/data/attributes/profiles/data/0/attributes/email', '/data']) {
      const row = errorOf(400, body('invalid', 'Jane Doe is no e-mail', pointer));
      expect(row?.message).toBe(`Klaviyo: the request is not accepted: Invalid input. (error ${ID})`);
    }
    expect(errorOf(502, 'Jane Doe')?.message).toBe('Klaviyo: a passing failure');
  });
});

describe('rowOfPointer', () => {
  it.each([
    ['/data/attributes/profiles/data/0/attributes/email', 0],
    ['/data/attributes/profiles/data/9999', 9_999],
    ['/data/attributes/profiles/data', undefined],
    ['/data/attributes/profiles/data/x', undefined],
    ['/data', undefined],
    ['', undefined],
  ])('%s: %p', (pointer, row) => {
    expect(rowOfPointer(pointer)).toBe(row);
  });
});
