import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { Fault } from '../../sandbox/fault.js';
import { secretDigest } from '../../sandbox/request-log.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../contract/audience-provider.js';
import { ProviderError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { FacebookClient } from './facebook.client.js';
import { FacebookTag } from './facebook.config.js';
import type { GraphOptions } from './facebook.graph.js';

const TOKEN = 'EAAtokenOfTheTest';
const SECRET = 'app-secret-123';
const rows = [['', 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79', '', '', '', '', '']];

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
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(options: SandboxOptions['facebook'] = {}, tag: Partial<FacebookTag> = {}, graph?: GraphOptions) {
  sandbox = await startSandbox({ facebook: options });
  return clientWith(tag, graph);
}

function clientWith(tag: Partial<FacebookTag>, graph?: GraphOptions): FacebookClient {
  const settings = { accessToken: TOKEN, adAccountId: '1234567890', baseUrl: sandbox.facebook.origin, ...tag };
  return new FacebookClient(Object.assign(new FacebookTag(), settings), http, graph);
}

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error('no ProviderError', { cause: error });
  return error;
}

describe('a Facebook token', () => {
  it.each([
    ['expired', 'credentials-rejected', '190/463'],
    ['revoked', 'credentials-rejected', '190/460'],
    ['no-permission', 'permission-denied', '200'],
    ['dev-tier', 'permission-denied', '270'],
    ['tos-unsigned', 'terms-not-accepted', '200/1870090'],
  ] as const)('that is %s: %s', async (state, code, platformCode) => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.facebook.setToken(TOKEN, state);

    for (const work of [() => client.createAudience('Other', ctx), () => client.upload(audience, rows, ctx)]) {
      expect(await failureOf(work())).toMatchObject({ code, platformCode, retryable: false });
    }
    sandbox.facebook.setToken(TOKEN, 'valid');
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it('without a role on the account: denied, not "create it again"', async () => {
    const client = await start({ accounts: ['77'] });
    expect(await failureOf(client.findAudience('Buyers', ctx))).toMatchObject({
      code: 'permission-denied',
      platformCode: '100/33',
    });
  });

  it('goes in the header alone', async () => {
    const client = await start({ appSecrets: { [TOKEN]: SECRET } }, { appSecret: SECRET });
    const audience = await client.createAudience('Buyers', ctx);
    await client.findAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);

    const { requests } = sandbox.facebook.requests();
    expect(requests.map(({ headers }) => headers['authorization'])).toEqual(
      Array.from({ length: 3 }, () => `Bearer ${secretDigest(TOKEN)}`),
    );
    for (const { path, query, body } of requests) {
      expect(JSON.stringify([path, query, body])).not.toMatch(/access_token|EAAtoken|app-secret/);
    }
  });

  it('is in no error, even when Facebook repeats it', async () => {
    const client = await start({}, { appSecret: SECRET });
    const message = `Bad token ${TOKEN} with ${SECRET} of mary@example.com`;
    sandbox.facebook.addFaults({ kind: 'error', code: 190, message });
    const error = await failureOf(client.findAudience('Buyers', ctx));

    expect(error.message).toContain('Bad token');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/EAAtoken|app-secret|mary/);
  });
});

describe('appsecret_proof', () => {
  const demanding = { appSecrets: { [TOKEN]: SECRET }, requireAppSecretProof: true };

  it('opens an app that demands it, anew for each call', async () => {
    let now = 0;
    const client = await start(demanding, { appSecret: SECRET }, { now: () => sandbox.facebook.now() + 1_000 * now++ });
    const audience = await client.createAudience('Buyers', ctx);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(audience);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });

    const { requests } = sandbox.facebook.requests();
    const times = requests.map(({ method, query, body }) => {
      const carrier = (method === 'GET' ? query : body) as Record<string, unknown>;
      return Number(carrier['appsecret_time']);
    });
    expect(times[1]).toBeGreaterThan(times[0] ?? NaN);
    expect(times[2]).toBeGreaterThan(times[1] ?? NaN);
    expect(requests.filter(({ method }) => method === 'POST').map(({ query }) => query)).toEqual([{}, {}]);
  });

  it.each<[string, Partial<FacebookTag>, number]>([
    ['missing', {}, 0],
    ['made with another secret', { appSecret: 'another-secret' }, 0],
    ['older than five minutes', { appSecret: SECRET }, -301_000],
  ])('is a matter of credentials when it is %s', async (_, tag, shiftMs) => {
    const client = await start(demanding, tag, { now: () => sandbox.facebook.now() + shiftMs });
    expect(await failureOf(client.findAudience('Buyers', ctx))).toMatchObject({
      code: 'credentials-rejected',
      platformCode: '100',
    });
  });
});

describe('an upload to Facebook', () => {
  const cases: readonly (readonly [string, Fault, object])[] = [
    [
      'throttled',
      { kind: 'rate-limit' },
      { code: 'rate-limited', platformCode: '80003/2446079', retryAfterMs: 60_000 },
    ],
    [
      'throttled, with the wait in the usage headers',
      { kind: 'rate-limit', usageWaitSeconds: 180 },
      { code: 'rate-limited', retryAfterMs: 180_000 },
    ],
    [
      'throttled by HTTP 429 and Retry-After',
      { kind: 'status', status: 429, headers: { 'Retry-After': '7' } },
      { code: 'rate-limited', platformCode: 'http 429', retryAfterMs: 7_000 },
    ],
    ['an error page', { kind: 'status', status: 500, body: '<html>Sorry</html>' }, { code: 'platform-unavailable' }],
    [
      'down with Retry-After',
      { kind: 'status', status: 503, headers: { 'Retry-After': '30' } },
      { code: 'platform-unavailable', retryAfterMs: 30_000 },
    ],
    ['a dropped connection', { kind: 'drop' }, { code: 'platform-unavailable' }],
    ['a lost answer', { kind: 'drop-after' }, { code: 'platform-unavailable' }],
    ['silence', { kind: 'timeout' }, { code: 'platform-unavailable' }],
    ['an error at HTTP 200', { kind: 'error', code: 190, subcode: 463, status: 200 }, { code: 'credentials-rejected' }],
    ['too many rows', { kind: 'error', code: 105 }, { code: 'chunk-too-large', retryable: true }],
    ['too many rows, unnamed', { kind: 'error', code: 1, subcode: 99 }, { code: 'chunk-too-large' }],
    ['too many bytes', { kind: 'status', status: 413 }, { code: 'chunk-too-large' }],
    ['flagged', { kind: 'error', code: 100, subcode: 1713230 }, { code: 'audience-blocked', retryable: false }],
    ['busy', { kind: 'error', code: 2, transient: true }, { code: 'platform-unavailable' }],
  ];

  it.each(cases)('%s', async (_, fault, expected) => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.facebook.addFaults({ ...fault, times: 1 });

    const limited = clientWith({}, { timeoutMs: fault.kind === 'timeout' ? 1_500 : undefined });
    expect(await failureOf(limited.upload(audience, rows, ctx))).toMatchObject(expected);
    await expect(limited.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
    expect(sandbox.facebook.audiences({ members: true })[0]?.members).toHaveLength(1);
  });

  it('of an audience that is gone', async () => {
    const client = await start();
    expect(await failureOf(client.upload({ id: '120210000000000000' }, rows, ctx))).toMatchObject({
      code: 'audience-missing',
      platformCode: '100/33',
    });
  });

  it('of more rows than Facebook takes', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const tooMany = Array.from({ length: 10_001 }, () => rows[0] ?? []);
    expect(await failureOf(client.upload(audience, tooMany, ctx))).toMatchObject({ code: 'chunk-too-large' });
  });

  it('that is stopped', async () => {
    const client = await start();
    sandbox.facebook.addFaults({ kind: 'timeout' });
    const controller = new AbortController();
    const failure = failureOf(client.upload({ id: '1' }, rows, { ...ctx, signal: controller.signal }));
    while (sandbox.facebook.requests().total === 0) await new Promise(setImmediate);
    controller.abort();
    expect((await failure).message).toContain('the call was stopped');
  });
});
