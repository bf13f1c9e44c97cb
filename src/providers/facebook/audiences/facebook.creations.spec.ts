import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts, LookalikeRequest, RuleAudienceRequest } from '../../contract/audience-manager.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { FacebookClient } from '../facebook.client.js';
import { FacebookTag } from '../facebook.config.js';
import type { FacebookRow } from '../facebook.normaliser.js';
import { FacebookManager } from './facebook.manager.js';

const DELAY = 3_600_000;

const session = { audienceType: 'custom', batch: 1, totalBatches: 1, totalUsers: 1, chunk: 0, ageMinutes: 0 } as const;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
  session: { ...session, sessionId: 1, last: true },
};

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: FacebookManager;
let client: FacebookClient;

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { matchRate: 1, populationDelayMs: DELAY, rulePeople: 5_000 } });
  http = new PlatformHttp(new HttpService());
  const settings = { accessToken: 'EAAtoken', adAccountId: '1234567890', baseUrl: sandbox.facebook.origin };
  const tag = Object.assign(new FacebookTag(), settings);
  manager = new FacebookManager(tag, http);
  client = new FacebookClient(tag, http);
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function seedOf(count: number): Promise<string> {
  const seed = await client.createAudience('Buyers', ctx);
  const rows = Array.from({ length: count }, (_, index): FacebookRow => {
    return ['', String(index).padStart(64, 'a'), '', '', '', '', ''];
  });
  await client.upload(seed, rows, ctx);
  sandbox.facebook.advanceClock(DELAY);
  return seed.id;
}

const facts = (type: AudienceFacts['type']): AudienceFacts => ({
  type,
  now: new Date(sandbox.facebook.now()),
  createdAt: new Date(sandbox.facebook.now()),
  lastUploadAt: null,
  uploadedRecords: 400,
  isUploading: false,
  hasFailed: false,
});

const bodies = () =>
  sandbox.facebook
    .requests({ method: 'POST', path: '*/customaudiences' })
    .requests.map(({ body }) => body as Record<string, unknown>);

describe('FacebookManager.createLookalike', () => {
  const request: LookalikeRequest = { name: 'Like buyers', countries: ['US'], reach: 'narrow' };

  it('makes one, and finds it when it is asked for again', async () => {
    const seed = await seedOf(150);
    sandbox.facebook.addFaults({ kind: 'drop-after', method: 'POST', times: 1 });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const made = await manager.createLookalike(seed, request, ctx);

    expect(sandbox.facebook.audiences().map(({ id }) => id)).toEqual([seed, made.id]);
    await expect(manager.read(seed, facts('customer-list'), ctx)).resolves.toMatchObject({
      lookalikeAudiences: [made.id],
    });
    await expect(manager.read(made.id, facts('customer-list'), ctx)).resolves.toMatchObject({ status: 'populating' });
    sandbox.facebook.advanceClock(DELAY);
    await expect(manager.read(made.id, facts('customer-list'), ctx)).resolves.toMatchObject({
      status: 'ready',
      size: { isEstimate: true },
      matchedUsers: null,
      matchingRate: null,
    });
  });

  it('keeps its seed from being deleted', async () => {
    const seed = await seedOf(150);
    const made = await manager.createLookalike(seed, request, ctx);
    const failure = manager.delete(seed, ctx);
    await expect(failure).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(failure).rejects.toThrow('lookalike audiences depend on this audience');
    await manager.delete(made.id, ctx);
    await expect(manager.delete(seed, ctx)).resolves.toBeUndefined();
  });

  it.each<[Partial<LookalikeRequest>, object]>([
    [{}, { ratio: 0.01, country: 'US' }],
    [{ reach: 'balanced' }, { ratio: 0.05, country: 'US' }],
    [{ reach: 'broad' }, { ratio: 0.1, country: 'US' }],
    [{ ratio: 0.07 }, { ratio: 0.07, country: 'US' }],
    [{ countries: ['US', 'CA'] }, { ratio: 0.01, location_spec: { geo_locations: { countries: ['US', 'CA'] } } }],
  ])('says %j in Meta’s words', async (change, spec) => {
    const seed = await seedOf(150);
    await manager.createLookalike(seed, { ...request, description: 'Alike', ...change }, ctx);
    expect(bodies().at(-1)).toEqual({
      name: 'Like buyers',
      description: 'Alike',
      subtype: 'LOOKALIKE',
      origin_audience_id: seed,
      lookalike_spec: { type: 'custom_ratio', ...spec },
    });
  });

  it.each<[string, Partial<LookalikeRequest>]>([
    ['people', { people: 10_000 }],
    ['locations', { locations: ['urn:li:geo:1'] }],
    ['countries', { countries: [] }],
    ['ratio', { ratio: 0.25 }],
    ['ratio', { ratio: 0.015 }],
  ])('does not send %s that Meta cannot express', async (field, change) => {
    const failure = manager.createLookalike('1', { ...request, ...change }, ctx);
    await expect(failure).rejects.toThrow(`Facebook: ${field}: `);
    expect(sandbox.facebook.requests().total).toBe(0);
  });

  it('says that the seed is too small, flagged or gone', async () => {
    const seed = await seedOf(20);
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      platformCode: '2654',
      message: expect.stringContaining('too small'),
    });
    sandbox.facebook.patchAudience(seed, { flagged: true });
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'audience-blocked' });
    await manager.delete(seed, ctx);
    await expect(manager.createLookalike(seed, request, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});

describe('FacebookManager.createFromRules', () => {
  const visitors: RuleAudienceRequest = { name: 'Visitors', type: 'website-traffic', retentionDays: 30, pixel: '814' };

  it('makes one that fills itself, and finds it when it is asked for again', async () => {
    await client.createAudience('Visitors', ctx);
    sandbox.facebook.addFaults({ kind: 'drop-after', method: 'POST', times: 1 });
    await expect(manager.createFromRules(visitors, ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    const made = await manager.createFromRules(visitors, ctx);

    expect(sandbox.facebook.audiences().map(({ details }) => details['subtype'])).toEqual(['CUSTOM', 'WEBSITE']);
    sandbox.facebook.advanceClock(DELAY);
    await expect(manager.read(made.id, facts('website-traffic'), ctx)).resolves.toMatchObject({
      name: 'Visitors',
      status: 'ready',
      size: { value: 5_400, isEstimate: true },
      matchedUsers: null,
      matchingRate: null,
      retentionDays: 30,
    });
    await expect(client.upload(made, [['', 'a'.repeat(64), '', '', '', '', '']], ctx)).rejects.toBeInstanceOf(
      RequestRejectedError,
    );
  });

  const engagement = { name: 'Fans', type: 'engagement', retentionDays: 90, engagementSources: ['31', '32'] } as const;
  const MADE: readonly [RuleAudienceRequest, subtype: string][] = [
    [{ ...visitors, websiteRules: [{ event: 'Purchase' }, { url: { operator: 'equals', value: 'x' } }] }, 'WEBSITE'],
    [{ name: 'App', type: 'app-activity', retentionDays: 180, appEvents: { appId: '9', events: [] } }, 'APP'],
    [{ name: 'Shop', type: 'offline-activity', retentionDays: 60, pixel: '5' }, 'OFFLINE_CONVERSION'],
    [{ ...engagement, engagementType: 'facebook-page' }, 'ENGAGEMENT'],
    [{ ...engagement, engagementType: 'instagram-account' }, 'ENGAGEMENT'],
    [{ ...engagement, engagementType: 'lead-form' }, 'ENGAGEMENT'],
    [{ ...engagement, engagementType: 'instant-experience' }, 'ENGAGEMENT'],
    [{ ...engagement, engagementType: 'video' }, 'ENGAGEMENT'],
  ];
  it.each(MADE)('is taken as the platform checks it: %j', async (request, subtype) => {
    const { id } = await manager.createFromRules(request, ctx);
    expect(sandbox.facebook.audiences()).toMatchObject([{ id, name: request.name, details: { subtype } }]);
    await expect(manager.read(id, facts(request.type), ctx)).resolves.toMatchObject({
      retentionDays: request.retentionDays,
    });
  });

  it('passes on why Meta refuses a rule', async () => {
    const failure = manager.createFromRules({ ...visitors, pixel: 'not-a-number' }, ctx);
    await expect(failure).rejects.toMatchObject({ code: 'request-rejected', platformCode: '100/1713098' });
    await expect(failure).rejects.toThrow('the audience rule is not valid');
  });

  it('stops at a rate limit and a token that has ended', async () => {
    sandbox.facebook.addFaults({ kind: 'rate-limit', usageWaitSeconds: 180, times: 1 });
    await expect(manager.createFromRules(visitors, ctx)).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 180_000,
    });
    sandbox.facebook.setToken('EAAtoken', 'expired');
    await expect(manager.createFromRules(visitors, ctx)).rejects.toMatchObject({
      code: 'credentials-rejected',
      platformCode: '190/463',
    });
  });
});
