import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import type { Fault } from '../../sandbox/fault.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { ProviderError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import type { TwitterOptions } from './twitter.api.js';
import { TwitterClient } from './twitter.client.js';
import { TwitterTag } from './twitter.config.js';
import type { TwitterRow } from './twitter.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const ACCOUNT = '18ce54d4x5t';
const TOKEN = '1528000001-SandboxToken0001';
const USERS = '*/users';
const HOUR = 3_600_000;

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 1,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const signal = new AbortController().signal;
const rows: readonly TwitterRow[] = [[JANE, '', '']];
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: TwitterClient;

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
  jest.restoreAllMocks();
});

async function start(
  twitter: SandboxOptions['twitter'] = {},
  values: Partial<TwitterTag> = {},
  options: TwitterOptions = {},
): Promise<RemoteAudience> {
  Logger.overrideLogger(false);
  sandbox = await startSandbox({ twitter });
  const env = sandbox.twitter.environment;
  const settings = {
    consumerKey: env.TWITTER_CONSUMER_KEY,
    consumerSecret: env.TWITTER_CONSUMER_SECRET,
    accessToken: TOKEN,
    accessTokenSecret: env.TWITTER_ACCESS_TOKEN_SECRET,
    adAccountId: ACCOUNT,
    baseUrl: sandbox.twitter.origin,
    ...values,
  };
  http = new PlatformHttp(new HttpService());
  client = new TwitterClient(Object.assign(new TwitterTag(), settings), http, options);
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

const calls = () => sandbox.twitter.requests().requests;

describe('a token', () => {
  it.each([
    ['revoked', ['credentials-rejected', 'credentials-rejected', 'credentials-rejected']],
    ['not-approved', ['permission-denied', 'permission-denied', 'permission-denied']],
    ['suspended', ['permission-denied', 'permission-denied', 'permission-denied']],
    ['not-allow-listed', [undefined, undefined, 'permission-denied']],
    ['read-only', [undefined, 'permission-denied', 'permission-denied']],
  ])('that is %s', async (state, expected) => {
    const audience = await start();
    sandbox.twitter.setToken(TOKEN, state);
    const work = [
      () => client.findAudience('Buyers', ctx),
      () => client.createAudience('Other', ctx),
      () => client.upload(audience, rows, ctx),
    ];
    for (const [at, call] of work.entries()) {
      if (expected[at] === undefined) await call();
      else expect(await failureOf(call())).toMatchObject({ code: expected[at], retryable: false });
    }
    sandbox.twitter.setToken(TOKEN, 'valid');
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it('goes in its header alone, and its secrets nowhere', async () => {
    const audience = await start();
    await client.findAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    expect(calls()).toHaveLength(3);
    for (const { path, query, body, headers } of calls()) {
      expect(headers['authorization']).toMatch(/^OAuth sha256:/);
      const rest = JSON.stringify([path, query, body, { ...headers, authorization: '' }]);
      expect(rest).not.toMatch(/sandbox(Consumer|Token)|Sandbox|oauth/);
    }
  });

  it('is in no error, even when X repeats it', async () => {
    await start();
    const message = `Bad token ${TOKEN} sandboxTokenSecret0001 sandboxConsumerSecret0001 of jane@example.com`;
    sandbox.twitter.addFaults({ kind: 'error', code: 403, message });
    const error = await failureOf(client.findAudience('Buyers', ctx));
    expect(error.message).toContain('Bad token');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/sandbox|SandboxT|jane/);
  });

  it.each([[{ accounts: ['abc1'] }], [{ tokenAccounts: { [TOKEN]: ['abc1'] } }]])(
    'is not that of the account: %j',
    async (options) => {
      const error = await failureOf(start(options));
      expect(error).toMatchObject({ code: 'permission-denied', platformCode: 'ACCOUNT_NOT_FOUND' });
    },
  );
});

describe('a signature that is refused', () => {
  it('is made once more, with another nonce', async () => {
    const audience = await start();
    sandbox.twitter.addFaults({ kind: 'error', code: 401, times: 1 });
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
    const [refused, taken] = calls().slice(-2);
    expect([refused?.status, taken?.status]).toEqual([401, 200]);
    expect(refused?.headers['authorization']).not.toBe(taken?.headers['authorization']);
  });

  it('is not made a third time', async () => {
    const audience = await start();
    sandbox.twitter.clearRequests();
    sandbox.twitter.setToken(TOKEN, 'revoked');
    await failureOf(client.upload(audience, rows, ctx));
    expect(calls()).toHaveLength(2);
  });

  it.each([-3 * HOUR, 26 * HOUR])("is made by X's time when our clock is %d ms off", async (offMs) => {
    const audience = await start({}, {}, { now: () => Date.now() + offMs });
    sandbox.twitter.clearRequests();
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
    await client.upload(audience, rows, ctx);
    // The first call of the client has put its clock right for all that follow.
    expect(calls().map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('a refused upload', () => {
  const bad: TwitterRow = ['not-a-digest', '', ''];

  it('names the rows that X names', async () => {
    const audience = await start();
    const error = await failureOf(client.upload(audience, [...rows, bad, ...rows, bad], ctx));
    expect(error).toMatchObject({
      code: 'request-rejected',
      platformCode: 'INVALID_PARAMETER',
      rows: [
        { row: 1, reason: 'refused-by-platform' },
        { row: 3, reason: 'refused-by-platform' },
      ],
    });
    expect(sandbox.twitter.audiences()).toMatchObject([{ rowsReceived: 0 }]);
  });

  it('names none where X names none, or rows share operations', async () => {
    const audience = await start({ namesOperations: false });
    const error = await failureOf(client.upload(audience, [...rows, bad], ctx));
    expect(error).toMatchObject({ code: 'request-rejected', rows: [] });
    await sandbox.stop();
    const other = await start();
    const many = [...Array.from({ length: 2_600 }, (): TwitterRow => [JANE, '', '']), bad];
    expect(await failureOf(client.upload(other, many, ctx))).toMatchObject({ code: 'request-rejected', rows: [] });
  });

  it('to an audience that is gone says so', async () => {
    const audience = await start();
    sandbox.twitter.patchAudience(audience.id, { deleted: true });
    expect(await failureOf(client.upload(audience, rows, ctx))).toMatchObject({
      code: 'audience-missing',
      platformCode: 'NOT_FOUND',
    });
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
  });

  it.each([413, 400] as const)('for its size (HTTP %d) can be sent in parts', async (oversizeStatus) => {
    const audience = await start({ oversizeStatus });
    const many = Array.from({ length: 64_000 }, (): TwitterRow => [JANE, '', '']);
    const { code } = await failureOf(client.upload(audience, many, ctx));
    expect(code).toBe(oversizeStatus === 413 ? 'chunk-too-large' : 'request-rejected');
  });

  it('does not repeat what X says of an id that was sent plain', async () => {
    const audience = await start({}, { sendPartnerUserId: true });
    sandbox.twitter.addFaults({ kind: 'error', path: USERS, code: 400, message: 'Bad id edge-4711 of a user' });
    const error = await failureOf(client.upload(audience, [[JANE, '', 'edge-4711']], ctx));
    expect(error.message).toContain('Bad id [secret] of a user');
  });

  it('counted in part is sent again as a whole', async () => {
    const audience = await start();
    sandbox.twitter.patchAudience(audience.id, { miscount: 1 });
    const error = await failureOf(client.upload(audience, [...rows, ['', JANE, '']], ctx));
    expect(error).toMatchObject({ code: 'platform-unavailable', retryable: true });
    expect(error.message).toContain('1 of 2 users');
  });
});

describe('an X that fails', () => {
  it.each<[string, Fault, object]>([
    [
      'a lock',
      { kind: 'error', code: 423 },
      { code: 'platform-unavailable', platformCode: 'LOCK_ACQUISITION_TIMEOUT' },
    ],
    ['an internal error', { kind: 'error', code: 500 }, { code: 'platform-unavailable' }],
    [
      'too much to do',
      { kind: 'status', status: 503, headers: { 'retry-after': '20' }, body: {} },
      { code: 'platform-unavailable', retryAfterMs: 20_000 },
    ],
    ['a page', { kind: 'status', status: 502, body: '<b>bad</b>' }, { code: 'platform-unavailable' }],
    ['a page at HTTP 200', { kind: 'status', status: 200, body: '<b>fine</b>' }, { code: 'platform-unavailable' }],
    ['no counts', { kind: 'status', status: 200, body: { data: {} } }, { code: 'platform-unavailable' }],
    ['a dropped connection', { kind: 'drop' }, { code: 'platform-unavailable' }],
    ['a lost answer', { kind: 'drop-after' }, { code: 'platform-unavailable' }],
    ['silence', { kind: 'timeout' }, { code: 'platform-unavailable' }],
    ['a limit', { kind: 'rate-limit', usageWaitSeconds: 90 }, { code: 'rate-limited', retryable: true }],
  ])('with %s is waited for', async (_, fault, expected) => {
    const audience = await start({}, {}, { timeoutMs: 1_500 });
    sandbox.twitter.addFaults({ ...fault, path: USERS });
    const error = await failureOf(client.upload(audience, rows, ctx));
    expect(error).toMatchObject(expected);
    if (fault.kind === 'rate-limit') expect(error.retryAfterMs).toBeGreaterThan(80_000);
  });

  it('warns once of a version that will go', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const audience = await start({}, {}, { warnings: new Set() });
    const headers = { 'x-api-warn': `Version 12 will go ${TOKEN}` };
    const body = { data: { success_count: 1, total_count: 1 } };
    sandbox.twitter.addFaults({ kind: 'status', path: USERS, status: 200, headers, body });
    await client.upload(audience, rows, ctx);
    await client.upload(audience, rows, ctx);
    expect(warn.mock.calls).toEqual([['X warns: Version 12 will go [secret]']]);
  });
});
