import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { Fault } from '../../sandbox/fault.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../contract/audience-provider.js';
import { ProviderError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { KlaviyoClient } from './klaviyo.client.js';
import { KlaviyoTag } from './klaviyo.config.js';
import { prepareKlaviyoRows } from './klaviyo.normaliser.js';
import { KlaviyoPhones } from './klaviyo.phone.js';

const KEY = 'pk_0123456789abcdef0123456789abcdef01';
const USER = { email: 'jane.doe@example.com', phone: '+14155552671', firstName: 'Zebulon' };
const rows = prepareKlaviyoRows([USER], new KlaviyoPhones(['US'])).rows.map(({ row }) => row);

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

async function start(options: SandboxOptions['klaviyo'] = {}, timeoutMs?: number): Promise<KlaviyoClient> {
  sandbox = await startSandbox({ klaviyo: { rateLimits: false, ...options } });
  const tag = Object.assign(new KlaviyoTag(), { apiKey: KEY, baseUrl: sandbox.klaviyo.origin });
  return new KlaviyoClient(tag, http, { timeoutMs });
}

type Context = typeof ctx;

/** Each thing that a client does, on an account where there is nothing yet. */
const CALLS: readonly (readonly [name: string, call: (client: KlaviyoClient, ctx: Context) => Promise<unknown>])[] = [
  ['findAudience', (client, context) => client.findAudience('Buyers', context)],
  ['createAudience', (client, context) => client.createAudience('Buyers', context)],
  ['upload', (client, context) => client.upload({ id: 'NOPE01' }, rows, context)],
  ['pollUpload', (client, context) => client.pollUpload('V0JoWEhOX21haW50', context)],
];

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}

const FAILURES: readonly (readonly [fault: Fault, code: string, retryable: boolean])[] = [
  [{ kind: 'rate-limit', retryAfterSeconds: 4 }, 'rate-limited', true],
  [{ kind: 'rate-limit' }, 'rate-limited', true],
  [{ kind: 'error', code: 500 }, 'platform-unavailable', true],
  [{ kind: 'error', code: 503 }, 'platform-unavailable', true],
  [{ kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, 'platform-unavailable', true],
  [{ kind: 'drop' }, 'platform-unavailable', true],
  [{ kind: 'timeout' }, 'platform-unavailable', true],
  [{ kind: 'error', code: 401 }, 'credentials-rejected', false],
  [{ kind: 'error', code: 403 }, 'permission-denied', false],
  [{ kind: 'error', code: 405 }, 'request-rejected', false],
  [{ kind: 'error', code: 410 }, 'request-rejected', false],
  [{ kind: 'error', code: 415 }, 'request-rejected', false],
];

describe.each(CALLS)('KlaviyoClient.%s', (_, call) => {
  it.each(FAILURES)('%j is %s (retryable: %s)', async (fault, code, retryable) => {
    const client = await start({}, fault.kind === 'timeout' ? 150 : undefined);
    sandbox.klaviyo.addFaults(fault);
    await expect(failureOf(call(client, ctx))).resolves.toMatchObject({ code, retryable });
  });

  it('tells a revoked key, one without scopes, and a challenge of the network', async () => {
    const client = await start();
    const codes = [];
    for (const state of ['revoked', 'no-scopes', 'challenged']) {
      sandbox.klaviyo.setToken(KEY, state);
      codes.push((await failureOf(call(client, ctx))).code);
    }
    expect(codes).toEqual(['credentials-rejected', 'permission-denied', 'platform-unavailable']);
  });

  it('waits as long as Retry-After says', async () => {
    const client = await start();
    sandbox.klaviyo.addFaults({ kind: 'rate-limit', retryAfterSeconds: 4 });
    await expect(failureOf(call(client, ctx))).resolves.toMatchObject({ retryAfterMs: 4_000 });
  });

  it('lets neither the key nor a user into an error', async () => {
    const client = await start();
    const told = `${KEY} of ${USER.email} ${USER.phone} is wrong`;
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const errors = [
        { id: 'x', code: 'invalid', title: 'Invalid input.', detail: told, source: { pointer: '/data' } },
      ];
      const headers = { 'content-type': 'application/vnd.api+json' };
      sandbox.klaviyo.addFaults({ kind: 'status', status, headers, body: { errors }, times: 1 });
      const error = await failureOf(call(client, ctx));
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(
        /0123456789abcdef|jane|4155552671|Zebulon/,
      );
    }
  });

  it('ends at once when told to', async () => {
    const client = await start();
    sandbox.klaviyo.addFaults({ kind: 'timeout' });
    const stop = new AbortController();
    const work = failureOf(call(client, { ...ctx, signal: stop.signal }));
    stop.abort();
    await expect(work).resolves.toMatchObject({ code: 'platform-unavailable' });
  });
});

describe('KlaviyoClient.upload', () => {
  it('tells a list that is not there', async () => {
    const client = await start();
    await expect(failureOf(client.upload({ id: 'NOPE01' }, rows, ctx))).resolves.toMatchObject({
      code: 'audience-missing',
      retryable: true,
    });
  });

  it.each<[string, Fault]>([
    ['413', { kind: 'status', status: 413, body: '' }],
    ['400', { kind: 'error', code: 400, message: 'The payload is larger than 5MB.' }],
  ])('asks for smaller chunks when told that this one is too large: %s', async (_, fault) => {
    const client = await start();
    sandbox.klaviyo.addFaults(fault);
    await expect(failureOf(client.upload({ id: 'A' }, rows, ctx))).resolves.toMatchObject({ code: 'chunk-too-large' });
  });

  it('harms nobody when the answer was lost', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.klaviyo.addFaults({ kind: 'drop-after', path: '/api/profile-bulk-import-jobs', times: 1 });
    await expect(failureOf(client.upload(audience, rows, ctx))).resolves.toMatchObject({
      code: 'platform-unavailable',
    });
    await client.upload(audience, rows, ctx);
    sandbox.klaviyo.advanceClock(60_000);
    expect(sandbox.klaviyo.audiences()).toMatchObject([{ memberCount: 1, rowsReceived: 2 }]);
  });

  it('does not make up a job', async () => {
    const client = await start();
    sandbox.klaviyo.addFaults({ kind: 'status', status: 202, body: { data: {} } });
    await expect(client.upload({ id: 'A' }, rows, ctx)).rejects.toThrow('answer not understood');
  });
});
