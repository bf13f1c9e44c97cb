import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { Fault } from '../../sandbox/fault.js';
import { secretDigest } from '../../sandbox/request-log.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { ProviderError } from '../contract/provider-errors.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import type { LinkedInOptions } from './api/linkedin.api.js';
import { LinkedInClient } from './linkedin.client.js';
import { LinkedInTag } from './linkedin.config.js';

const TOKEN = 'tok_ofTheTest_1234';
const USERS = '/rest/dmpSegments/*/users';
const SEGMENT = '/rest/dmpSegments/17*';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const DOE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const rows = [JANE, DOE].map((email) => ({ email, firstName: '', lastName: '', country: '' }));

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 2,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const signal = new AbortController().signal;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: LinkedInClient;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(
  linkedin: SandboxOptions['linkedin'] = { warmUpMs: 0 },
  options: LinkedInOptions = {},
  values: Partial<LinkedInTag> = {},
): Promise<RemoteAudience> {
  sandbox = await startSandbox({ linkedin });
  const settings = { accessToken: TOKEN, adAccountId: '512345678', baseUrl: sandbox.linkedin.origin, ...values };
  const tag = Object.assign(new LinkedInTag(), settings);
  const now = () => sandbox.linkedin.now();
  client = new LinkedInClient(tag, http, new LocalAccessTokens(), { now, ...options });
  return client.createAudience('Buyers', ctx);
}

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error('no ProviderError', { cause: error });
  return error;
}

const uploadFails = (audience: RemoteAudience) => failureOf(client.upload(audience, rows, ctx));
const uploads = () => sandbox.linkedin.requests({ path: USERS }).requests;

describe('a token that was set', () => {
  it.each([
    ['expired', 'credentials-rejected', '401/EXPIRED_ACCESS_TOKEN'],
    ['revoked', 'credentials-rejected', '401/REVOKED_ACCESS_TOKEN'],
    ['invalid', 'credentials-rejected', '401/INVALID_ACCESS_TOKEN'],
    ['no-permission', 'permission-denied', '403/ACCESS_DENIED'],
  ] as const)('and is %s: %s', async (state, code, platformCode) => {
    const audience = await start();
    sandbox.linkedin.setToken(TOKEN, state);
    const calls = [
      () => client.findAudience('Buyers', ctx),
      () => client.createAudience('Other', ctx),
      () => client.upload(audience, rows, ctx),
    ];
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code, platformCode, retryable: false });
    // There is no other token to ask with.
    expect(sandbox.linkedin.requests().total).toBe(4);

    sandbox.linkedin.setToken(TOKEN, 'valid');
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 2 });
  });

  it('of a viewer may look and not change', async () => {
    const audience = await start();
    sandbox.linkedin.setToken(TOKEN, 'viewer');
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(audience);
    expect((await uploadFails(audience)).code).toBe('permission-denied');
  });

  it('goes in its header alone', async () => {
    const audience = await start();
    await client.findAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    for (const { path, query, body, headers } of sandbox.linkedin.requests().requests) {
      expect(headers).toMatchObject({ authorization: `Bearer ${secretDigest(TOKEN)}` });
      expect(JSON.stringify([path, query, body])).not.toMatch(/tok_|token/i);
    }
  });

  it('is in no error, even when LinkedIn repeats it', async () => {
    await start();
    const message = `Bad token ${TOKEN} of jane@example.com`;
    sandbox.linkedin.addFaults({ kind: 'error', code: 65600, message });
    const error = await failureOf(client.findAudience('Buyers', ctx));
    expect(error.message).toContain('Bad token');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/tok_|jane/);
  });

  it('is not that of the account', async () => {
    expect(await failureOf(start({ adAccounts: ['77'] }))).toMatchObject({ code: 'permission-denied' });
  });
});

describe('a version that is not served', () => {
  it('stops the tag and blames no user', async () => {
    const error = await failureOf(start({}, {}, { apiVersion: '202511' }));
    expect(error).toMatchObject({ code: 'permission-denied', platformCode: '426/NONEXISTENT_VERSION' });
    expect(error.message).toContain('set another (API_VERSION): Requested version');
  });
});

describe('a new segment', () => {
  it('that takes no users yet is waited for', async () => {
    const audience = await start({ warmUpMs: 90 * SECOND });
    const error = await uploadFails(audience);
    expect(error).toMatchObject({ code: 'platform-unavailable', retryable: true, retryAfterMs: 5 * SECOND });
    expect(error.message).toBe('LinkedIn: the new segment does not take users yet');
    sandbox.linkedin.advanceClock(90 * SECOND);
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
  });

  it.each([
    [0, 5],
    [6, 15],
    [21, 30],
    [51, 60],
    [111, 120],
    [290, 120],
  ])('%i s old is asked again after %i s', async (age, wait) => {
    const audience = await start({ warmUpMs: 10 * MINUTE });
    sandbox.linkedin.advanceClock(age * SECOND);
    expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: wait * SECOND });
  });

  it('is none after five minutes', async () => {
    const audience = await start({ warmUpMs: 10 * MINUTE });
    sandbox.linkedin.advanceClock(5 * MINUTE);
    expect(await uploadFails(audience)).toMatchObject({
      code: 'audience-missing',
      message: 'LinkedIn: the segment is there, but takes no users',
    });
  });

  it('may tell no time: then it may be new', async () => {
    const audience = await start({ warmUpMs: 10 * MINUTE });
    sandbox.linkedin.addFaults({
      kind: 'status',
      path: SEGMENT,
      method: 'GET',
      status: 200,
      body: { id: audience.id },
    });
    expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: 5 * SECOND });
  });

  it.each([{}, { id: 5 }, []])('is not told to be there by %j', async (body) => {
    const audience = await start({ warmUpMs: 10 * MINUTE });
    sandbox.linkedin.addFaults({ kind: 'status', path: SEGMENT, method: 'GET', status: 200, body });
    expect((await uploadFails(audience)).message).toContain('not the segment that was asked for');
  });

  it('is told from one that is gone', async () => {
    const audience = await start();
    sandbox.linkedin.patchAudience(audience.id, { deleted: true });
    expect(await uploadFails(audience)).toMatchObject({ code: 'audience-missing', platformCode: '404/NOT_FOUND' });
  });
});

describe('users whose element fails', () => {
  const failNext = (id: string, status: number, count: number) =>
    sandbox.linkedin.patchAudience(id, { failElements: { status, count } });

  it.each([500, 503, 408, 423])('with %i are sent again at once, alone', async (status) => {
    const audience = await start();
    failNext(audience.id, status, 1);
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    const sizes = uploads().map(({ body }) => (body as { elements: unknown[] }).elements.length);
    expect(sizes).toEqual([2, 1]);
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 2, rowsReceived: 2 }]);
  });

  it('again and again are a passing failure of the call', async () => {
    const audience = await start();
    failNext(audience.id, 500, 5);
    expect(await uploadFails(audience)).toMatchObject({ code: 'platform-unavailable', platformCode: 'http 500' });
    expect(uploads()).toHaveLength(3);
  });

  it.each([
    [429, 'rate-limited'],
    [401, 'credentials-rejected'],
    [403, 'permission-denied'],
    [302, 'platform-unavailable'],
  ])('with %i are not sent again at once: %s', async (status, code) => {
    const audience = await start();
    failNext(audience.id, status, 1);
    expect(await uploadFails(audience)).toMatchObject({ code, platformCode: `http ${status}` });
    expect(uploads()).toHaveLength(1);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 2 });
  });

  it('with 429 wait longer each time', async () => {
    const audience = await start();
    for (const wait of [2 * SECOND, 4 * SECOND]) {
      failNext(audience.id, 429, 1);
      expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: wait });
      sandbox.linkedin.advanceClock(wait);
    }
  });

  it('with 404 speak of the segment', async () => {
    const audience = await start();
    failNext(audience.id, 404, 1);
    expect(await uploadFails(audience)).toMatchObject({ code: 'platform-unavailable', retryAfterMs: 5 * SECOND });
  });

  it.each([400, 409, 422])('with %i are refused', async (status) => {
    const audience = await start();
    failNext(audience.id, status, 1);
    const refused = [{ row: 0, reason: 'refused-by-platform' }];
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 1, refused });
  });
});

describe('a call that fails', () => {
  it.each<[string, Fault, string]>([
    ['a 500', { kind: 'status', status: 500 }, 'platform-unavailable'],
    ['a 503', { kind: 'status', status: 503, body: '<html>' }, 'platform-unavailable'],
    ['a dropped connection', { kind: 'drop' }, 'platform-unavailable'],
    ['no answer', { kind: 'timeout' }, 'platform-unavailable'],
    ['too many calls', { kind: 'rate-limit' }, 'rate-limited'],
    ['a 400 of the whole call', { kind: 'status', status: 400, body: { message: 'x' } }, 'request-rejected'],
    ['a 413', { kind: 'status', status: 413 }, 'chunk-too-large'],
    ['an empty answer', { kind: 'status', status: 201 }, 'platform-unavailable'],
    [
      'an outcome too few',
      { kind: 'status', status: 200, body: { elements: [{ status: 201 }] } },
      'platform-unavailable',
    ],
  ])('for %s', async (_, fault, code) => {
    const audience = await start({ warmUpMs: 0 }, { timeoutMs: 1_000 });
    sandbox.linkedin.addFaults({ ...fault, path: USERS });
    expect((await uploadFails(audience)).code).toBe(code);
  });

  it('because two made the segment at once is tried again', async () => {
    await start();
    sandbox.linkedin.addFaults({ kind: 'error', code: 1, status: 409 });
    expect(await failureOf(client.createAudience('Other', ctx))).toMatchObject({ code: 'platform-unavailable' });
  });

  it('for want of room for segments ends this delivery, and stops nothing else', async () => {
    await start({ segmentLimit: 1, warmUpMs: 0 });
    const error = await failureOf(client.createAudience('Other', ctx));
    expect(error).toMatchObject({ code: 'request-rejected', platformCode: '429/SEGMENT_LIMIT_EXCEEDED' });
    expect(error.message).toContain('delete unused ones');
  });

  it('for too many calls waits longer each time, until one goes through', async () => {
    const audience = await start();
    sandbox.linkedin.addFaults({ kind: 'rate-limit', times: 2 });
    expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: 2 * SECOND });
    sandbox.linkedin.advanceClock(2 * SECOND);
    expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: 4 * SECOND });
    sandbox.linkedin.advanceClock(4 * SECOND);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 2 });
    sandbox.linkedin.addFaults({ kind: 'rate-limit', retryAfterSeconds: 7 });
    expect(await uploadFails(audience)).toMatchObject({ retryAfterMs: 7 * SECOND });
  });
});
