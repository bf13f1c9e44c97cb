import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { sha256Hex } from '../../kit/hash.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { GoogleClient } from '../google.client.js';
import { GoogleTag } from '../google.config.js';
import type { GoogleRow } from '../google.member.js';
import { GoogleManager } from './google.manager.js';

const LISTS = '/v1/accountTypes/GOOGLE_ADS/accounts/1234567890/userLists';
const HOUR = 3_600_000;
const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 2,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: GoogleManager;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** A list to which so many people were sent. */
async function start(people: number, google: SandboxOptions['google'] = {}, tag: Partial<GoogleTag> = {}) {
  sandbox = await startSandbox({ google: { matchRate: 1, ...google } });
  const { origin, environment } = sandbox.google;
  const settings = {
    customerId: '1234567890',
    clientId: environment['GOOGLE_CLIENT_ID'],
    clientSecret: environment['GOOGLE_CLIENT_SECRET'],
    refreshToken: 'refresh-1',
    baseUrl: origin,
    adsBaseUrl: origin,
    tokenUrl: `${origin}/token`,
    ...tag,
  };
  const values = Object.assign(new GoogleTag(), settings);
  const client = new GoogleClient(values, http, new LocalAccessTokens());
  manager = new GoogleManager(values, http, new LocalAccessTokens());
  const { id } = await client.createAudience('Buyers', ctx);
  const rows: GoogleRow[] = Array.from({ length: people }, (_, at) => [
    sha256Hex(`p${at}@example.com`),
    '',
    '',
    '',
    '',
    '',
  ]);
  if (people > 0) await client.upload({ id }, rows, ctx);
  sandbox.google.advanceClock(10_000);
  sandbox.google.clearRequests();
  return id;
}

function facts(more: Partial<AudienceFacts> = {}): AudienceFacts {
  const now = new Date(sandbox.google.now());
  const sent = { lastUploadAt: now, uploadedRecords: 400, isUploading: false, hasFailed: false };
  return { type: 'customer-list', now, createdAt: now, ...sent, ...more };
}

const sent = (method: string) => sandbox.google.requests({ method }).requests.filter(({ path }) => path !== '/token');

describe('GoogleManager.read', () => {
  it('tells the largest network, and whom Google knows as a rounded rate of all, in one call', async () => {
    const id = await start(400, { matchRate: 0.8 });
    const matched = Number(sandbox.google.audiences()[0]?.details['matched']);
    const rate = Math.round((100 * matched) / 400) / 100;
    await expect(manager.read(id, facts({ uploadedRecords: 1_000 }), ctx)).resolves.toEqual({
      name: 'Buyers',
      description: 'custom audience',
      status: 'ready',
      statusReason: null,
      warnings: [],
      size: { value: matched, isEstimate: true },
      matchingRate: { value: rate, isEstimate: true },
      matchedUsers: { value: Math.round(rate * 1_000), isEstimate: true },
      retentionDays: 540,
      lookalikeAudiences: null,
      changedAt: null,
    });
    expect(matched).toBeGreaterThan(200);
    expect(sent('GET').map(({ path }) => path)).toEqual([`${LISTS}/${id}`]);
  });

  it('makes up no figure that is not there yet, nor people of an unknown number', async () => {
    const id = await start(400, { sizeDelayMs: 6 * HOUR });
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({
      ...{ status: 'populating', size: null, matchedUsers: null, matchingRate: null },
    });
    sandbox.google.advanceClock(6 * HOUR);
    await expect(manager.read(id, facts({ uploadedRecords: null }), ctx)).resolves.toMatchObject({
      ...{ status: 'ready', size: { value: 400 }, matchingRate: { value: 1 }, matchedUsers: null },
    });
  });

  it('calls a list too small once nobody can come any more', async () => {
    const id = await start(99);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'too-small', size: { value: 99 } });
    await manager.delete(id, ctx);
    await expect(manager.read(id, facts(), ctx)).resolves.toBeUndefined();
  });

  it('counts nobody as nobody when the time of counting is over', async () => {
    const id = await start(0);
    const lastUploadAt = new Date(sandbox.google.now() - 49 * HOUR);
    await expect(manager.read(id, facts({ lastUploadAt }), ctx)).resolves.toMatchObject({
      ...{ status: 'too-small', size: { value: 0, isEstimate: true } },
    });
  });

  it('warns of a list that got nobody for 90 days', async () => {
    const id = await start(400);
    const lastUploadAt = new Date(sandbox.google.now() - 91 * 24 * HOUR);
    await expect(manager.read(id, facts({ lastUploadAt }), ctx)).resolves.toMatchObject({
      ...{ status: 'ready', warnings: [{ code: 'stale' }] },
    });
  });

  it.each([
    [{ closed: true }, 'closed by Google for not being used'],
    [{ accessDisabled: true }, 'taken back the account’s access'],
  ])('is in error when it was %j', async (patch, words) => {
    const id = await start(400);
    sandbox.google.patchAudience(id, patch);
    const statusReason = expect.stringContaining(words);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'error', statusReason });
  });

  it('takes a list that it may not see for lost, and an account that it may not use for what it is', async () => {
    const id = await start(400);
    sandbox.google.setToken('refresh-1', 'no-access');
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ status: 'error', name: null, size: null });
    sandbox.google.setToken('refresh-1', 'api-disabled');
    await expect(manager.read(id, facts(), ctx)).rejects.toMatchObject({ code: 'permission-denied' });
    sandbox.google.setToken('refresh-1', 'revoked');
    await expect(manager.read(id, facts(), ctx)).rejects.toMatchObject({ code: 'credentials-rejected' });
  });

  it('gets a new token when the one it had has expired', async () => {
    const id = await start(400, { tokenLifetimeSeconds: 300 });
    await manager.read(id, facts(), ctx);
    sandbox.google.advanceClock(301_000);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({ name: 'Buyers' });
  });

  it('waits as long as Google asks', async () => {
    const id = await start(0);
    sandbox.google.addFaults({ kind: 'rate-limit', path: `${LISTS}/${id}`, retryAfterSeconds: 7 });
    await expect(manager.read(id, facts(), ctx)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 7_000 });
  });

  it('goes through the manager account', async () => {
    const id = await start(0, {}, { loginCustomerId: '99' });
    await manager.read(id, facts(), ctx);
    expect(sent('GET').map(({ headers }) => headers['login-account'])).toEqual(['accountTypes/GOOGLE_ADS/accounts/99']);
  });
});

describe('GoogleManager.update', () => {
  it('changes what it is told, and names it in the mask', async () => {
    const id = await start(0);
    await manager.update(id, { name: 'Customers', description: 'of 2027', retentionDays: 30 }, ctx);
    await manager.update(id, { retentionDays: 60 }, ctx);
    await expect(manager.read(id, facts(), ctx)).resolves.toMatchObject({
      ...{ name: 'Customers', description: 'of 2027', retentionDays: 60 },
    });
    expect(sent('PATCH').map(({ query, body }) => [query, body])).toEqual([
      [
        { updateMask: 'displayName,description,membershipDuration' },
        { displayName: 'Customers', description: 'of 2027', membershipDuration: '2592000s' },
      ],
      [{ updateMask: 'membershipDuration' }, { membershipDuration: '5184000s' }],
    ]);
  });

  it.each([
    [
      { name: 'Taken' },
      'request-rejected',
      '400/DISPLAY_NAME_ALREADY_USED',
      'another list of the account has this name',
    ],
    [{ retentionDays: 541 }, 'request-rejected', '400/MEMBERSHIP_DURATION_TOO_LONG', 'user_list.membership_duration'],
  ])('tells why Google refuses %j', async (change, code, platformCode, words) => {
    const id = await start(0, { lists: [{ account: '1234567890', displayName: 'Taken' }] });
    const message = expect.stringContaining(words);
    await expect(manager.update(id, change, ctx)).rejects.toMatchObject({ code, platformCode, message });
  });

  it('cannot change the list of somebody else, nor one that is gone', async () => {
    const id = await start(0, { lists: [{ account: '1234567890', displayName: 'Shared', accessReason: 'SHARED' }] });
    const shared = sandbox.google.audiences().find(({ name }) => name === 'Shared')!;
    await expect(manager.update(shared.id, { name: 'X' }, ctx)).rejects.toMatchObject({
      ...{ code: 'permission-denied', platformCode: '403/OWNERSHIP_REQUIRED_FOR_UPDATE' },
    });
    sandbox.google.patchAudience(id, { deleted: true });
    await expect(manager.update(id, { name: 'X' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('GoogleManager.delete', () => {
  it('deletes, and is done where there is nothing left', async () => {
    const id = await start(0);
    await manager.delete(id, ctx);
    expect(sandbox.google.audiences().length).toBe(0);
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
  });

  it('tells that Google did not answer', async () => {
    const id = await start(0);
    sandbox.google.addFaults({ kind: 'error', code: 503, method: 'DELETE' });
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(sandbox.google.audiences().length).toBe(1);
  });
});
