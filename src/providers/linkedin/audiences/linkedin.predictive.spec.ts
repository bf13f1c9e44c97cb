import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { LookalikeRequest } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { sha256Hex } from '../../kit/hash.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { LinkedInClient } from '../linkedin.client.js';
import { LinkedInTag } from '../linkedin.config.js';
import { LinkedInManager } from './linkedin.manager.js';

const HOUR = 3_600_000;
const GEO = 'urn:li:geo:103644278';
const request: LookalikeRequest = {
  name: 'Like buyers',
  description: 'people like our buyers',
  countries: [],
  locations: [GEO],
  reach: 'balanced',
};
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
let client: LinkedInClient;
let manager: LinkedInManager;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** A seed of so many people, ready by default. */
async function start(people: number, linkedin: SandboxOptions['linkedin'] = {}, status = 'READY'): Promise<string> {
  sandbox = await startSandbox({ linkedin: { warmUpMs: 50, ...linkedin } });
  const settings = { accessToken: 'tok_abc_123', adAccountId: '512345678', baseUrl: sandbox.linkedin.origin };
  const tag = Object.assign(new LinkedInTag(), settings);
  const options = { now: () => sandbox.linkedin.now(), warmUpMs: 60 };
  client = new LinkedInClient(tag, http, new LocalAccessTokens(), options);
  manager = new LinkedInManager(tag, http, new LocalAccessTokens(), options);
  return seedOf(people, status);
}

async function seedOf(people: number, status = 'READY', name = 'Buyers'): Promise<string> {
  const { id } = await client.createAudience(name, ctx);
  sandbox.linkedin.advanceClock(5_000);
  const rows = Array.from({ length: people }, (_, at) => ({
    ...{ email: sha256Hex(`person${at}@example.com`), firstName: '', lastName: '', country: '' },
  }));
  await client.upload({ id }, rows, ctx);
  sandbox.linkedin.patchAudience(id, { status });
  sandbox.linkedin.clearRequests();
  return id;
}

const sent = (method: string) => sandbox.linkedin.requests({ method }).requests.map(({ path, body }) => [path, body]);
const names = () => sandbox.linkedin.audiences().map(({ name }) => name);

describe('LinkedInManager.createLookalike', () => {
  it.each([
    [{}, 50_000],
    [{ reach: 'narrow' } as const, 20_000],
    [{ reach: 'broad' } as const, 100_000],
    [{ people: 7_000 }, 7_000],
  ])('makes a segment, waits, and has an audience grown in it: %j', async (change, people) => {
    const seed = await start(300);
    const { id } = await manager.createLookalike(seed, { ...request, ...change }, ctx);
    expect(sent('POST')).toEqual([
      [
        '/rest/dmpSegments',
        {
          name: 'Like buyers',
          description: 'people like our buyers',
          sourcePlatform: 'LINKEDIN_BUSINESS_OBJECTIVE_BASED_AUDIENCES',
          sourceSegmentId: expect.stringMatching(/^aud_[0-9a-f]{32}$/),
          account: 'urn:li:sponsoredAccount:512345678',
          type: 'USER',
          destinations: [{ destination: 'LINKEDIN' }],
        },
      ],
      [
        `/rest/dmpSegments/${id}/businessObjectiveBasedAudiences`,
        {
          desiredAudienceCount: people,
          seeds: [`urn:li:dmpSegment:${seed}`],
          targetingFilter: { include: { and: [{ or: { 'urn:li:adTargetingFacet:locations': [GEO] } }] } },
        },
      ],
    ]);
  });

  it('gives an audience that can be read, and that keeps its seed from being deleted', async () => {
    const seed = await start(300);
    const { id } = await manager.createLookalike(seed, request, ctx);
    sandbox.linkedin.advanceClock(49 * HOUR);
    const now = new Date(sandbox.linkedin.now());
    const never = { lastUploadAt: null, uploadedRecords: null, isUploading: false, hasFailed: false };
    const facts = { type: 'customer-list' as const, now, createdAt: now, ...never };
    await expect(manager.read(id, facts, ctx)).resolves.toMatchObject({
      name: 'Like buyers',
      status: 'ready',
      size: { value: 50_000 },
      matchingRate: null,
    });
    await expect(manager.delete(seed, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      platformCode: '400/SEGMENT_IN_USE',
      message: expect.stringContaining('The segment seeds a predictive audience'),
    });
    await manager.delete(id, ctx);
    await manager.delete(seed, ctx);
    expect(names().length).toBe(0);
  });

  it('gives the same one when it is repeated', async () => {
    const seed = await start(300);
    const made = await manager.createLookalike(seed, request, ctx);
    await expect(manager.createLookalike(seed, request, ctx)).resolves.toEqual(made);
    expect(names()).toEqual(['Buyers', 'Like buyers']);
  });

  it.each([
    ['the segment', 'POST', '/rest/dmpSegments'],
    ['the audience in it', 'POST', '*/businessObjectiveBasedAudiences'],
  ])('goes on where the answer about %s was lost', async (_, method, path) => {
    const seed = await start(300);
    sandbox.linkedin.addFaults({ kind: 'drop-after', method, path, times: 1 });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const { id } = await manager.createLookalike(seed, request, ctx);
    expect(names()).toEqual(['Buyers', 'Like buyers']);
    expect(sandbox.linkedin.audiences()[1]?.id).toBe(id);
  });

  it('does not take the audience of another seed for its own', async () => {
    const seed = await start(300);
    await manager.createLookalike(seed, request, ctx);
    const other = await seedOf(300, 'READY', 'Others');
    await expect(manager.createLookalike(other, request, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('another seed has a lookalike of this name'),
    });
  });

  it('asks to come again where the segment needs longer, and goes on then', async () => {
    const seed = await start(300, { warmUpMs: 5_000 });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
      ...{ code: 'platform-unavailable', isWarmUp: true, retryAfterMs: 15_000 },
    });
    sandbox.linkedin.advanceClock(15_000);
    await manager.createLookalike(seed, request, ctx);
    expect(names()).toEqual(['Buyers', 'Like buyers']);
  });

  it.each<[object, string]>([
    [{ countries: ['US'], locations: undefined }, '`locations`'],
    [{ countries: ['US'] }, '`countries`'],
    [{ locations: [] }, '`locations`'],
    [{ locations: [GEO, 'US'] }, '`locations`'],
    [{ ratio: 0.05 }, '`ratio`'],
  ])('refuses what LinkedIn cannot express, before any call: %j', async (change, field) => {
    const seed = await start(300);
    await expect(manager.createLookalike(seed, { ...request, ...change }, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining(field),
    });
    expect(sandbox.linkedin.requests().requests.length).toBe(0);
  });

  it.each(['BUILDING', 'ARCHIVED', 'EXPIRED', 'FAILED'])(
    'refuses a seed that is %s, and makes nothing',
    async (status) => {
      const seed = await start(300, {}, status);
      await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
        code: 'request-rejected',
        message: expect.stringContaining('READY or UPDATING'),
      });
      expect(sent('POST').length).toBe(0);
    },
  );

  it('tells that LinkedIn finds the seed too small, and leaves no empty segment behind', async () => {
    const seed = await start(299);
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: expect.stringContaining('A seed must be ready and of 300 to 300000'),
    });
    expect(names()).toEqual(['Buyers']);
  });

  it('tells that the seed is gone', async () => {
    const seed = await start(300);
    sandbox.linkedin.patchAudience(seed, { deleted: true });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
    expect(sent('POST').length).toBe(0);
  });
});
