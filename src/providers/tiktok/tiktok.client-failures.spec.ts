import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import type { Fault } from '../../sandbox/fault.js';
import { secretDigest } from '../../sandbox/request-log.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { ProviderError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import type { TikTokOptions } from './tiktok.api.js';
import { TikTokClient } from './tiktok.client.js';
import { TikTokTag } from './tiktok.config.js';

const TOKEN = 'tok_ofTheTest_1234';
const ADVERTISER = '7170000000000000001';
const MAPPING = '/open_api/v1.3/segment/mapping/';
const GET = '/open_api/v1.3/dmp/custom_audience/get/';
const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const MINUTE = 60_000;
const rows = [[JANE, '']];

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
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: TikTokClient;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(tiktok: SandboxOptions['tiktok'] = {}, options: TikTokOptions = {}): Promise<RemoteAudience> {
  sandbox = await startSandbox({ tiktok });
  const settings = { accessToken: TOKEN, advertiserId: ADVERTISER, baseUrl: sandbox.tiktok.origin };
  const now = () => sandbox.tiktok.now();
  client = new TikTokClient(Object.assign(new TikTokTag(), settings), http, { now, ...options });
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

describe('a TikTok token', () => {
  it.each([
    ['expired', 'credentials-rejected', '40102'],
    ['revoked', 'credentials-rejected', '40105'],
    ['no-permission', 'permission-denied', '40001'],
  ] as const)('that is %s: %s', async (state, code, platformCode) => {
    const audience = await start();
    sandbox.tiktok.setToken(TOKEN, state);
    const calls = [
      () => client.findAudience('Buyers', ctx),
      () => client.createAudience('Other', ctx),
      () => client.upload(audience, rows, ctx),
    ];
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code, platformCode, retryable: false });

    sandbox.tiktok.setToken(TOKEN, 'valid');
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it('goes in its header alone', async () => {
    const audience = await start();
    await client.findAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);

    const { requests } = sandbox.tiktok.requests();
    expect(requests).toHaveLength(3);
    for (const { path, query, body, headers } of requests) {
      expect(headers).toMatchObject({ 'access-token': secretDigest(TOKEN) });
      expect(headers).not.toHaveProperty('authorization');
      expect(JSON.stringify([path, query, body])).not.toMatch(/tok_|token/i);
    }
  });

  it('is in no error, even when TikTok repeats it', async () => {
    await start();
    const message = `Bad token ${TOKEN} of jane@example.com`;
    sandbox.tiktok.addFaults({ kind: 'error', code: 40105, message });
    const error = await failureOf(client.findAudience('Buyers', ctx));
    expect(error.message).toContain('Bad token');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/tok_|jane/);
  });

  it.each([
    [{ advertisers: ['77'] }, '40300'],
    [{ tokenAdvertisers: { [TOKEN]: ['77'] } }, '40001'],
  ])('is not that of the account: %j', async (options, platformCode) => {
    expect(await failureOf(start(options))).toMatchObject({ code: 'permission-denied', platformCode });
  });
});

describe('a new segment', () => {
  it('that takes no users yet is waited for', async () => {
    const audience = await start({ warmUpMs: 90_000 });
    const error = await uploadFails(audience);
    expect(error).toMatchObject({ code: 'platform-unavailable', retryable: true, retryAfterMs: 20_000 });
    expect(error.message).toContain('does not take users yet');

    sandbox.tiktok.advanceClock(90_000);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it.each<Fault>([
    { kind: 'error', path: MAPPING, code: 40002, status: 400 },
    { kind: 'error', path: MAPPING, code: 40002 },
    { kind: 'error', path: MAPPING, code: 40007 },
    { kind: 'status', path: MAPPING, status: 400, body: 'not yet' },
  ])('is one for five minutes: %j', async (fault) => {
    const audience = await start();
    sandbox.tiktok.addFaults(fault);
    sandbox.tiktok.advanceClock(5 * MINUTE - 2_000);
    expect(await uploadFails(audience)).toMatchObject({ code: 'platform-unavailable', retryAfterMs: 20_000 });

    sandbox.tiktok.advanceClock(4_000);
    const expected = 'code' in fault && fault.code === 40007 ? 'audience-missing' : 'request-rejected';
    expect((await uploadFails(audience)).code).toBe(expected);
  });
});

/** Lets TikTok refuse the users, and tell this of their audience. */
function refusedWith(...list: unknown[]): void {
  sandbox.tiktok.addFaults(
    { kind: 'error', path: MAPPING, code: 40002 },
    { kind: 'status', path: GET, status: 200, body: { code: 0, message: 'OK', data: { list } } },
  );
}

describe('the age of a segment', () => {
  const details = (id: string, fields: object = {}) => ({
    audience_id: id,
    name: 'Buyers',
    type: 'Partner',
    ...fields,
  });

  it.each([{}, { create_time: null }, { create_time: 'today' }])(
    'may be unknown: then it may be new: %j',
    async (fields) => {
      const audience = await start();
      refusedWith({ audience_details: details(audience.id, fields), audience_history: [] });
      expect(await uploadFails(audience)).toMatchObject({ code: 'platform-unavailable', retryAfterMs: 20_000 });
    },
  );

  it('is told by what was done to it, where nothing else tells', async () => {
    const audience = await start();
    refusedWith({ audience_details: details(audience.id), audience_history: [{ opt_time: '2020-01-01 00:00:00' }] });
    expect(await uploadFails(audience)).toMatchObject({ code: 'request-rejected', platformCode: '40002' });
  });
});

describe('a refused upload', () => {
  it('goes to an audience that is gone only where the list of it is empty', async () => {
    const audience = await start();
    refusedWith();
    expect((await uploadFails(audience)).code).toBe('audience-missing');
  });

  it.each([
    null,
    {},
    { audience_details: null },
    { audience_details: { name: 'Buyers' } },
    { audience_details: { audience_id: '7170000000000000009' } },
    { audience_details: { audience_id: '7170000000000000009', name: 'of somebody else' } },
  ])('does not take %j for a missing audience', async (entry) => {
    const audience = await start();
    refusedWith(entry);
    const error = await uploadFails(audience);
    expect(error.code).toBe('platform-unavailable');
    expect(error.message).toContain('answer not understood');
  });

  it.each(['omit', 'refuse'] as const)('to an audience that is gone (ids: %s) says so', async (unknownIds) => {
    const audience = await start({ unknownIds });
    sandbox.tiktok.patchAudience(audience.id, { deleted: true });
    expect(await uploadFails(audience)).toMatchObject({ code: 'audience-missing', platformCode: '40007' });
  });

  it('to an expired audience asks for a new one', async () => {
    const audience = await start();
    sandbox.tiktok.advanceClock(366 * 24 * 60 * MINUTE);
    expect((await uploadFails(audience)).code).toBe('audience-missing');
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
  });

  it('of an old audience is a mistake in the request', async () => {
    const audience = await start();
    sandbox.tiktok.advanceClock(10 * MINUTE);
    const error = await failureOf(client.upload(audience, [['not-a-digest', '']], ctx));
    expect(error).toMatchObject({ code: 'request-rejected', platformCode: '40002', retryable: false });
    expect(error.message).toMatch(/batch_data\[0\].*\(request_id \w+\)/);
  });

  it('is what it is where the audience may not be looked at', async () => {
    const audience = await start();
    sandbox.tiktok.addFaults({ kind: 'error', path: MAPPING, code: 40002 }, { kind: 'error', path: GET, code: 40001 });
    expect(await uploadFails(audience)).toMatchObject({ code: 'request-rejected', platformCode: '40002' });
  });

  it('waits where the audience cannot be looked at right now', async () => {
    const audience = await start();
    sandbox.tiktok.addFaults({ kind: 'error', path: MAPPING, code: 40002 }, { kind: 'status', path: GET, status: 502 });
    expect(await uploadFails(audience)).toMatchObject({ code: 'platform-unavailable', platformCode: 'http 502' });
  });
});

describe('a TikTok that fails', () => {
  it.each<[string, Fault, object]>([
    ['system error', { kind: 'error', code: 50000 }, { code: 'platform-unavailable' }],
    ['maintenance', { kind: 'error', code: 60001 }, { code: 'platform-unavailable', retryAfterMs: 5 * MINUTE }],
    ['a proxy page', { kind: 'status', status: 502, body: '<b>bad</b>' }, { code: 'platform-unavailable' }],
    ['a page at HTTP 200', { kind: 'status', status: 200, body: '<b>fine</b>' }, { code: 'platform-unavailable' }],
    ['200 without OK', { kind: 'error', code: 200, message: 'no' }, { code: 'platform-unavailable' }],
    ['a dropped connection', { kind: 'drop' }, { code: 'platform-unavailable' }],
    ['a lost answer', { kind: 'drop-after' }, { code: 'platform-unavailable' }],
    ['too large a body', { kind: 'status', status: 413, body: '' }, { code: 'chunk-too-large' }],
  ])('%s', async (_, fault, expected) => {
    const audience = await start();
    sandbox.tiktok.addFaults({ ...fault, path: MAPPING });
    expect(await uploadFails(audience)).toMatchObject({ retryable: true, ...expected });

    sandbox.tiktok.clearFaults();
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
    expect(sandbox.tiktok.audiences()[0]?.memberCount).toBe(1);
  });

  it('takes a code of 200 for success with the streaming calls only', async () => {
    await start();
    const body = { code: 200, message: 'OK', data: { list: [], page_info: { total_page: 0 } } };
    sandbox.tiktok.addFaults({ kind: 'status', method: 'GET', status: 200, body });
    expect((await failureOf(client.findAudience('Buyers', ctx))).code).toBe('platform-unavailable');
  });

  it('is not waited for without end', async () => {
    const audience = await start({}, { timeoutMs: 1_500 });
    sandbox.tiktok.addFaults({ kind: 'timeout', path: MAPPING });
    expect((await uploadFails(audience)).message).toContain('did not answer within 1500 ms');
  });
});

describe('too many calls', () => {
  it.each([40100, 40016, 40133])('%d waits longer each time, whichever client calls', async (code) => {
    const audience = await start();
    sandbox.tiktok.addFaults({ kind: 'error', path: MAPPING, code, times: 5 });
    const waits: (number | undefined)[] = [];
    for (let refusal = 0; refusal < 5; refusal += 1) {
      const error = await uploadFails(audience);
      expect(error).toMatchObject({ code: 'rate-limited', platformCode: String(code) });
      waits.push(error.retryAfterMs);
      sandbox.tiktok.advanceClock(error.retryAfterMs ?? 0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 5 * MINUTE, 5 * MINUTE]);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it("are those of the account's list or of the streaming calls, not of both", async () => {
    const audience = await start({ generalRate: { perMinute: 0 } });
    expect((await failureOf(client.findAudience('Buyers', ctx))).code).toBe('rate-limited');
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it("do not come from us: fourteen look-ups at once keep the list's ten calls a second", async () => {
    await start();
    const searches = Array.from({ length: 14 }, () => client.findAudience('Buyers', ctx));
    await expect(Promise.all(searches)).resolves.toHaveLength(14);
  });
});
