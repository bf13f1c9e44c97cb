import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import type { Fault } from '../../sandbox/fault.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { ProviderError, RequestRejectedError } from '../contract/provider-errors.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { GoogleClient } from './google.client.js';
import { GoogleTag } from './google.config.js';
import type { GoogleRow } from './google.member.js';

const REFRESH = '1//0gRefreshOfTheTest';
const INGEST = '/v1/audienceMembers:ingest';
const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
const good: GoogleRow = [QUINN, '', '', '', '', ''];
const bad = (value: string): GoogleRow => [value, '', '', '', '', ''];

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
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: GoogleClient;
let secret: string;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(google: SandboxOptions['google'] = {}, timeoutMs?: number): Promise<RemoteAudience> {
  sandbox = await startSandbox({ google });
  const { origin, environment } = sandbox.google;
  secret = environment['GOOGLE_CLIENT_SECRET'] ?? '';
  const settings = {
    customerId: '1234567890',
    clientId: environment['GOOGLE_CLIENT_ID'],
    clientSecret: secret,
    refreshToken: REFRESH,
    baseUrl: origin,
    tokenUrl: `${origin}/token`,
  };
  client = new GoogleClient(Object.assign(new GoogleTag(), settings), http, new LocalAccessTokens(), { timeoutMs });
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

const calls = (path: string) => sandbox.google.requests({ path }).requests;
const upload = (audience: RemoteAudience, rows: readonly GoogleRow[] = [good]) => client.upload(audience, rows, ctx);

describe('an access token', () => {
  it('is got once for many calls', async () => {
    const audience = await start();
    await Promise.all(Array.from({ length: 8 }, () => upload(audience)));
    await client.findAudience('Buyers', ctx);
    expect(calls('/token')).toHaveLength(1);
  });

  it('that has expired is replaced once, by one for all calls, and they go on', async () => {
    const audience = await start();
    sandbox.google.advanceClock(3_600_000);
    await Promise.all(Array.from({ length: 5 }, () => upload(audience)));
    expect(calls('/token')).toHaveLength(2);
    expect(calls(INGEST).filter(({ status }) => status === 200)).toHaveLength(5);
  });

  it('that is refused again is given up, after one repetition', async () => {
    const audience = await start();
    sandbox.google.addFaults({ kind: 'error', path: INGEST, code: 401 });
    expect(await failureOf(upload(audience))).toMatchObject({ code: 'credentials-rejected', retryable: false });
    expect(calls('/token')).toHaveLength(2);
    expect(calls(INGEST)).toHaveLength(2);
  });

  it('goes in its header alone, and into no error', async () => {
    const audience = await start();
    await upload(audience);
    for (const { path, query, body, headers } of calls('/v1/*')) {
      expect(headers['authorization']).toMatch(/^Bearer sha256:/);
      expect(JSON.stringify([path, query, body])).not.toMatch(/ya29|token/i);
    }
    sandbox.google.addFaults({
      kind: 'error',
      code: 403,
      message: `Bearer ya29.abc of quinny@example.com, ${REFRESH}`,
    });
    const error = await failureOf(client.findAudience('Buyers', ctx));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/ya29|quinny|0gRefresh/);
  });

  it.each<[string, Fault, string]>([
    ['is down', { kind: 'status', status: 503, body: 'x' }, 'platform-unavailable'],
    ['drops the connection', { kind: 'drop' }, 'platform-unavailable'],
    ['has had too many calls', { kind: 'status', status: 429, headers: { 'retry-after': '9' } }, 'rate-limited'],
    [
      'knows the client no more',
      { kind: 'status', status: 401, body: { error: 'invalid_client' } },
      'credentials-rejected',
    ],
  ])('is not had while its endpoint %s', async (_, fault, code) => {
    const audience = await start();
    sandbox.google.advanceClock(3_600_000);
    sandbox.google.addFaults({ path: '/token', ...fault });
    const error = await failureOf(upload(audience));
    expect(error).toMatchObject({ code });
    expect(error.message).not.toContain(secret);
  });
});

describe('credentials', () => {
  it.each([
    ['revoked', 'credentials-rejected', '400/invalid_grant'],
    ['other-scope', 'permission-denied', '403/ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    ['api-disabled', 'permission-denied', '403/SERVICE_DISABLED'],
    ['no-access', 'permission-denied', '403/PERMISSION_DENIED'],
    ['not-allowlisted', 'permission-denied', '403/NOT_ALLOWLISTED'],
  ] as const)('that are %s: %s', async (state, code, platformCode) => {
    const audience = await start();
    sandbox.google.setToken(REFRESH, state);
    const all = [
      () => client.findAudience('Buyers', ctx),
      () => client.createAudience('Other', ctx),
      () => upload(audience),
    ];
    for (const call of all) expect(await failureOf(call())).toMatchObject({ code, platformCode, retryable: false });
    sandbox.google.setToken(REFRESH, 'valid');
    await expect(upload(audience)).resolves.toHaveProperty('remoteJobId');
  });

  it('of an account that has not accepted the terms', async () => {
    const audience = await start();
    sandbox.google.setToken(REFRESH, 'tos-unsigned');
    const platformCode = '400/ADVERTISER_TOS_NOT_ACCEPTED';
    expect(await failureOf(upload(audience))).toMatchObject({ code: 'terms-not-accepted', platformCode });
  });
});

describe('an upload', () => {
  it('that is refused as a whole names the rows to blame', async () => {
    const audience = await start();
    const error = await failureOf(upload(audience, [good, bad('zz'), good, bad('abcd')]));
    expect(error).toBeInstanceOf(RequestRejectedError);
    expect(error).toMatchObject({
      platformCode: '400/INVALID_HEX_ENCODING',
      rows: [
        { row: 1, reason: 'invalid-format' },
        { row: 3, reason: 'invalid-format' },
      ],
    });
    expect(calls(INGEST)).toHaveLength(1);
  });

  it('of which Google does not know a postal code tells its row, and not the code', async () => {
    const audience = await start({ refusedPostalCodes: ['ZZ 9'] });
    const at = (postalCode: string): GoogleRow => ['', '', QUINN, QUINN, 'GB', postalCode];
    const error = await failureOf(upload(audience, [at('SW1A 1AA'), at('ZZ 9')]));
    expect(error).toMatchObject({ rows: [{ row: 1, reason: 'invalid-format' }] });
    expect(error.message).toContain('audience_members[1]');
    expect(error.message).not.toContain('ZZ 9');
  });

  it('to a list that was deleted is one to a list that is missing', async () => {
    const audience = await start();
    sandbox.google.patchAudience(audience.id, { deleted: true });
    const platformCode = '400/INVALID_USER_LIST_ID';
    expect(await failureOf(upload(audience))).toMatchObject({ code: 'audience-missing', platformCode });
  });

  it.each<[string, Fault, object]>([
    ['a limit', { kind: 'rate-limit' }, { code: 'rate-limited', retryAfterMs: undefined }],
    [
      'a limit with a wait',
      { kind: 'rate-limit', retryAfterSeconds: 5 },
      { code: 'rate-limited', retryAfterMs: 5_000 },
    ],
    ['a wait in the body', { kind: 'rate-limit', usageWaitSeconds: 8 }, { code: 'rate-limited', retryAfterMs: 8_000 }],
    ['ABORTED', { kind: 'error', code: 409 }, { code: 'platform-unavailable' }],
    ['INTERNAL', { kind: 'error', code: 500 }, { code: 'platform-unavailable' }],
    ['UNAVAILABLE', { kind: 'error', code: 503 }, { code: 'platform-unavailable' }],
    ['DEADLINE_EXCEEDED', { kind: 'error', code: 504 }, { code: 'platform-unavailable' }],
    ['a page', { kind: 'status', status: 200, body: '<html>' }, { code: 'platform-unavailable' }],
    ['nothing', { kind: 'timeout' }, { code: 'platform-unavailable' }],
    ['a lost answer', { kind: 'drop-after' }, { code: 'platform-unavailable' }],
    ['a body too large', { kind: 'status', status: 413 }, { code: 'chunk-too-large' }],
    [
      'the declaration on political ads',
      { kind: 'error', code: 400, message: 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED' },
      { code: 'terms-not-accepted' },
    ],
  ])('that is answered with %s', async (_, fault, expected) => {
    const audience = await start({}, 1_500);
    sandbox.google.addFaults({ ...fault, path: INGEST });
    expect(await failureOf(upload(audience))).toMatchObject(expected);
    sandbox.google.clearFaults();
    await expect(upload(audience)).resolves.toHaveProperty('remoteJobId');
  });

  it('meets the quotas of its Cloud project', async () => {
    const audience = await start({ quotas: { IngestionMutate: { perMinute: 1_000, perDay: 1 } } });
    await upload(audience);
    expect(await failureOf(upload(audience))).toMatchObject({
      code: 'rate-limited',
      platformCode: '429/RATE_LIMIT_EXCEEDED',
      retryAfterMs: 3_600_000,
    });
  });
});

describe('a request that Google has forgotten', () => {
  it('is told as such, and its list is not taken for missing', async () => {
    await start();
    for (const fault of [undefined, { kind: 'error', code: 404, path: '*:retrieve' } as const]) {
      if (fault) sandbox.google.addFaults(fault);
      const error = await failureOf(client.pollUpload('3~126365e1-16d0-4c81-9de9-f362711e250a', ctx));
      expect(error).toMatchObject({ code: 'request-rejected', retryable: false });
      expect(error.message).toContain('what became of its users cannot be told');
    }
  });
});
