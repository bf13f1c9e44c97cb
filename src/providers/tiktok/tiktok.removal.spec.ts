import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, ProviderClient, UploadContext } from '../contract/audience-provider.js';
import { sha256Hex } from '../kit/hash.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TikTokFileClient } from './file/tiktok.file-client.js';
import { TikTokClient } from './tiktok.client.js';
import { TikTokTag } from './tiktok.config.js';
import type { TikTokRow } from './tiktok.normaliser.js';

const PROCESSING_MS = 60_000;

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 5,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const rows: readonly TikTokRow[] = Array.from({ length: 5 }, (_, at) => [
  sha256Hex(`person${at}@example.com`),
  sha256Hex(`+1202555010${at}`),
]);
const signal = new AbortController().signal;
const ctx: CreateContext<TikTokRow> & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(async () => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
  const tiktok = { matchRate: 1, minimumSize: 2, processingMs: PROCESSING_MS };
  sandbox = await startSandbox({ tiktok });
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

function tagOf(route: TikTokTag['route']): TikTokTag {
  const settings = { accessToken: 'tok_abc', advertiserId: '7170000000000000001', baseUrl: sandbox.tiktok.origin };
  return Object.assign(new TikTokTag(), { ...settings, route });
}

const now = () => sandbox.tiktok.now();
const members = () => sandbox.tiktok.audiences({ members: true })[0]?.members?.map(({ columns }) => columns) ?? [];

describe('taking people out of a segment', () => {
  let client: ProviderClient<TikTokRow>;
  beforeEach(() => {
    client = new TikTokClient(tagOf('stream'), http, { now });
  });

  it('leaves the others in, also when repeated and for people who are not in', async () => {
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    const leaving: TikTokRow[] = [...rows.slice(0, 2), [sha256Hex('nobody@example.com'), '']];
    await expect(client.remove?.(audience, leaving, ctx)).resolves.toEqual({ accepted: 3, refused: [] });
    await expect(client.remove?.(audience, leaving, ctx)).resolves.toEqual({ accepted: 3, refused: [] });
    expect(members()).toEqual(rows.slice(2).map(([email, phone]) => ({ EMAIL_SHA256: email, PHONE_SHA256: phone })));
  });

  it('is refused as missing where the segment is gone', async () => {
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.tiktok.patchAudience(audience.id, { deleted: true });
    await expect(client.remove?.(audience, rows, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('taking people out of a customer file audience', () => {
  let client: ProviderClient<TikTokRow>;
  beforeEach(() => {
    client = new TikTokFileClient(tagOf('file'), http, { now });
  });

  it('sends their digests as a file that removes', async () => {
    const audience = await client.createAudience('Buyers', ctx);
    await expect(client.remove?.(audience, rows.slice(0, 2), ctx)).rejects.toMatchObject({
      code: 'platform-unavailable',
    });
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    await expect(client.remove?.(audience, rows.slice(0, 2), ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    expect(members()).toHaveLength(3);
    const [update] = sandbox.tiktok.requests({ path: '/open_api/v1.3/dmp/custom_audience/update/' }).requests;
    expect(update?.body).toMatchObject({ custom_audience_id: audience.id, action: 'REMOVE' });
  });

  it('is refused as missing where the audience is gone', async () => {
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.tiktok.patchAudience(audience.id, { deleted: true });
    await expect(client.remove?.(audience, rows, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});
