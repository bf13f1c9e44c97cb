import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { ProviderError } from '../../contract/provider-errors.js';
import { sha256Hex } from '../../kit/hash.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { TikTokTag } from '../tiktok.config.js';
import type { TikTokRow } from '../tiktok.normaliser.js';
import { TikTokFileClient } from './tiktok.file-client.js';

const ADVERTISER = '7170000000000000001';
const BASE = '/open_api/v1.3/dmp/custom_audience';
const PROCESSING = 60 * 60_000;
const MINUTE = 60_000;

/** People enough for TikTok to keep the audience: it was told to find everybody. */
const people = (from: number, count: number): TikTokRow[] =>
  Array.from({ length: count }, (_, at) => [sha256Hex(`user${from + at}@example.com`), '']);

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
const ctx: UploadContext = { deliveryId: 'd1', signal, session };
const withRows = (firstChunk: readonly TikTokRow[]): CreateContext<TikTokRow> => ({
  ...ctx,
  audienceType: 'custom',
  firstChunk,
});

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

async function start(options: SandboxOptions['tiktok'] = {}, tag: Partial<TikTokTag> = {}): Promise<TikTokFileClient> {
  sandbox = await startSandbox({ tiktok: { processingMs: PROCESSING, matchRate: 1, ...options } });
  const settings = { accessToken: 'tok_abc', advertiserId: ADVERTISER, baseUrl: sandbox.tiktok.origin };
  const now = () => sandbox.tiktok.now();
  return new TikTokFileClient(Object.assign(new TikTokTag(), settings, { route: 'file' }, tag), http, { now });
}

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error('no ProviderError', { cause: error });
  return error;
}

const sent = (path: string) => sandbox.tiktok.requests({ path: BASE + path }).requests;

describe('TikTokFileClient.createAudience', () => {
  it('makes the audience of a signed file of the first rows, and answers for them', async () => {
    const client = await start();
    const [email, phone] = [sha256Hex('a'), sha256Hex('b')];
    const rows: TikTokRow[] = [
      [email, phone],
      ['', phone],
      [email, '', phone, ''],
    ];
    const created = await client.createAudience('Buyers', withRows(rows));

    expect(created.receipt).toEqual({ accepted: 3, refused: [] });
    expect(sent('/file/upload/')[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=audience-/);
    expect(sent('/file/upload/')[0]?.body).toEqual({
      advertiser_id: ADVERTISER,
      calculate_type: 'MULTIPLE_TYPES',
      file_signature: expect.stringMatching(/^[0-9a-f]{32}$/),
      file: `email_SHA256,phone_SHA256\n${email},${phone}\n,${phone}\n${email},\n${phone},\n`,
    });
    expect(sent('/create/')[0]?.body).toEqual({
      advertiser_id: ADVERTISER,
      custom_audience_name: 'Buyers',
      calculate_type: 'MULTIPLE_TYPES',
      file_paths: [expect.stringMatching(/^\w{16}$/)],
    });
    expect(sandbox.tiktok.audiences()).toMatchObject([
      { id: created.id, name: 'Buyers', details: { type: 'Customer File Audience' } },
    ]);
  });

  it('says how long to keep it, and shortens a name of more than 128 characters', async () => {
    const client = await start({}, { retentionInDays: 180 });
    await client.createAudience('x'.repeat(128), withRows(people(0, 1)));
    await client.createAudience('x'.repeat(129), withRows(people(0, 1)));
    expect(sent('/create/').map(({ body }) => body)).toMatchObject([
      { custom_audience_name: 'x'.repeat(128), retention_in_days: 180 },
      { custom_audience_name: expect.stringMatching(/^x{115}~[0-9a-f]{12}$/), retention_in_days: 180 },
    ]);
  });

  it.each([1, 2])('sends a file that was damaged on its way once more: %d times damaged', async (times) => {
    const client = await start();
    sandbox.tiktok.addFaults({ kind: 'error', path: `${BASE}/file/upload/`, code: 40900, times });
    const creation = client.createAudience('Buyers', withRows(people(0, 1)));
    await (times === 1
      ? expect(creation).resolves.toMatchObject({ receipt: { accepted: 1 } })
      : expect(creation).rejects.toMatchObject({ code: 'request-rejected', platformCode: '40900' }));
    expect(sent('/file/upload/')).toHaveLength(2);
  });

  it.each(['/file/upload/', '/create/'])('does not take %s without what it must answer for done', async (path) => {
    const client = await start();
    const body = { code: 0, message: 'OK', data: {} };
    sandbox.tiktok.addFaults({ kind: 'status', path: BASE + path, status: 200, body });
    const error = await failureOf(client.createAudience('Buyers', withRows(people(0, 1))));
    expect(error).toMatchObject({ code: 'platform-unavailable', retryable: true });
    expect(error.message).toContain('answer not understood');
  });
});

describe('TikTokFileClient.findAudience', () => {
  it('finds what was created, and no segment of the same name', async () => {
    const client = await start();
    const body = { advertiser_id: ADVERTISER, custom_audience_name: 'Buyers' };
    const url = `${sandbox.tiktok.origin}/open_api/v1.3/segment/audience/`;
    await http.request({ method: 'POST', url, headers: { 'access-token': 'tok_abc' }, body });
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();

    const { id } = await client.createAudience('Buyers', withRows(people(0, 1)));
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id });
  });

  it('refuses one of another kind of file', async () => {
    const client = await start();
    const audience = { audience_id: '1', name: 'Buyers', audience_type: 'Customer File Audience', is_creator: true };
    const list = [{ ...audience, calculate_type: 'EMAIL_SHA256' }];
    const body = { code: 0, message: 'OK', data: { list, page_info: { total_page: 1 } } };
    sandbox.tiktok.addFaults({ kind: 'status', status: 200, body });
    const error = await failureOf(client.findAudience('Buyers', ctx));
    expect(error).toMatchObject({ code: 'request-rejected' });
    expect(error.message).toContain('MULTIPLE_TYPES');
  });
});

describe('TikTokFileClient.upload', () => {
  it('waits while the audience is being made, without sending a file, and appends then', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 1_000)));
    const waits: (number | undefined)[] = [];
    for (const minutes of [0, 10, 40]) {
      sandbox.tiktok.advanceClock(minutes * MINUTE);
      const error = await failureOf(client.upload(audience, people(1_000, 500), ctx));
      expect(error).toMatchObject({ code: 'platform-unavailable', retryable: true });
      waits.push(Math.floor((error.retryAfterMs ?? 0) / MINUTE));
    }
    expect(waits).toEqual([1, 10, 50]);
    expect(sent('/file/upload/')).toHaveLength(1);

    sandbox.tiktok.advanceClock(PROCESSING);
    await expect(client.upload(audience, people(900, 600), ctx)).resolves.toEqual({ accepted: 600, refused: [] });
    expect(sent('/update/')[0]?.body).toEqual({
      advertiser_id: ADVERTISER,
      custom_audience_id: audience.id,
      file_paths: [expect.stringMatching(/^\w{16}$/)],
      action: 'APPEND',
    });
    sandbox.tiktok.advanceClock(PROCESSING);
    expect(sandbox.tiktok.audiences()[0]).toMatchObject({ memberCount: 1_500 });
  });

  it('waits while another file is being appended, which only the refusal tells', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 1_000)));
    sandbox.tiktok.advanceClock(PROCESSING);
    await client.upload(audience, people(1_000, 1), ctx);

    const error = await failureOf(client.upload(audience, people(1_001, 1), ctx));
    expect(error).toMatchObject({ code: 'platform-unavailable', platformCode: '40002' });
    expect(error.message).toContain('being processed');
    sandbox.tiktok.advanceClock(PROCESSING);
    await expect(client.upload(audience, people(1_001, 1), ctx)).resolves.toMatchObject({ accepted: 1 });
  });

  it('does not wait for an audience that TikTok has found too small', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 10)));
    sandbox.tiktok.advanceClock(PROCESSING);
    const error = await failureOf(client.upload(audience, people(10, 10), ctx));
    expect(error).toMatchObject({ code: 'request-rejected', retryable: false });
    expect(error.message).toContain('fewer than 1000');
    expect(sent('/file/upload/')).toHaveLength(1);
  });

  it('tells a mistake in the request when nothing else explains the refusal', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 1_000)));
    sandbox.tiktok.advanceClock(PROCESSING + 49 * 60 * MINUTE);
    await failureOf(client.upload({ id: '1' }, people(0, 1), ctx));
    sandbox.tiktok.addFaults({ kind: 'error', path: `${BASE}/update/`, code: 40002 });
    const error = await failureOf(client.upload(audience, people(0, 1), ctx));
    expect(error).toMatchObject({ code: 'request-rejected', platformCode: '40002' });
  });

  it.each(['deleted', 'expired'])('asks for a new audience when this one is %s', async (fate) => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 1_000)));
    if (fate === 'deleted') sandbox.tiktok.patchAudience(audience.id, { deleted: true });
    else sandbox.tiktok.advanceClock(367 * 24 * 60 * MINUTE);
    expect((await failureOf(client.upload(audience, people(0, 1), ctx))).code).toBe('audience-missing');
    expect(sent('/file/upload/')).toHaveLength(1);
  });

  it('sends the file again after one that got lost', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', withRows(people(0, 1_000)));
    sandbox.tiktok.advanceClock(PROCESSING);
    sandbox.tiktok.addFaults({ kind: 'error', path: `${BASE}/update/`, code: 40910, times: 1 });
    expect(await failureOf(client.upload(audience, people(0, 1), ctx))).toMatchObject({ retryable: true });
    await expect(client.upload(audience, people(0, 1), ctx)).resolves.toMatchObject({ accepted: 1 });
    expect(sent('/file/upload/')).toHaveLength(3);
  });
});
