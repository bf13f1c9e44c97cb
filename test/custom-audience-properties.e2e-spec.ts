import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Clock } from '../src/common/clock.js';
import {
  CUSTOM_AUDIENCE_STATUSES,
  CUSTOM_AUDIENCE_TYPES,
  ENGAGEMENT_TYPES,
} from '../src/providers/contract/custom-audience-words.js';
import {
  CUSTOM_AUDIENCE_SOURCES,
  DATA_UPLOAD_METHODS,
  UPDATE_FREQUENCIES,
} from '../src/custom-audiences/records/custom-audience-row.js';
import { SIMULATOR_IDS } from '../src/sandbox/sandbox.js';
import { send } from './support/json-calls.js';
import { liftReadLimits } from './support/read-limit.js';
import { manyUsers, startService, type TestService } from './support/service.js';
import { eventually, get, type TestItem } from './support/upload.js';

const AT_ONCE = { facebook: { populationDelayMs: 0 }, tiktok: { processingMs: 0 } };
const DAY_MS = 86_400_000;

const websiteRules = [{ event: 'Purchase', url: { operator: 'contains', value: '/checkout' } }];
const appEvents = { appId: '7001', events: ['Purchase'] };
const said = {
  business: 'Example Ltd',
  description: 'Readers of the newsletter',
  source: 'partner-integration',
  autoUpdate: true,
  updateFrequency: 'weekly',
  gdprCompliant: true,
  consentCollected: false,
  tags: ['newsletter', 'eu'],
  metadata: { owner: 'crm' },
};
const byRules = (platform: string, appEvent: string) => [
  { platform, type: 'website-traffic', pixel: '7001', websiteRules, retentionDays: 60 },
  { platform, type: 'app-activity', appEvents: { ...appEvents, events: [appEvent] } },
  { platform, type: 'offline-activity', pixel: '7002', retentionDays: 90 },
];
const engaged = (platform: string, engagementType: string) => ({
  platform,
  type: 'engagement',
  engagementType,
  engagementSources: ['7003'],
});

/** What is made besides the list that is looked at most: each has to show what it was made of. */
const WANTED = [
  ...byRules('facebook', 'fb_mobile_purchase'),
  ...byRules('tiktok', 'Purchase'),
  ...ENGAGEMENT_TYPES.map((engagementType) => engaged('facebook', engagementType)),
  engaged('tiktok', 'video'),
  // All forms of the account count.
  { platform: 'tiktok', type: 'engagement', engagementType: 'lead-form' },
  ...SIMULATOR_IDS.map((platform) => ({ platform, type: 'customer-list' })),
  { platform: 'facebook', autoUpdate: true },
  { platform: 'facebook', updateFrequency: 'real-time' },
];

/** Every property of the resource, with what it shows once everything has happened to the list. */
const PROPERTIES: readonly (readonly [property: string, shows: unknown])[] = [
  ['id', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ['name', 'blotout_Everything'],
  ['business', said.business],
  ['platform', 'facebook'],
  ['tag', 'default'],
  ['account', 'act_1234567890'],
  ['audienceId', expect.stringMatching(/^\d+$/)],
  ['type', 'customer-list'],
  ['source', said.source],
  ['status', 'ready'],
  ['warnings', [{ code: 'low-match-rate', message: expect.any(String), since: expect.stringContaining('T') }]],
  ['description', said.description],
  ['customerList', { members: 2_000, lastUploadAt: expect.stringContaining('T'), uploads: 1 }],
  ['size', 1_600],
  ['minimumSize', 100],
  ['matchedUsers', 1_400],
  ['matchingRate', 0.7],
  ['estimates', ['size', 'matchedUsers', 'matchingRate']],
  ['dataUploadMethod', 'csv'],
  ['uploadedRecords', 2_000],
  ['campaigns', [{ id: '71', name: 'Spring' }]],
  ['ads', [{ id: '81', name: 'Spring ad' }]],
  ['exclusions', [{ id: '82', name: 'Not for readers' }]],
  ['lookalikeAudiences', [{ id: expect.any(String), audienceId: expect.any(String), name: 'blotout_Like them' }]],
  ['lastUpdated', expect.stringContaining('T')],
  ['autoUpdate', true],
  ['updateFrequency', 'weekly'],
  ['gdprCompliant', true],
  ['consentCollected', false],
  ['tags', said.tags],
  ['metadata', said.metadata],
  ['polledAt', expect.stringContaining('T')],
  ['createdAt', expect.stringContaining('T')],
  ['updatedAt', expect.stringContaining('T')],
];

/** Those that a customer list does not have: another audience shows each. */
const OF_OTHERS: readonly (readonly [property: string, platform: string, shows: unknown])[] = [
  ['pixel', 'facebook', '7001'],
  ['pixel', 'tiktok', '7001'],
  ['websiteRules', 'facebook', websiteRules],
  ['websiteRules', 'tiktok', websiteRules],
  ['appEvents', 'facebook', { appId: '7001', events: ['fb_mobile_purchase'] }],
  ['appEvents', 'tiktok', { appId: '7001', events: ['Purchase'] }],
  ['engagementType', 'facebook', 'instagram-account'],
  ['engagementType', 'tiktok', 'lead-form'],
  ['engagementSources', 'facebook', ['7003']],
  ['retentionDays', 'facebook', 60],
  ['retentionDays', 'tiktok', 90],
  ['seed', 'facebook', expect.any(String)],
  ['statusReason', 'facebook', expect.stringContaining('flagged')],
  ['exclusions', 'tiktok', [{ id: '1', name: null }]],
];

/** Properties of few words, each of which stands for something that happens. */
const WORDS: readonly (readonly [property: string, words: readonly string[]])[] = [
  ['platform', SIMULATOR_IDS],
  ['type', CUSTOM_AUDIENCE_TYPES],
  ['source', CUSTOM_AUDIENCE_SOURCES],
  ['status', CUSTOM_AUDIENCE_STATUSES],
  ['engagementType', ENGAGEMENT_TYPES],
  ['dataUploadMethod', DATA_UPLOAD_METHODS],
  ['updateFrequency', UPDATE_FREQUENCIES],
];

describe('the properties of custom audiences', () => {
  let service: TestService;
  let main: TestItem;
  let shown: TestItem[];
  const url = (path = '') => `${service.origin}/custom-audiences${path}`;

  async function create(body: object): Promise<TestItem> {
    const answer = await send('POST', url(), body);
    expect([answer.status, answer.body.errors]).toEqual([201, undefined]);
    return answer.body as TestItem;
  }

  const untilStatus = (id: string, status: string) =>
    eventually(
      async () => (await get(url(`/${id}`))).body,
      (body) => body.status === status,
    );

  /** Everything that can happen to the list whose properties are looked at. */
  async function liveThrough(): Promise<TestItem> {
    const list = await create({ platform: 'facebook', name: 'Everything', ...said });
    const form = new FormData();
    const lines = manyUsers(2_000).map(({ email }) => email);
    form.set('file', new Blob([['email', ...lines].join('\n')]), 'users.csv');
    const sent = await fetch(url(`/${list.id}/uploads?sync=true`), { method: 'POST', body: form });
    expect(sent.status).toBe(200);
    const like = await send('POST', url(`/${list.id}/lookalikes`), { name: 'Like them', countries: ['US'] });
    expect(like.status).toBe(201);
    const campaign = { id: '71', name: 'Spring' };
    const ads = [
      { id: '81', name: 'Spring ad', campaign, excludes: false },
      { id: '82', name: 'Not for readers', campaign: { id: '72', name: 'Others' }, excludes: true },
    ];
    service.sandbox.facebook.patchAudience(String(list.audienceId), { ads, operation: 411 });
    await untilStatus(list.id, 'ready');
    return list;
  }

  beforeAll(async () => {
    service = await startService({ STATUS_POLL_SECONDS: '1', SYNC_TIMEOUT_MS: '30000' }, AT_ONCE, SIMULATOR_IDS);
    liftReadLimits(service.app);
    // Within a day Facebook may not show yet what was sent.
    jest.spyOn(service.app.get(Clock), 'now').mockImplementation(() => new Date(Date.now() + DAY_MS));
    const others = await Promise.all(WANTED.map((body, index) => create({ name: `Other ${index}`, ...body })));
    const flagged = others.find(({ platform, type }) => platform === 'facebook' && type === 'offline-activity')!;
    service.sandbox.facebook.patchAudience(String(flagged.audienceId), { flagged: true });
    const excluded = others.find(({ platform, type }) => platform === 'tiktok' && type === 'customer-list')!;
    const adGroups = [{ adgroup_id: '1', usage_mode: 'Exclude' }];
    service.sandbox.tiktok.patchAudience(String(excluded.audienceId), { adGroups });
    const small = others.at(-1)!;
    await send('POST', url(`/${small.id}/users?sync=true`), { users: manyUsers(5) });
    main = await liveThrough();
    await untilStatus(flagged.id, 'error');
    await untilStatus(small.id, 'too-small');
    await eventually(
      async () => (await get(url(`/${excluded.id}`))).body,
      ({ exclusions }) => Array.isArray(exclusions) && exclusions.length > 0,
    );
    // An earlier look may have made it ready; this one was after all that happened to it.
    main = (await eventually(
      async () => (await get(url(`/${main.id}`))).body,
      ({ campaigns, warnings, matchingRate }) =>
        matchingRate !== null && [campaigns, warnings].every((list) => Array.isArray(list) && list.length > 0),
    )) as TestItem;
    shown = (await get(url('?limit=100'))).body.items as TestItem[];
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await service.stop();
  });

  it('are all in these tables', () => {
    const told = [...PROPERTIES, ...OF_OTHERS].map(([property]) => property);
    expect(new Set(Object.keys(main))).toEqual(new Set(told));
  });

  it.each(PROPERTIES)('%s', (property, shows) => {
    expect(main[property]).toEqual(shows);
  });

  it.each(OF_OTHERS)('%s of another audience on %s', (property, platform, shows) => {
    const values = shown
      .filter((one) => one.platform === platform && one[property] !== null)
      .map((one) => one[property]);
    expect(values).toContainEqual(shows);
  });

  it.each(WORDS)('%s: each of its words is true of some audience', (property, words) => {
    const seen = new Set(shown.map((one) => one[property]).filter((word) => word !== null));
    expect([...seen].toSorted()).toEqual(words.toSorted());
  });
});
