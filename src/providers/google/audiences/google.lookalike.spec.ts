import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts, LookalikeRequest } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { sha256Hex } from '../../kit/hash.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { GoogleClient } from '../google.client.js';
import { GoogleTag } from '../google.config.js';
import type { GoogleRow } from '../google.member.js';
import { GoogleManager } from './google.manager.js';

const MUTATE = '/v26/customers/1234567890/userLists:mutate';
const request: LookalikeRequest = { name: 'Like buyers', countries: ['US', 'CA'], reach: 'balanced' };
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

/** A seed that Google has counted. */
async function start(people = 100, google: SandboxOptions['google'] = {}, tag: Partial<GoogleTag> = {}) {
  sandbox = await startSandbox({ google: { matchRate: 1, ...google } });
  const { origin, environment } = sandbox.google;
  const settings = {
    customerId: '1234567890',
    clientId: environment['GOOGLE_CLIENT_ID'],
    clientSecret: environment['GOOGLE_CLIENT_SECRET'],
    refreshToken: 'refresh-1',
    baseUrl: origin,
    adsBaseUrl: environment['GOOGLE_ADS_BASE_URL'],
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
  await client.upload({ id }, rows, ctx);
  sandbox.google.advanceClock(10_000);
  sandbox.google.clearRequests();
  return id;
}

const mutations = () => sandbox.google.requests({ path: MUTATE }).requests;
const names = () => sandbox.google.audiences().map(({ name }) => name);

describe('GoogleManager.createLookalike', () => {
  it.each([
    ['narrow', 'NARROW'],
    ['balanced', 'BALANCED'],
    ['broad', 'BROAD'],
  ] as const)('makes a %s one by the Google Ads API, through the manager account', async (reach, expansionLevel) => {
    const seed = await start(100, {}, { loginCustomerId: '99' });
    await manager.createLookalike(seed, { ...request, reach, description: 'people like our buyers' }, ctx);
    const lookalikeUserList = { seedUserListIds: [seed], expansionLevel, countryCodes: ['US', 'CA'] };
    const create = { name: 'Like buyers', description: 'people like our buyers', lookalikeUserList };
    expect(mutations().map(({ headers, body }) => [headers['login-customer-id'], body])).toEqual([
      ['99', { operations: [{ create }] }],
    ]);
  });

  it('makes a list that is read and deleted like others', async () => {
    const seed = await start();
    const { id } = await manager.createLookalike(seed, request, ctx);
    const now = new Date(sandbox.google.now());
    const never = { lastUploadAt: null, uploadedRecords: null, isUploading: false, hasFailed: false };
    const facts: AudienceFacts = { type: 'customer-list', now, createdAt: now, ...never };
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      ...{ name: 'Like buyers', status: 'populating', size: null, matchingRate: null },
    });
    sandbox.google.advanceClock(3_600_000);
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      ...{ status: 'ready', size: { value: 5_000, isEstimate: true }, matchingRate: null },
    });
    await manager.delete(id, ctx);
    expect(names()).toEqual(['Buyers']);
  });

  it('gives the same one when it is repeated, and where the first answer was lost', async () => {
    const seed = await start();
    sandbox.google.addFaults({ kind: 'drop-after', path: MUTATE, times: 1 });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const made = await manager.createLookalike(seed, request, ctx);
    await expect(manager.createLookalike(seed, request, ctx)).resolves.toEqual(made);
    expect(names()).toEqual(['Buyers', 'Like buyers']);
    expect(mutations().length).toBe(1);
  });

  it('takes the one that has come into being since the look-up', async () => {
    const seed = await start();
    const made = await manager.createLookalike(seed, request, ctx);
    sandbox.google.addFaults({ kind: 'status', method: 'GET', path: '*/userLists', status: 200, body: {}, times: 1 });
    await expect(manager.createLookalike(seed, request, ctx)).resolves.toEqual(made);
  });

  it.each<[object, string]>([
    [{ countries: [] }, '`countries`'],
    [{ locations: ['1023191'] }, '`locations`'],
    [{ ratio: 0.05 }, '`ratio`'],
    [{ people: 10_000 }, '`people`'],
  ])('refuses what Google cannot express, before any call: %j', async (change, field) => {
    const seed = await start();
    await expect(manager.createLookalike(seed, { ...request, ...change }, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining(field),
    });
    expect(sandbox.google.requests().requests.length).toBe(0);
  });

  it('refuses a seed that is too small, and a name that a list of another kind has', async () => {
    const seed = await start(99);
    const rejected = (words: string) => ({ code: 'request-rejected', message: expect.stringContaining(words) });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject(rejected('at least 100 people'));
    const name = 'Buyers';
    await expect(manager.createLookalike(seed, { ...request, name }, ctx)).rejects.toMatchObject(rejected('`name`'));
    expect(mutations().length).toBe(0);
  });

  it('tells that the seed is gone', async () => {
    const seed = await start();
    sandbox.google.patchAudience(seed, { deleted: true });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it.each<[object, string, string]>([
    [{ countries: ['XX'] }, '400/INVALID_COUNTRY_CODES', 'One of the country codes is not valid'],
    [{ name: 'Another' }, '400/DUPLICATE_LOOKALIKE', 'the same lookalike under another name'],
  ])('tells why Google refuses: %j', async (change, platformCode, words) => {
    const seed = await start();
    await manager.createLookalike(seed, request, ctx);
    const asked = { ...request, name: 'Third', ...change };
    await expect(manager.createLookalike(seed, asked, ctx)).rejects.toMatchObject({
      ...{ code: 'request-rejected', platformCode, message: expect.stringContaining(words) },
    });
  });

  it('needs the scope adwords, which nothing else does', async () => {
    const seed = await start();
    sandbox.google.setToken('refresh-1', 'no-adwords');
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
      ...{ code: 'permission-denied', message: expect.stringContaining('scope adwords') },
    });
    await expect(manager.update(seed, { name: 'Still works' }, ctx)).resolves.toBeUndefined();
  });

  it('waits when the operations of a day are used up', async () => {
    const seed = await start(100, { adsOperationsPerDay: 0 });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'rate-limited' });
  });

  it('says so where its version of the Google Ads API is not served any more', async () => {
    const seed = await start(100, {}, { adsApiVersion: 'v22' });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
      ...{ code: 'permission-denied', message: expect.stringContaining('ADS_API_VERSION') },
    });
  });
});
