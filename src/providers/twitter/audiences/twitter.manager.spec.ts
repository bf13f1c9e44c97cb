import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { sha256Hex } from '../../kit/hash.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { TwitterClient } from '../twitter.client.js';
import { TwitterTag } from '../twitter.config.js';
import type { TwitterRow } from '../twitter.normaliser.js';
import { TwitterManager } from './twitter.manager.js';

const ACCOUNT = '18ce54d4x5t';
const FRIEND = '18ce54aymz3';
const STRANGER = '18ce54zzzzz';

const rows: readonly TwitterRow[] = Array.from({ length: 200 }, (_, at) => [sha256Hex(`p${at}@example.com`), '', '']);
const signal = new AbortController().signal;
const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 200,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};
const facts: AudienceFacts = {
  type: 'customer-list',
  now: new Date(),
  createdAt: new Date(),
  lastUploadAt: new Date(),
  uploadedRecords: 250,
  isUploading: false,
  hasFailed: false,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: TwitterClient;
let manager: TwitterManager;

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** Starts X with one audience of 200 people, and gives its id. */
async function start(twitter: SandboxOptions['twitter'] = {}): Promise<string> {
  Logger.overrideLogger(false);
  sandbox = await startSandbox({ twitter: { matchMs: 0, matchRate: 1, ...twitter } });
  const env = sandbox.twitter.environment;
  const settings = {
    consumerKey: env.TWITTER_CONSUMER_KEY,
    consumerSecret: env.TWITTER_CONSUMER_SECRET,
    accessToken: env.TWITTER_ACCESS_TOKEN,
    accessTokenSecret: env.TWITTER_ACCESS_TOKEN_SECRET,
    adAccountId: ACCOUNT,
    baseUrl: sandbox.twitter.origin,
  };
  const tag = Object.assign(new TwitterTag(), settings);
  http = new PlatformHttp(new HttpService());
  client = new TwitterClient(tag, http);
  manager = new TwitterManager(tag, http);
  const audience = await client.createAudience('Buyers', ctx);
  await client.upload(audience, rows, ctx);
  return audience.id;
}

const sent = (method: string, path = '*') => sandbox.twitter.requests({ method, path }).requests;
const details = () => sandbox.twitter.audiences()[0];

describe('reading an audience', () => {
  it('tells its state and figures in one call', async () => {
    const id = await start();
    sandbox.twitter.clearRequests();
    await expect(manager.read(id, facts, ctx)).resolves.toEqual({
      name: 'Buyers',
      description: 'custom audience',
      status: 'ready',
      statusReason: null,
      warnings: [expect.objectContaining({ code: 'hidden-audience' })],
      size: { value: 200, isEstimate: false },
      matchedUsers: { value: 200, isEstimate: false },
      matchingRate: { value: 0.8, isEstimate: true },
      retentionDays: null,
      lookalikeAudiences: null,
      changedAt: expect.any(Date),
    });
    expect(sandbox.twitter.requests().requests).toHaveLength(1);
  });

  it('invents no figure before X has counted', async () => {
    const id = await start({ matchMs: 3_600_000 });
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'populating',
      size: null,
      matchedUsers: null,
      matchingRate: null,
    });
  });

  it.each([
    [null, null],
    [0, null],
    [100, { value: 1, isEstimate: true }],
  ])('of %s people sent has the matching rate %j', async (uploadedRecords, matchingRate) => {
    const id = await start();
    await expect(manager.read(id, { ...facts, uploadedRecords }, ctx)).resolves.toMatchObject({ matchingRate });
  });

  it('says nothing of one that is gone', async () => {
    const id = await start();
    sandbox.twitter.patchAudience(id, { deleted: true });
    await expect(manager.read(id, facts, ctx)).resolves.toBeUndefined();
    const body = { data: { id, name: 'Buyers', deleted: true } };
    sandbox.twitter.addFaults({ kind: 'status', method: 'GET', status: 200, body });
    await expect(manager.read(id, facts, ctx)).resolves.toBeUndefined();
  });

  it('is not understood without the audience', async () => {
    const id = await start();
    sandbox.twitter.addFaults({ kind: 'status', method: 'GET', status: 200, body: { data: [] } });
    await expect(manager.read(id, facts, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
  });
});

describe('where an audience is used', () => {
  it('are campaigns and line items, over all pages, also those at rest', async () => {
    const id = await start();
    await expect(manager.uses(id, ctx)).resolves.toEqual({ campaigns: [], ads: [], exclusions: null });
    const items = [
      { id: '5gzog', name: null, servable: true },
      { id: '5gzoh', name: 'Evening', servable: false },
    ];
    const campaigns = Array.from({ length: 201 }, (_, at) => ({
      campaign_id: `c${at}`,
      campaign_name: `Campaign ${at}`,
      line_items: items,
    }));
    sandbox.twitter.patchAudience(id, { campaigns });
    const uses = await manager.uses(id, ctx);
    expect(uses.campaigns).toHaveLength(201);
    expect(uses.campaigns?.[0]).toEqual({ id: 'c0', name: 'Campaign 0' });
    expect(uses.ads).toEqual([
      { id: '5gzog', name: null },
      { id: '5gzoh', name: 'Evening' },
    ]);
  });

  it('cannot be told of one that is gone', async () => {
    await start();
    await expect(manager.uses('zzz', ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('changing an audience', () => {
  it('changes what is given, and takes an empty description away', async () => {
    const id = await start();
    await manager.update(id, { name: 'Spring (VIP) 50% ~!*' }, ctx);
    expect(details()).toMatchObject({
      name: 'Spring (VIP) 50% ~!*',
      details: { description: 'custom audience' },
    });
    await manager.update(id, { description: '' }, ctx);
    expect(details()).toMatchObject({ name: 'Spring (VIP) 50% ~!*', details: { description: null } });
    await manager.update(id, {}, ctx);
    expect(sent('PUT')).toHaveLength(2);
  });

  it('tells why X refuses it', async () => {
    const id = await start();
    await client.createAudience('Others', ctx);
    await expect(manager.update(id, { name: 'Others' }, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('A custom audience of this name already exists in the account'),
    });
    await expect(manager.update(id, { retentionDays: 30 }, ctx)).rejects.toThrow('retentionDays');
    await expect(manager.update('zzz', { name: 'x' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('deleting an audience', () => {
  it('is done once, and no error when it was done before', async () => {
    const id = await start();
    await manager.delete(id, ctx);
    expect(sandbox.twitter.audiences()).toEqual([]);
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
  });

  it('is done although the answer was lost', async () => {
    const id = await start();
    sandbox.twitter.addFaults({ kind: 'drop-after', method: 'DELETE', times: 1 });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
  });
});

describe('sharing an audience', () => {
  it('tells of each account, and grants nothing twice', async () => {
    const id = await start({ businesses: { [STRANGER]: 'another' } });
    const accounts = [FRIEND, STRANGER, '@nobody'];
    const share = () => manager.share(id, { accounts, permission: 'read' }, ctx);
    const expected = [
      { account: FRIEND, state: 'shared' },
      { account: STRANGER, state: 'refused', message: expect.stringContaining('not in the same business') },
      { account: '@nobody', state: 'refused', message: 'X: not the id of an ads account such as 18ce54d4x5t' },
    ];
    await expect(share()).resolves.toEqual(expected);
    await expect(share()).resolves.toEqual(expected);
    const granted = sent('POST', '*/permissions').map(({ query }) => query['granted_account_id']);
    expect(granted).toEqual([FRIEND, STRANGER, STRANGER]);
  });

  it('raises what an account may do', async () => {
    const id = await start();
    await manager.share(id, { accounts: [FRIEND], permission: 'read' }, ctx);
    await manager.share(id, { accounts: [FRIEND], permission: 'write' }, ctx);
    expect(sent('POST', '*/permissions').map(({ query }) => query['permission_level'])).toEqual([
      'READ_ONLY',
      'READ_WRITE',
    ]);
  });

  it('fails for all where the audience is gone', async () => {
    await start();
    const request = { accounts: ['@nobody'], permission: 'read' } as const;
    await expect(manager.share('zzz', request, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('every call', () => {
  it.each([
    ['revoked', 'credentials-rejected'],
    ['not-approved', 'permission-denied'],
    ['suspended', 'permission-denied'],
  ])('with a token that is %s ends with %s', async (state, code) => {
    const id = await start();
    sandbox.twitter.setToken(String(sandbox.twitter.environment['TWITTER_ACCESS_TOKEN']), state);
    await expect(manager.read(id, facts, ctx)).rejects.toMatchObject({ code });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code });
    await expect(manager.share(id, { accounts: [FRIEND], permission: 'read' }, ctx)).rejects.toMatchObject({ code });
  });

  it('obeys the wait of a rate limit', async () => {
    const id = await start();
    sandbox.twitter.addFaults({ kind: 'rate-limit', retryAfterSeconds: 77 });
    const refused = await manager.read(id, facts, ctx).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate-limited', retryAfterMs: expect.any(Number) });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(76_000);
  });
});
