import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts, LookalikeRequest, RuleAudienceRequest } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { sha256Hex } from '../../kit/hash.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { TikTokFileClient } from '../file/tiktok.file-client.js';
import { TikTokClient } from '../tiktok.client.js';
import { TikTokTag } from '../tiktok.config.js';
import type { TikTokRow } from '../tiktok.normaliser.js';
import { TikTokManager } from './tiktok.manager.js';

const ADVERTISER = '7170000000000000001';
const FRIEND = '7180000000000000002';
const STRANGER = '7190000000000000003';
const ROOT = '/open_api/v1.3';
const PROCESSING_MS = 60_000;

const rows: readonly TikTokRow[] = Array.from({ length: 1_000 }, (_, at) => [sha256Hex(`p${at}@example.com`), '']);
const signal = new AbortController().signal;
const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 1_000,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx: CreateContext<TikTokRow> & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};
const lookalike: LookalikeRequest = { name: 'LAL US', countries: ['US'], locations: ['GB'], reach: 'broad' };
const visitors: RuleAudienceRequest = { name: 'Visitors', type: 'website-traffic', retentionDays: 30, pixel: '7001' };

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: TikTokManager;

beforeEach(async () => {
  Logger.overrideLogger(false);
  sandbox = await startSandbox({
    tiktok: {
      processingMs: PROCESSING_MS,
      matchRate: 1,
      renameSegments: true,
      businesses: { [STRANGER]: '6990000000000000002' },
      generalRate: { perSecond: 1_000 },
    },
  });
  http = new PlatformHttp(new HttpService());
  manager = managerOf('stream');
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

const now = () => sandbox.tiktok.now();

function tagOf(route: TikTokTag['route']): TikTokTag {
  const settings = { accessToken: 'tok_abc', advertiserId: ADVERTISER, baseUrl: sandbox.tiktok.origin, route };
  return Object.assign(new TikTokTag(), settings);
}

const managerOf = (route: TikTokTag['route']) => new TikTokManager(tagOf(route), http, { now });

/** A segment of 1,000 people, counted already unless told otherwise. */
async function segment(isCounted = true): Promise<string> {
  const client = new TikTokClient(tagOf('stream'), http, { now });
  const audience = await client.createAudience('Buyers', ctx);
  await client.upload(audience, rows, ctx);
  if (isCounted) sandbox.tiktok.advanceClock(PROCESSING_MS);
  return audience.id;
}

async function fileAudience(): Promise<string> {
  const { id } = await new TikTokFileClient(tagOf('file'), http, { now }).createAudience('Buyers', ctx);
  return id;
}

const factsOf = (facts: Partial<AudienceFacts> = {}): AudienceFacts => ({
  type: 'customer-list',
  now: new Date(now()),
  createdAt: new Date(now()),
  lastUploadAt: new Date(now()),
  uploadedRecords: 1_250,
  isUploading: false,
  hasFailed: false,
  ...facts,
});
const sent = (path: string) => sandbox.tiktok.requests({ path: `${ROOT}/dmp/custom_audience${path}` }).requests;
const audiences = () => sandbox.tiktok.audiences().map(({ id, name }) => ({ id, name }));

describe('reading an audience', () => {
  it('tells its state and figures in one call', async () => {
    const id = await segment();
    sandbox.tiktok.clearRequests();
    await expect(manager.read(id, factsOf(), ctx)).resolves.toEqual({
      name: 'Buyers',
      description: null,
      status: 'ready',
      statusReason: null,
      warnings: [],
      size: { value: 1_000, isEstimate: true },
      matchedUsers: { value: 1_000, isEstimate: false },
      matchingRate: { value: 0.8, isEstimate: true },
      retentionDays: null,
      lookalikeAudiences: null,
      changedAt: expect.any(Date),
    });
    expect(sandbox.tiktok.requests().requests).toHaveLength(1);
  });

  it('invents no figure before TikTok has counted, or of what was sent', async () => {
    const id = await segment(false);
    const nothing = { size: null, matchedUsers: null, matchingRate: null };
    await expect(manager.read(id, factsOf(), ctx)).resolves.toMatchObject({ status: 'populating', ...nothing });
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    for (const [uploadedRecords, matchingRate] of [
      [null, null],
      [0, null],
      [900, { value: 1, isEstimate: true }],
    ] as const) {
      await expect(manager.read(id, factsOf({ uploadedRecords }), ctx)).resolves.toMatchObject({ matchingRate });
    }
  });

  it('says nothing of one that is gone', async () => {
    await expect(manager.read('1', factsOf(), ctx)).resolves.toBeUndefined();
  });
});

describe('the ad groups that use an audience', () => {
  it('are told apart by whether they reach its people or keep them out, over all pages', async () => {
    const id = await segment();
    const adGroups = Array.from({ length: 101 }, (_, at) => ({
      adgroup_id: String(170 + at),
      adgroup_name: `Group ${at}`,
      usage_mode: at === 100 ? 'Exclude' : 'Include',
    }));
    sandbox.tiktok.patchAudience(id, { adGroups });
    const uses = await manager.uses(id, ctx);
    expect(uses.campaigns).toBeNull();
    expect(uses.ads).toHaveLength(100);
    expect(uses.ads?.[0]).toEqual({ id: '170', name: 'Group 0' });
    expect(uses.exclusions).toEqual([{ id: '270', name: 'Group 100' }]);
  });

  it('count with their latest entry', async () => {
    const entry = { audience_id: '1', adgroup_id: '170', adgroup_name: '' };
    const list = [
      { ...entry, usage_mode: 'Exclude', action_timestamp: '2026-11-20 10:00:00' },
      { ...entry, usage_mode: 'Include', action_timestamp: '2026-11-19 10:00:00' },
    ];
    const body = { code: 0, message: 'OK', data: { list, page_info: { total_page: 1 } } };
    sandbox.tiktok.addFaults({ kind: 'status', status: 200, body });
    await expect(manager.uses('1', ctx)).resolves.toEqual({
      campaigns: null,
      ads: [],
      exclusions: [{ id: '170', name: null }],
    });
  });
});

describe('changing an audience', () => {
  it('changes the name, shortened as at its creation', async () => {
    const id = await segment();
    await manager.update(id, { name: 'Spring' }, ctx);
    expect(audiences()).toEqual([{ id, name: 'Spring' }]);
    await manager.update(id, { name: 'x'.repeat(80) }, ctx);
    expect(audiences()[0]?.name).toMatch(/^x{57}~[0-9a-f]{12}$/);
  });

  it('is refused by name for what has no place, and as missing for what is gone', async () => {
    const id = await segment();
    await expect(manager.update(id, { description: 'x' }, ctx)).rejects.toThrow('description');
    await expect(manager.update(id, { retentionDays: 7 }, ctx)).rejects.toThrow('retentionDays');
    await expect(manager.update('1', { name: 'x' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it('waits for a file that is being processed', async () => {
    const id = await fileAudience();
    manager = managerOf('file');
    await expect(manager.update(id, { name: 'Spring' }, ctx)).rejects.toMatchObject({
      code: 'platform-unavailable',
      retryAfterMs: 60_000,
    });
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    await manager.update(id, { name: 'Spring' }, ctx);
    expect(audiences()).toEqual([{ id, name: 'Spring' }]);
  });
});

describe('deleting an audience', () => {
  it('is done by the call of its kind, and no error when it was done before', async () => {
    const made = [await segment(), await fileAudience(), (await manager.createFromRules(visitors, ctx)).id];
    for (const id of made) {
      await manager.delete(id, ctx);
      await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
    }
    expect(audiences()).toEqual([]);
  });

  it('is refused in TikTok’s words while ad groups use a lookalike', async () => {
    const { id } = await manager.createLookalike(await segment(), lookalike, ctx);
    const adGroups = [{ adgroup_id: '170', adgroup_name: 'Spring', usage_mode: 'Include' }];
    sandbox.tiktok.patchAudience(id, { adGroups });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('Disconnect it before you delete it'),
    });
  });
});

describe('sharing an audience', () => {
  it('tells of each account, and shares nothing twice', async () => {
    const id = await segment();
    const share = () => manager.share(id, { accounts: [FRIEND, STRANGER, 'act_1'], permission: 'read' }, ctx);
    const expected = [
      { account: FRIEND, state: 'shared' },
      { account: STRANGER, state: 'refused', message: expect.stringContaining('not in the same Business Center') },
      { account: 'act_1', state: 'refused', message: 'TikTok: not the digits of an ad account' },
    ];
    const byAccount = (outcomes: readonly { account: string }[]) =>
      outcomes.toSorted((one, other) => (one.account < other.account ? -1 : 1));
    expect(byAccount(await share())).toEqual(expected);
    expect(byAccount(await share())).toEqual(expected);
    expect(sandbox.tiktok.audiences()[0]?.details).toMatchObject({ sharedWith: [FRIEND] });
    expect(
      sent('/share/').map(({ body }) => (body as { shared_advertiser_ids: string[] }).shared_advertiser_ids),
    ).toEqual([[FRIEND, STRANGER], [FRIEND], [STRANGER], [STRANGER]]);
  });
});
