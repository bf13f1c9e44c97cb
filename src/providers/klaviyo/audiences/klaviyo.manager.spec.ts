import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import { SpecKlaviyoClient } from '../../../sandbox/klaviyo/spec-klaviyo-client.js';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { KlaviyoClient } from '../klaviyo.client.js';
import { KlaviyoTag } from '../klaviyo.config.js';
import { KlaviyoManager } from './klaviyo.manager.js';

const KEY = 'pk_test';
const signal = new AbortController().signal;
const ctx = { deliveryId: 'd1', signal, audienceType: 'custom' as const, firstChunk: [] };
const PEOPLE = [{ email: 'ann@example.com' }, { email: 'bob@example.com' }];

let sandbox: Sandbox;
let http: PlatformHttp;
let platform: SpecKlaviyoClient;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  Logger.overrideLogger(['log', 'warn', 'error']);
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(options: SandboxOptions['klaviyo'] = {}, settings: Partial<KlaviyoTag> = {}) {
  sandbox = await startSandbox({ klaviyo: { rateLimits: false, ...options } });
  platform = new SpecKlaviyoClient(sandbox, KEY);
  const tag = Object.assign(new KlaviyoTag(), { apiKey: KEY, baseUrl: sandbox.klaviyo.origin, ...settings });
  const { id } = await new KlaviyoClient(tag, http).createAudience('Buyers', ctx);
  return { manager: new KlaviyoManager(tag, http, { timeoutMs: 2_000 }), id };
}

const facts = (change: Partial<AudienceFacts> = {}): AudienceFacts => {
  const now = new Date(sandbox.klaviyo.now());
  const quiet = { uploadedRecords: null, isUploading: false, hasFailed: false };
  return { type: 'customer-list', now, createdAt: now, lastUploadAt: now, ...quiet, ...change };
};

const shape = () => sandbox.klaviyo.audiences().map(({ name, details }) => [name, ...segmentNames(details)]);
const segmentNames = ({ segments }: Readonly<Record<string, unknown>>) =>
  (segments as { name: string }[]).map(({ name }) => name);
const segmentId = async () => ((await platform.get('segments')).body as { data: { id: string }[] }).data[0]!.id;
const sent = () => sandbox.klaviyo.requests().requests.map(({ method, path }) => `${method} ${path}`);

describe('KlaviyoManager.read', () => {
  it('tells what Klaviyo tells, in three calls', async () => {
    const { manager, id } = await start();
    await platform.imported(id, ...PEOPLE);
    sandbox.klaviyo.clearRequests();
    const read = await manager.read(id, facts({ uploadedRecords: 4 }), ctx);

    expect(read).toEqual({
      name: 'Buyers',
      description: null,
      status: 'ready',
      statusReason: null,
      warnings: [],
      size: { value: 2, isEstimate: false },
      matchedUsers: { value: 2, isEstimate: true },
      matchingRate: { value: 0.5, isEstimate: true },
      retentionDays: null,
      lookalikeAudiences: null,
      changedAt: expect.any(Date),
    });
    const segment = await segmentId();
    expect(sent().slice(0, 3)).toEqual([`GET /api/lists/${id}`, 'GET /api/segments', `GET /api/segments/${segment}`]);
  });

  it.each([
    [null, null],
    [0, null],
    [1, { value: 1, isEstimate: true }],
  ])('makes of %j records sent the rate %j', async (uploadedRecords, rate) => {
    const { manager, id } = await start();
    await platform.imported(id, ...PEOPLE);
    await expect(manager.read(id, facts({ uploadedRecords }), ctx)).resolves.toMatchObject({ matchingRate: rate });
  });

  it('is populating, without a rate, until the segment has caught up', async () => {
    const { manager, id } = await start({ segmentDelayMs: 600_000 });
    await platform.imported(id, ...PEOPLE);
    const populating = { status: 'populating', size: { value: 0 }, matchedUsers: null, matchingRate: null };
    await expect(manager.read(id, facts({ uploadedRecords: 2 }), ctx)).resolves.toMatchObject(populating);
    sandbox.klaviyo.advanceClock(600_000);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'ready', size: { value: 2 } });
  });

  it('shows a deactivated segment as an error', async () => {
    const { manager, id } = await start();
    sandbox.klaviyo.patchAudience(id, { segmentsActive: false });
    const reason = expect.stringContaining('deactivated');
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'error', statusReason: reason });
  });

  it('shows a segment that goes away meanwhile as an error', async () => {
    const { manager, id } = await start();
    const path = `/api/segments/${await segmentId()}`;
    sandbox.klaviyo.addFaults({ kind: 'error', code: 404, path });
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'error', size: { value: 0 } });
  });

  it.each<[string, SandboxOptions['klaviyo']]>([
    ['there is none', { rateLimits: true, dailyCaps: { segmentCreate: 0 } }],
    ['the key may not see any', { keys: { [KEY]: 'no-segments' } }],
  ])('counts the list and warns where %s', async (_, options) => {
    const { manager, id } = await start(options);
    await platform.imported(id, ...PEOPLE);
    const read = await manager.read(id, facts(), ctx);
    expect(read).toMatchObject({ status: 'ready', size: { value: 2 }, warnings: [{ code: 'segment-missing' }] });
  });

  it('asks for no segment, and misses none, where the tag wants lists alone', async () => {
    const { manager, id } = await start({}, { createSegment: false });
    sandbox.klaviyo.clearRequests();
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'too-small', warnings: [] });
    expect(sent()).toEqual([`GET /api/lists/${id}`]);
  });

  it('takes no segment of the same name over something else for its own', async () => {
    const { manager, id } = await start({ keys: { [KEY]: 'no-segments' } });
    sandbox.klaviyo.setToken(KEY, 'valid');
    const other = await platform.list('Other');
    const isInOther = { type: 'profile-group-membership', is_member: true, group_ids: [other] };
    const definition = { condition_groups: [{ conditions: [isInOther] }] };
    await platform.post('segments', 'segment', { name: 'Buyers', definition });
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ warnings: [{ code: 'segment-missing' }] });
  });

  it('finds nothing where there is nothing', async () => {
    const { manager } = await start();
    await expect(manager.read('NOPE01', facts(), ctx)).resolves.toBeUndefined();
  });

  it.each([`lists`, `segments`])('counts again after the second that Klaviyo asks for, %s', async (path) => {
    const { manager, id } = await start();
    const call = { method: 'GET', path: `/api/${path}/*` };
    sandbox.klaviyo.addFaults({ kind: 'rate-limit', retryAfterSeconds: 1, ...call, times: 1 });
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ name: 'Buyers', status: 'too-small' });
    expect(sandbox.klaviyo.requests(call).requests.map(({ status }) => status)).toEqual([429, 200]);
  });
});

describe('KlaviyoManager.update', () => {
  it('renames segment and list, once', async () => {
    const { manager, id } = await start();
    await manager.update(id, { name: 'Käufer', description: undefined }, ctx);
    expect(shape()).toEqual([['Käufer', 'Käufer']]);
    sandbox.klaviyo.clearRequests();
    await manager.update(id, { name: 'Käufer' }, ctx);
    expect(sent().filter((call) => call.startsWith('PATCH'))).toEqual([]);
  });

  it('finishes what was left half-way', async () => {
    const { manager, id } = await start();
    sandbox.klaviyo.addFaults({ kind: 'drop', method: 'PATCH', path: `/api/lists/${id}`, times: 1 });
    await expect(manager.update(id, { name: 'New' }, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(shape()).toEqual([['Buyers', 'New']]);
    await manager.update(id, { name: 'New' }, ctx);
    expect(shape()).toEqual([['New', 'New']]);
  });

  it('waits alone when the day\u2019s changes of segments are used up', async () => {
    const { manager, id } = await start({ rateLimits: true, dailyCaps: { segmentPatch: 0 } });
    const update = manager.update(id, { name: 'New' }, ctx);
    await expect(update).rejects.toMatchObject({ code: 'platform-unavailable', retryAfterMs: 60 * 60_000 });
    expect(shape()).toEqual([['Buyers', 'Buyers']]);
  });

  it.each([{ description: 'x' }, { name: 'New', retentionDays: 30 }])('refuses %j', async (change) => {
    const { manager, id } = await start();
    await expect(manager.update(id, change, ctx)).rejects.toMatchObject({ code: 'request-rejected' });
    expect(shape()).toEqual([['Buyers', 'Buyers']]);
  });

  it('misses what is not there', async () => {
    const { manager } = await start();
    await expect(manager.update('NOPE01', { name: 'x' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('KlaviyoManager.delete', () => {
  it('deletes segment and list, in this order, and no profile', async () => {
    const { manager, id } = await start({ refuseDeleteOfUsedList: true });
    await platform.imported(id, ...PEOPLE);
    await manager.delete(id, ctx);
    expect(shape()).toEqual([]);
    expect((await platform.get('segments')).body).toMatchObject({ data: [] });
    expect(await platform.profile('ann@example.com')).toMatchObject({ email: 'ann@example.com' });
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
    await expect(manager.read(id, facts(), ctx)).resolves.toBeUndefined();
  });

  it.each(['segments', 'lists'])('is finished by the next call when the answer about %s is lost', async (path) => {
    const { manager, id } = await start();
    sandbox.klaviyo.addFaults({ kind: 'drop-after', method: 'DELETE', path: `/api/${path}/*`, times: 1 });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    await manager.delete(id, ctx);
    expect(shape()).toEqual([]);
  });

  it('tells why Klaviyo refuses', async () => {
    const { manager, id } = await start({ refuseDeleteOfUsedList: true });
    await platform.segment([{ type: 'profile-group-membership', is_member: true, group_ids: [id] }]);
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      platformCode: '409/conflict',
      message: expect.stringContaining('is in use'),
    });
  });
});
