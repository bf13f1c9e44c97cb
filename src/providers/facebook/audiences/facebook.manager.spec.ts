import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { FacebookClient } from '../facebook.client.js';
import { FacebookTag } from '../facebook.config.js';
import type { FacebookRow } from '../facebook.normaliser.js';
import { FacebookManager } from './facebook.manager.js';

const DELAY = 3_600_000;
const GONE = '120210000000000000';

const session = { audienceType: 'custom', batch: 1, totalBatches: 1, totalUsers: 1, chunk: 0, ageMinutes: 0 } as const;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
  session: { ...session, sessionId: 1, last: false },
};

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: FacebookManager;
let client: FacebookClient;

beforeEach(() => start());
afterEach(stop);

async function stop(): Promise<void> {
  http.onApplicationShutdown();
  await sandbox.stop();
}

async function start(options: SandboxOptions['facebook'] = {}): Promise<void> {
  sandbox = await startSandbox({
    facebook: { matchRate: 1, populationDelayMs: DELAY, removalFloor: 100, ...options },
  });
  http = new PlatformHttp(new HttpService());
  const settings = { accessToken: 'EAAtoken', adAccountId: '1234567890', baseUrl: sandbox.facebook.origin };
  const tag = Object.assign(new FacebookTag(), settings);
  manager = new FacebookManager(tag, http);
  client = new FacebookClient(tag, http);
}

async function restart(options: SandboxOptions['facebook']): Promise<void> {
  await stop();
  await start(options);
}

/** An audience of so many people, uploaded now. */
async function audienceOf(count: number): Promise<string> {
  const audience = await client.createAudience('Buyers', ctx);
  if (count > 0) await client.upload(audience, people(count), ctx);
  return audience.id;
}

const people = (count: number): FacebookRow[] =>
  Array.from({ length: count }, (_, index) => ['', String(index).padStart(64, 'a'), '', '', '', '', '']);

const facts = (values: Partial<AudienceFacts> = {}): AudienceFacts => ({
  type: 'customer-list',
  now: new Date(sandbox.facebook.now()),
  createdAt: new Date(sandbox.facebook.now() - DELAY),
  lastUploadAt: null,
  uploadedRecords: null,
  isUploading: false,
  hasFailed: false,
  ...values,
});

const calls = () => sandbox.facebook.requests().requests;
const control = (id: string, patch: object) => sandbox.facebook.patchAudience(id, { ...patch });

describe('FacebookManager.read', () => {
  it('tells of an audience from its creation until it is ready, one call each time', async () => {
    const id = await audienceOf(0);
    await expect(manager.read(id, facts(), ctx)).resolves.toEqual({
      name: 'Buyers',
      description: 'custom audience',
      status: 'populating',
      statusReason: 'No users have arrived at Facebook yet',
      warnings: [],
      size: null,
      matchedUsers: null,
      matchingRate: null,
      retentionDays: null,
      lookalikeAudiences: [],
      changedAt: expect.any(Date),
    });
    await client.upload({ id }, people(1_000), ctx);
    const lastUploadAt = new Date(sandbox.facebook.now());
    await expect(manager.read(id, facts({ lastUploadAt }), ctx)).resolves.toMatchObject({ status: 'populating' });

    sandbox.facebook.advanceClock(DELAY);
    sandbox.facebook.clearRequests();
    const sent = facts({ lastUploadAt, uploadedRecords: 1_250 });
    await expect(manager.read(id, sent, ctx)).resolves.toMatchObject({
      status: 'ready',
      statusReason: null,
      size: { value: 1_100, isEstimate: true },
      matchedUsers: { value: 1_000, isEstimate: true },
      matchingRate: { value: 0.8, isEstimate: true },
    });
    expect(calls()).toHaveLength(1);
  });

  it.each([
    [null, null],
    [0, null],
    [400, { value: 1, isEstimate: true }],
  ])('makes of %p people sent the matching rate %p', async (uploadedRecords, expected) => {
    const id = await audienceOf(1_000);
    sandbox.facebook.advanceClock(DELAY);
    const snapshot = await manager.read(id, facts({ uploadedRecords }), ctx);
    expect(snapshot?.matchingRate).toEqual(expected);
  });

  it('calls too small what Facebook does', async () => {
    const id = await audienceOf(50);
    sandbox.facebook.advanceClock(DELAY);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'too-small' });
  });

  it.each([
    [{ operation: 411 }, 'ready', ['low-match-rate']],
    [{ operation: 412 }, 'ready', ['invalid-entries']],
    [{ operation: 450 }, 'ready', ['unused']],
    [{ operation: 100 }, 'ready', ['expiring']],
    [{ operation: 431, deleteAt: 1_800_000_000_000 }, 'ready', ['lookalike-not-refreshed', 'expiring']],
    [{ flagged: true }, 'error', ['flagged']],
    [{ delivery: 401 }, 'error', []],
    [{ operation: 441 }, 'ready', []],
  ])('passes on what is to be looked at: %j', async (patch, status, codes) => {
    const id = await audienceOf(1_000);
    sandbox.facebook.advanceClock(DELAY);
    control(id, patch);
    const snapshot = await manager.read(id, facts(), ctx);
    expect(snapshot?.status).toBe(status);
    expect(snapshot?.warnings.map(({ code }) => code)).toEqual(codes);
  });

  it('says on which day Facebook deletes it', async () => {
    const id = await audienceOf(0);
    control(id, { operation: 100, deleteAt: Date.UTC(2027, 0, 31) });
    const snapshot = await manager.read(id, facts(), ctx);
    expect(snapshot?.warnings).toEqual([
      { code: 'expiring', message: 'Facebook deletes it on 2027-01-31 unless an ad uses it' },
    ]);
  });

  it('finds nothing of one that is gone, and one of strange values unready', async () => {
    await expect(manager.read(GONE, facts(), ctx)).resolves.toBeUndefined();
    const body = { id: '1', name: 7, delivery_status: 'fine', approximate_count_lower_bound: 'many', time_updated: -1 };
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body });
    await expect(manager.read('1', facts(), ctx)).resolves.toMatchObject({
      name: null,
      size: null,
      status: 'populating',
      changedAt: null,
    });
  });
});

describe('FacebookManager.update and delete', () => {
  it('changes name and description, and leaves alone what is not named', async () => {
    const id = await audienceOf(0);
    await manager.update(id, { name: 'Guests' }, ctx);
    await manager.update(id, { description: 'People who stay' }, ctx);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({
      name: 'Guests',
      description: 'People who stay',
    });
  });

  it('refuses another retention, an audience that is gone and one that is flagged', async () => {
    const id = await audienceOf(0);
    await expect(manager.update(id, { retentionDays: 30 }, ctx)).rejects.toThrow('retentionDays: cannot be changed');
    await expect(manager.update(GONE, { name: 'X' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
    control(id, { flagged: true });
    await expect(manager.update(id, { name: 'X' }, ctx)).rejects.toMatchObject({
      code: 'audience-blocked',
      platformCode: '100/1713228',
    });
  });

  it('deletes once, and again without a complaint', async () => {
    const id = await audienceOf(0);
    sandbox.facebook.addFaults({ kind: 'drop-after', method: 'DELETE', times: 1 });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(sandbox.facebook.audiences()).toHaveLength(0);
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
  });

  it('does not take an answer without success for one', async () => {
    const fault = { kind: 'status', status: 200, body: { success: false }, times: 2 } as const;
    sandbox.facebook.addFaults(fault);
    await expect(manager.delete('1', ctx)).rejects.toThrow('not understood');
    await expect(manager.update('1', { name: 'X' }, ctx)).rejects.toThrow('not understood');
  });
});

describe('FacebookManager.uses', () => {
  const ad = (number: number, more: object = {}) => ({
    id: `70${number}`,
    name: `Ad ${number}`,
    campaign: { id: '60', name: 'Autumn' },
    ...more,
  });

  it('tells ads and campaigns, and apart from them where people are kept out', async () => {
    const id = await audienceOf(0);
    await expect(manager.uses(id, ctx)).resolves.toEqual({ campaigns: [], ads: [], exclusions: null });
    control(id, { ads: [ad(1), ad(2), ad(3, { excludes: true, campaign: { id: '61', name: 'Winter' } })] });

    await expect(manager.uses(id, ctx)).resolves.toEqual({
      campaigns: [{ id: '60', name: 'Autumn' }],
      ads: [
        { id: '701', name: 'Ad 1' },
        { id: '702', name: 'Ad 2' },
      ],
      exclusions: [{ id: '703', name: 'Ad 3' }],
    });
  });

  it('reads all pages, and says when the audience is gone', async () => {
    const id = await audienceOf(0);
    control(id, { ads: Array.from({ length: 250 }, (_, index) => ad(index)) });
    expect((await manager.uses(id, ctx)).ads).toHaveLength(250);
    await expect(manager.uses(GONE, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('FacebookManager.erase', () => {
  it('takes people out of every list of the account, again without harm', async () => {
    const small = await audienceOf(3);
    const large = await client.createAudience('Visitors', ctx);
    await client.upload(large, people(200), { ...ctx, session: { ...ctx.session, sessionId: 2 } });
    for (let times = 0; times < 2; times += 1) await manager.erase(people(2), ctx);

    const sizes = new Map(sandbox.facebook.audiences().map(({ id, memberCount }) => [id, memberCount]));
    expect([sizes.get(small), sizes.get(large.id)]).toEqual([1, 198]);
    expect(calls().at(-1)).toMatchObject({ path: '/v26.0/act_1234567890/usersofanyaudience', query: {} });
  });

  it('is no success without the count of Facebook', async () => {
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body: {} });
    await expect(manager.erase(people(1), ctx)).rejects.toThrow('not understood: no num_received');
  });
});

describe('FacebookManager.credentialsEnd', () => {
  it.each([
    [{}, null],
    [{ token: 1_800_000_000 }, new Date(1_800_000_000_000)],
    [{ token: 1_800_000_000, dataAccess: 1_790_000_000 }, new Date(1_790_000_000_000)],
    [{ dataAccess: 1_790_000_000 }, new Date(1_790_000_000_000)],
  ])('of %j is %p', async (ends, expected) => {
    await restart({ tokenEnds: { EAAtoken: ends } });
    await expect(manager.credentialsEnd(ctx)).resolves.toEqual(expected);
  });

  it('is no answer for a token that has ended', async () => {
    sandbox.facebook.setToken('EAAtoken', 'expired');
    await expect(manager.credentialsEnd(ctx)).rejects.toMatchObject({ code: 'credentials-rejected' });
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body: { data: { is_valid: false, expires_at: 0 } } });
    await expect(manager.credentialsEnd(ctx)).rejects.toMatchObject({ code: 'credentials-rejected' });
  });
});
