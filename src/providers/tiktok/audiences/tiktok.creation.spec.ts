import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { LookalikeRequest, RuleAudienceRequest } from '../../contract/audience-manager.js';
import type { CreateContext } from '../../contract/audience-provider.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { TikTokClient } from '../tiktok.client.js';
import { TikTokTag } from '../tiktok.config.js';
import type { TikTokRow } from '../tiktok.normaliser.js';
import { TikTokManager } from './tiktok.manager.js';

const BASE = '/open_api/v1.3/dmp/custom_audience';
const TOKEN = 'tok_abc';

const signal = new AbortController().signal;
const ctx: CreateContext<TikTokRow> = { deliveryId: 'd1', signal, audienceType: 'custom', firstChunk: [] };
const lookalike: LookalikeRequest = { name: 'LAL US', countries: ['US'], locations: ['GB'], reach: 'broad' };
const visitors: RuleAudienceRequest = { name: 'Visitors', type: 'website-traffic', retentionDays: 30, pixel: '7001' };

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: TikTokManager;
let client: TikTokClient;

beforeEach(async () => {
  Logger.overrideLogger(false);
  sandbox = await startSandbox({ tiktok: { processingMs: 0, generalRate: { perSecond: 1_000 } } });
  http = new PlatformHttp(new HttpService());
  const settings = { accessToken: TOKEN, advertiserId: '7170000000000000001', baseUrl: sandbox.tiktok.origin };
  const tag = Object.assign(new TikTokTag(), settings);
  const now = () => sandbox.tiktok.now();
  manager = new TikTokManager(tag, http, { now });
  client = new TikTokClient(tag, http, { now });
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** A segment in which TikTok found so many people. */
async function seedOf(coverNum: number, name = 'Buyers'): Promise<string> {
  const { id } = await client.createAudience(name, ctx);
  sandbox.tiktok.patchAudience(id, { coverNum });
  return id;
}

const lost = (path: string) => sandbox.tiktok.addFaults({ kind: 'drop-after', path: `${BASE}${path}`, times: 1 });

describe('a lookalike', () => {
  it('is made of another audience, in the places and of the size asked for', async () => {
    const seed = await seedOf(1_000);
    const { id } = await manager.createLookalike(seed, lookalike, ctx);
    const [call] = sandbox.tiktok.requests({ path: `${BASE}/lookalike/create/` }).requests;
    expect(call?.body).toEqual({
      advertiser_id: '7170000000000000001',
      custom_audience_name: 'LAL US',
      lookalike_spec: {
        source_audience_id: seed,
        include_source: false,
        mobile_os: 'ALL',
        placements: ['TikTok'],
        location_ids: ['US', 'GB'],
        audience_size: 'BROAD',
      },
    });
    const facts = {
      type: 'customer-list',
      now: new Date(sandbox.tiktok.now()),
      createdAt: new Date(0),
      lastUploadAt: null,
      uploadedRecords: null,
      isUploading: false,
      hasFailed: false,
    } as const;
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'ready',
      size: { value: 1_000_000, isEstimate: true },
      matchedUsers: null,
      matchingRate: null,
    });
  });

  it('whose answer was lost is the one that was made', async () => {
    const seed = await seedOf(1_000);
    lost('/lookalike/create/');
    await expect(manager.createLookalike(seed, lookalike, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const { id } = await manager.createLookalike(seed, lookalike, ctx);
    await expect(manager.createLookalike(seed, lookalike, ctx)).resolves.toEqual({ id });
    expect(sandbox.tiktok.audiences()).toHaveLength(2);
  });

  it('does not take the name of one of another audience', async () => {
    await manager.createLookalike(await seedOf(1_000), lookalike, ctx);
    const other = await seedOf(1_000, 'Visitors');
    await expect(manager.createLookalike(other, lookalike, ctx)).rejects.toThrow('a lookalike of another audience');
  });

  it('is refused in TikTok’s words, and by name for what it cannot express', async () => {
    const small = await seedOf(99);
    await expect(manager.createLookalike(small, lookalike, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('The source audience must have at least 100 people'),
    });
    await expect(manager.createLookalike('1', lookalike, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
    await expect(manager.createLookalike(small, { ...lookalike, ratio: 0.05 }, ctx)).rejects.toThrow('ratio');
    await expect(manager.createLookalike(small, { ...lookalike, people: 5 }, ctx)).rejects.toThrow('people');
  });
});

describe('an audience of rules', () => {
  it.each<[string, RuleAudienceRequest]>([
    ['Website Audience', visitors],
    [
      'App Activity Audience',
      { ...visitors, type: 'app-activity', appEvents: { appId: '7002', events: ['Purchase'] } },
    ],
    ['Engagement Audience', { ...visitors, type: 'engagement', engagementType: 'video', engagementSources: ['170'] }],
    ['Lead Generation', { ...visitors, type: 'engagement', engagementType: 'lead-form' }],
    ['Offline Activity Audience', { ...visitors, type: 'offline-activity' }],
  ])('of the type %s is made once', async (type, request) => {
    lost('/rule/create/');
    await expect(manager.createFromRules(request, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const { id } = await manager.createFromRules(request, ctx);
    await expect(manager.createFromRules(request, ctx)).resolves.toEqual({ id });
    expect(sandbox.tiktok.audiences()).toMatchObject([{ id, name: 'Visitors', details: { type } }]);
  });

  it('is another one than a segment of the same name', async () => {
    const { id } = await client.createAudience('Visitors', ctx);
    const made = await manager.createFromRules(visitors, ctx);
    expect(made.id).not.toBe(id);
  });

  it.each([[{}], [{ custom_audience_id: '../1' }]])('is not understood without its id: %j', async (data) => {
    const body = { code: 0, message: 'OK', data };
    sandbox.tiktok.addFaults({ kind: 'status', path: `${BASE}/rule/create/`, status: 200, body });
    await expect(manager.createFromRules(visitors, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
  });
});

describe('every call', () => {
  const calls: readonly [string, () => Promise<unknown>][] = [
    ['uses', () => manager.uses('1', ctx)],
    ['update', () => manager.update('1', { name: 'x' }, ctx)],
    ['delete', () => manager.delete('1', ctx)],
    ['share', () => manager.share('1', { accounts: ['2'], permission: 'read' }, ctx)],
    ['createLookalike', () => manager.createLookalike('1', lookalike, ctx)],
    ['createFromRules', () => manager.createFromRules(visitors, ctx)],
  ];

  it.each(calls)('ends with the refusal of its token: %s', async (_, call) => {
    sandbox.tiktok.setToken(TOKEN, 'expired');
    await expect(call()).rejects.toMatchObject({ code: 'credentials-rejected', platformCode: '40102' });
    sandbox.tiktok.setToken(TOKEN, 'no-permission');
    await expect(call()).rejects.toMatchObject({ code: 'permission-denied', platformCode: '40001' });
  });

  it.each(calls)('ends with the wait of a rate limit: %s', async (_, call) => {
    sandbox.tiktok.addFaults({ kind: 'rate-limit' });
    await expect(call()).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 1_000 });
  });
});
