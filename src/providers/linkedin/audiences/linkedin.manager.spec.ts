import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { sha256Hex } from '../../kit/hash.js';
import { LinkedInClient } from '../linkedin.client.js';
import { LinkedInTag } from '../linkedin.config.js';
import { LinkedInManager } from './linkedin.manager.js';

const DAY = 86_400_000;
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
const facts: AudienceFacts = {
  type: 'customer-list',
  now: new Date(),
  createdAt: new Date(0),
  lastUploadAt: null,
  uploadedRecords: 400,
  isUploading: false,
  hasFailed: false,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: LinkedInManager;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** A segment of so many people. */
async function start(people: number, linkedin: SandboxOptions['linkedin'] = {}): Promise<string> {
  sandbox = await startSandbox({ linkedin: { warmUpMs: 0, matchRate: 1, ...linkedin } });
  const { origin } = sandbox.linkedin;
  const settings = { accessToken: 'tok_abc_123', adAccountId: '512345678', baseUrl: origin };
  const tag = Object.assign(new LinkedInTag(), settings);
  const options = { now: () => sandbox.linkedin.now() };
  const client = new LinkedInClient(tag, http, new LocalAccessTokens(), options);
  manager = new LinkedInManager(tag, http, new LocalAccessTokens(), options);
  const { id } = await client.createAudience('Buyers', ctx);
  const rows = Array.from({ length: people }, (_, at) => ({
    ...{ email: sha256Hex(`person${at}@example.com`), firstName: '', lastName: '', country: '' },
  }));
  if (people > 0) await client.upload({ id }, rows, ctx);
  sandbox.linkedin.clearRequests();
  return id;
}

const segments = () => sandbox.linkedin.audiences();

describe('LinkedInManager.read', () => {
  it('has no figures while the segment is built', async () => {
    const id = await start(400);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      name: 'Buyers',
      description: 'custom audience',
      status: 'populating',
      statusReason: null,
      ...{ size: null, matchedUsers: null, matchingRate: null, retentionDays: null, lookalikeAudiences: null },
    });
    expect(sandbox.linkedin.requests().requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /rest/dmpSegments/${id}`,
    ]);
  });

  it('tells who can be reached, and estimates whom LinkedIn knows by the rate of the last days', async () => {
    const id = await start(400, { matchRate: 0.9 });
    sandbox.linkedin.advanceClock(3 * DAY);
    const { audienceSize, matchedCount, inputCount } = segments()[0]!.details as Record<string, number>;
    const read = await manager.read(id, { ...facts, uploadedRecords: 1_000 }, ctx);
    expect(inputCount).toBe(400);
    expect(read).toMatchObject({
      status: 'ready',
      size: { value: audienceSize, isEstimate: false },
      matchingRate: { value: matchedCount! / 400, isEstimate: true },
      matchedUsers: { value: Math.round((matchedCount! / 400) * 1_000), isEstimate: true },
    });
    expect(read?.changedAt).toBeInstanceOf(Date);
  });

  it('makes up no rate a week after the last users came, nor people of an unknown number', async () => {
    const id = await start(400);
    sandbox.linkedin.advanceClock(3 * DAY);
    await expect(manager.read(id, { ...facts, uploadedRecords: null }, ctx)).resolves.toMatchObject({
      matchingRate: { value: 1, isEstimate: true },
      matchedUsers: null,
    });
    sandbox.linkedin.advanceClock(8 * DAY);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'ready',
      size: { value: 400, isEstimate: false },
      ...{ matchingRate: null, matchedUsers: null },
    });
  });

  it('warns of people who are known and none of whom can be reached', async () => {
    const id = await start(1);
    const destinations = [{ destination: 'LINKEDIN', status: 'READY', matchedCount: 9, audienceSize: 0 }];
    const body = { id: Number(id), inputCount: 10, destinations };
    sandbox.linkedin.addFaults({ kind: 'status', method: 'GET', status: 200, body });
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'too-small',
      warnings: [{ code: 'opted-out' }],
    });
  });

  it('follows a segment into the archive and to its end', async () => {
    const id = await start(400);
    sandbox.linkedin.advanceClock(31 * DAY);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'ready',
      warnings: [{ code: 'archived' }],
    });
    sandbox.linkedin.advanceClock(60 * DAY);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      status: 'error',
      statusReason: expect.stringContaining('expired'),
    });
  });

  it('finds nothing where the segment is gone', async () => {
    const id = await start(0);
    sandbox.linkedin.patchAudience(id, { deleted: true });
    await expect(manager.read(id, facts, ctx)).resolves.toBeUndefined();
  });

  it.each([
    ['no-permission', 'permission-denied', 'Not enough permissions'],
    ['expired', 'credentials-rejected', ''],
  ])('tells that the token is %s', async (state, code, words) => {
    const id = await start(0);
    sandbox.linkedin.setToken('tok_abc_123', state);
    const message = expect.stringContaining(words);
    await expect(manager.read(id, facts, ctx)).rejects.toMatchObject({ code, message });
  });

  it('waits longer with each refusal', async () => {
    const id = await start(0);
    sandbox.linkedin.addFaults({ kind: 'rate-limit', times: 2 });
    const wait = async () =>
      manager.read(id, facts, ctx).catch((error: { retryAfterMs?: number }) => error.retryAfterMs);
    expect(await wait()).toBe(2_000);
    sandbox.linkedin.advanceClock(2_000);
    expect(await wait()).toBe(4_000);
  });
});

describe('LinkedInManager.update', () => {
  it('renames and describes anew, each alone as well', async () => {
    const id = await start(0);
    await manager.update(id, { name: 'Customers' }, ctx);
    await manager.update(id, { description: 'of 2027' }, ctx);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({ name: 'Customers', description: 'of 2027' });
    const { requests } = sandbox.linkedin.requests({ method: 'POST' });
    expect(requests.map(({ headers, body }) => [headers['x-restli-method'], body])).toEqual([
      ['PARTIAL_UPDATE', { patch: { $set: { name: 'Customers' } } }],
      ['PARTIAL_UPDATE', { patch: { $set: { description: 'of 2027' } } }],
    ]);
  });

  it('tells what LinkedIn refuses, and what is gone', async () => {
    const id = await start(0);
    await expect(manager.update(id, { name: ' ' }, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('name must be a text of 1 to 1000 characters'),
    });
    sandbox.linkedin.patchAudience(id, { deleted: true });
    await expect(manager.update(id, { name: 'X' }, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('LinkedInManager.delete', () => {
  it('deletes, and is done where there is nothing left', async () => {
    const id = await start(0);
    await manager.delete(id, ctx);
    expect(segments().length).toBe(0);
    await expect(manager.delete(id, ctx)).resolves.toBeUndefined();
  });

  it('is refused to those who may only look', async () => {
    const id = await start(0);
    sandbox.linkedin.setToken('tok_abc_123', 'viewer');
    await expect(manager.delete(id, ctx)).rejects.toMatchObject({ code: 'permission-denied' });
    expect(segments().length).toBe(1);
  });
});

describe('LinkedInManager.credentialsEnd', () => {
  /** The address of the token endpoint is known only once the simulator runs. */
  async function renewing(linkedin: SandboxOptions['linkedin']): Promise<LinkedInManager> {
    await start(0, linkedin);
    const { origin, environment } = sandbox.linkedin;
    const values = {
      adAccountId: '512345678',
      baseUrl: origin,
      tokenUrl: environment['LINKEDIN_TOKEN_URL'],
      clientId: '77sandboxclient',
      clientSecret: 'WPL_AP1.sandbox',
      refreshToken: 'sandbox-refresh-token',
    };
    return new LinkedInManager(Object.assign(new LinkedInTag(), values), http, new LocalAccessTokens());
  }

  it('is that of the refresh token, which nothing prolongs', async () => {
    const found = await renewing({ refreshTokenSeconds: 1_000 });
    const end = await found.credentialsEnd(ctx);
    const leftMs = (end?.getTime() ?? 0) - Date.now();
    expect(leftMs).toBeGreaterThan(900_000);
    expect(leftMs).toBeLessThanOrEqual(1_000_000);
  });

  it('tells that it has come', async () => {
    const found = await renewing({ refreshTokenSeconds: 1_000 });
    sandbox.linkedin.advanceClock(1_000_000);
    await expect(found.credentialsEnd(ctx)).rejects.toMatchObject({
      code: 'credentials-rejected',
      message: expect.stringContaining('the member has to agree again'),
    });
  });

  it('is not known of a token that was set by hand', async () => {
    await start(0);
    await expect(manager.credentialsEnd(ctx)).resolves.toBeNull();
    expect(sandbox.linkedin.requests().requests.length).toBe(0);
  });
});
