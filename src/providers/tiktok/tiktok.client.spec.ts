import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../contract/audience-provider.js';
import { ChunkTooLargeError, RequestRejectedError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TikTokClient } from './tiktok.client.js';
import { TikTokTag } from './tiktok.config.js';
import type { TikTokRow } from './tiktok.normaliser.js';

const ADVERTISER = '7170000000000000001';
const ROOT = '/open_api/v1.3';
const LIST = `${ROOT}/dmp/custom_audience/list/`;
const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const JANE_BASIC = '831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982';
const US_PHONE = 'a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb';
const GB_PHONE = 'e631c2534428c6c9b48c2167604a8983046085e43a2c00ed748733c544c0bb4d';

const rows: readonly TikTokRow[] = [
  [JANE, US_PHONE],
  ['', GB_PHONE],
  [JANE_BASIC, ''],
];

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 3,
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

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(tiktok: SandboxOptions['tiktok'] = {}): Promise<TikTokClient> {
  sandbox = await startSandbox({ tiktok });
  return clientWith({});
}

function clientWith(tag: Partial<TikTokTag>): TikTokClient {
  const settings = { accessToken: 'tok_abc', advertiserId: ADVERTISER, baseUrl: sandbox.tiktok.origin, ...tag };
  return new TikTokClient(Object.assign(new TikTokTag(), settings), http, { now: () => sandbox.tiktok.now() });
}

/** Lets the list answer with these audiences, in one page. */
function listAnswers(...list: object[]): void {
  const body = { code: 0, message: 'OK', data: { list, page_info: { page: 1, total_page: 1 } } };
  sandbox.tiktok.addFaults({ kind: 'status', path: LIST, status: 200, body });
}

const sent = (path: string) => sandbox.tiktok.requests({ path: ROOT + path }).requests;

describe('TikTokClient.findAudience', () => {
  it('finds nothing in an empty account, then what was created', async () => {
    const client = await start();
    await expect(client.findAudience('blotout_Buyers', ctx)).resolves.toBeUndefined();
    const created = await client.createAudience('blotout_Buyers', ctx);

    await expect(client.findAudience('blotout_Buyers', ctx)).resolves.toEqual(created);
    expect(sent('/dmp/custom_audience/list/')[0]).toMatchObject({
      method: 'GET',
      query: { advertiser_id: ADVERTISER, page: '1', page_size: '100' },
    });
  });

  it('reads every page, the last one included', async () => {
    const client = await start();
    const created = await client.createAudience('Buyers', ctx);
    for (let number = 0; number < 200; number += 1) await client.createAudience(`other ${number}`, ctx);

    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);
    expect(sent('/dmp/custom_audience/list/').map(({ query }) => query['page'])).toEqual(['1', '2', '3']);
  });

  it('compares the name exactly, and passes by what it cannot fill', async () => {
    const client = await start();
    const ours = { name: 'Buyers', audience_type: 'Partner', is_creator: true };
    listAnswers(
      { ...ours, audience_id: '1', name: 'buyers' },
      { ...ours, audience_id: '2', name: 'Buyers ' },
      { ...ours, audience_id: '3', audience_type: 'Customer File Audience' },
      { ...ours, audience_id: '4', is_creator: false },
      { ...ours, audience_id: '5', expired_time: '2026-01-01 00:00:00' },
      { ...ours, audience_id: 'x' },
      { ...ours, audience_id: 6, expired_time: '2999-01-01 00:00:00' },
    );
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '6' });
  });

  it('keeps every digit of an id that comes as a number', async () => {
    const client = await start();
    const body =
      '{"code":0,"message":"OK","data":{"list":[{"audience_id":7410987654321000003,"name":"Buyers",' +
      '"audience_type":"Partner","is_creator":true}],"page_info":{"total_page":1}}}';
    sandbox.tiktok.addFaults({ kind: 'status', path: LIST, status: 200, body });
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '7410987654321000003' });
  });

  it('does not guess between two of one name, and takes one that two pages show for one', async () => {
    const client = await start();
    const created = await client.createAudience('Buyers', ctx);
    const shown = { audience_id: created.id, name: 'Buyers', audience_type: 'Partner', is_creator: true };
    const body = { code: 0, message: 'OK', data: { list: [shown], page_info: { total_page: 2 } } };
    sandbox.tiktok.addFaults({ kind: 'status', path: LIST, status: 200, body, times: 2 });
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);

    await client.createAudience('Buyers', ctx);
    const search = client.findAudience('Buyers', ctx);
    await expect(search).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(search).rejects.toThrow('2 audiences of this name');
  });

  it.each([
    { data: {} },
    { data: { list: [], page_info: {} } },
    { data: { list: [], page_info: { total_page: 1e9 } } },
    { data: { list: 'none', page_info: { total_page: 1 } } },
    {},
  ])('does not take %j for an empty list', async (fields) => {
    const client = await start();
    sandbox.tiktok.addFaults({ kind: 'status', status: 200, body: { code: 0, message: 'OK', ...fields } });
    await expect(client.findAudience('Buyers', ctx)).rejects.toThrow('answer not understood');
  });
});

describe('TikTokClient.createAudience', () => {
  it('creates a segment with the name as it is', async () => {
    const client = await start();
    const created = await client.createAudience('blotout_Käufer "A"', ctx);

    expect(sent('/segment/audience/')[0]?.body).toEqual({
      advertiser_id: ADVERTISER,
      action: 'create',
      custom_audience_name: 'blotout_Käufer "A"',
    });
    expect(sandbox.tiktok.audiences()).toMatchObject([
      { id: created.id, name: 'blotout_Käufer "A"', account: ADVERTISER, details: { type: 'Partner' } },
    ]);
    expect(Number(created.id)).toBeGreaterThan(2 ** 53);
  });

  it('takes a code of 200 for success where the reference prints it', async () => {
    const client = await start({ segmentSuccessCode: 200 });
    const created = await client.createAudience('Buyers', ctx);
    await expect(client.upload(created, rows, ctx)).resolves.toMatchObject({ accepted: 3 });
  });

  it('keeps two long names apart that TikTok would cut to one', async () => {
    const client = await start();
    const name = (end: string) => `blotout_${'Käufer 👍 '.repeat(8)}${end}`;
    const [spring, autumn] = [
      await client.createAudience(name('spring'), ctx),
      await client.createAudience(name('autumn'), ctx),
    ];

    await expect(client.findAudience(name('spring'), ctx)).resolves.toEqual(spring);
    await expect(client.findAudience(name('autumn'), ctx)).resolves.toEqual(autumn);
    await expect(client.findAudience(name('summer'), ctx)).resolves.toBeUndefined();
    const names = sandbox.tiktok.audiences().map((audience) => audience.name);
    expect(new Set(names).size).toBe(2);
    for (const shortened of names) {
      expect(shortened).toMatch(/^blotout_Käufer 👍 .*~[0-9a-f]{12}$/u);
      expect(shortened).not.toMatch(/\p{Cs}/u);
    }
  });

  it.each([
    ['x'.repeat(70), 'x'.repeat(70)],
    ['x'.repeat(71), `${'x'.repeat(57)}~87a1e4c1c92b`],
    [`${'x'.repeat(56)}👍${'y'.repeat(20)}`, expect.stringMatching(/^x{56}~[0-9a-f]{12}$/)],
  ])('sends %s as a name of at most 70 characters', async (name, expected) => {
    const client = await start();
    await client.createAudience(name, ctx);
    expect(sent('/segment/audience/')[0]?.body).toMatchObject({ custom_audience_name: expected });
  });

  it.each([{}, { audience_id: '' }, { audience_id: null }, { audience_id: 'new' }])(
    'does not make an id of %j',
    async (data) => {
      const client = await start();
      sandbox.tiktok.addFaults({ kind: 'status', status: 200, body: { code: 0, message: 'OK', data } });
      await expect(client.createAudience('Buyers', ctx)).rejects.toThrow('answer not understood: no id');
    },
  );
});

describe('TikTokClient.upload', () => {
  it('sends a slot for each kind, and an empty one for what is missing', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 3, refused: [] });

    const slot = (id: string) => ({ id, audience_ids: [audience.id] });
    const [request] = sent('/segment/mapping/');
    expect(request?.headers['content-type']).toBe('application/json');
    expect(request?.body).toEqual({
      advertiser_ids: [ADVERTISER],
      action: 'add',
      id_schema: ['EMAIL_SHA256', 'PHONE_SHA256'],
      batch_data: [
        [slot(JANE), slot(US_PHONE)],
        [{}, slot(GB_PHONE)],
        [slot(JANE_BASIC), {}],
      ],
    });
    expect(sandbox.tiktok.audiences()[0]?.memberCount).toBe(3);
  });

  it('may be repeated', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    await expect(client.upload(audience, rows, ctx)).resolves.toMatchObject({ accepted: 3 });
    expect(sandbox.tiktok.audiences()[0]?.memberCount).toBe(3);
  });

  it('sends the second forms of a user as an entry of their own', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    await expect(client.upload(audience, [[JANE, '', JANE_BASIC, '']], ctx)).resolves.toMatchObject({ accepted: 1 });
    const { batch_data: entries } = sent('/segment/mapping/')[0]?.body as { batch_data: { id?: string }[][] };
    expect(entries.map((entry) => entry.map(({ id }) => id))).toEqual([
      [JANE, undefined],
      [JANE_BASIC, undefined],
    ]);
  });

  it('fits a thousand entries into one request, and asks for halves of more', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const single = Array.from({ length: 1_000 }, (): TikTokRow => [JANE, US_PHONE]);
    await expect(client.upload(audience, single, ctx)).resolves.toMatchObject({ accepted: 1_000 });
    expect(sent('/segment/mapping/')[0]?.bodyBytes).toBeLessThan(500_000);

    const double = single.slice(0, 501).map((row): TikTokRow => [...row, JANE_BASIC, '']);
    await expect(client.upload(audience, double, ctx)).rejects.toBeInstanceOf(ChunkTooLargeError);
    await expect(client.upload(audience, double.slice(1), ctx)).resolves.toMatchObject({ accepted: 500 });
    expect(sent('/segment/mapping/')).toHaveLength(2);
  });

  it('tells a success in part, of which TikTok says no number, by at least one row', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.tiktok.patchAudience(audience.id, { skipRows: 1 });
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 2, refused: [], refusedUnnamed: 1 });
  });

  it('takes "duplicated" for done', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.tiktok.addFaults({ kind: 'error', code: 40050 });
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 3, refused: [] });
  });
});
