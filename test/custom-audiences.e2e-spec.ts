import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProviderCatalogue } from '../src/providers/provider-catalogue.service.js';
import { startService, type TestService } from './support/service.js';
import { allPages, get, type TestAnswer } from './support/upload.js';
import { send } from './support/json-calls.js';

const NOWHERE = '018f5e7a-0000-7000-8000-000000000000';

/** Customer lists as a resource, on a platform that is reached through its client alone. */
describe('custom audiences on Facebook', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555' });
  });
  afterAll(() => service.stop());

  const audiences = () => `${service.origin}/custom-audiences`;
  const create = (body: object): Promise<TestAnswer> => send('POST', audiences(), { platform: 'facebook', ...body });
  const named = (name: string) => service.sandbox.facebook.audiences().filter((audience) => audience.name === name);

  const minimumSize = () => {
    const { providers } = service.app.get(ProviderCatalogue);
    return providers.find(({ id }) => id === 'facebook')!.audiences?.minimumSize ?? null;
  };

  it('makes the audience on the platform and shows all properties of it', async () => {
    const tags = ['newsletter', 'eu', 'eu'];
    const { status, headers, body } = await create({ name: 'All', tags, metadata: { owner: 'crm' }, business: 'Us' });
    expect(status).toBe(201);
    const [remote] = named('blotout_All');
    expect(remote).toBeDefined();
    expect(headers.get('location')).toBe(`/custom-audiences/${body.id as string}`);
    expect(headers.get('etag')).toBe('"1"');
    const nothing = ['statusReason', 'description', 'pixel', 'websiteRules', 'appEvents', 'engagementType', 'seed'];
    const untold = ['size', 'matchingRate', 'matchedUsers', 'campaigns', 'ads', 'exclusions', 'lookalikeAudiences'];
    const unsaid = [
      'engagementSources',
      'retentionDays',
      'lastUpdated',
      'updateFrequency',
      'gdprCompliant',
      'polledAt',
    ];
    expect(body).toEqual({
      ...Object.fromEntries([...nothing, ...untold, ...unsaid].map((property) => [property, null])),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'blotout_All',
      business: 'Us',
      platform: 'facebook',
      tag: 'default',
      account: expect.stringMatching(/^act_\d+$/),
      audienceId: remote!.id,
      type: 'customer-list',
      source: 'crm',
      status: 'populating',
      warnings: [],
      customerList: { members: 0, lastUploadAt: null, uploads: 0 },
      minimumSize: minimumSize(),
      dataUploadMethod: 'api',
      uploadedRecords: 0,
      estimates: [],
      autoUpdate: false,
      consentCollected: null,
      tags: ['newsletter', 'eu'],
      metadata: { owner: 'crm' },
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    const again = await get(service.origin + headers.get('location')!);
    expect([again.status, again.headers.get('etag'), again.body]).toEqual([200, '"1"', body]);
  });

  it('finds the audience of the name instead of making a second one', async () => {
    const first = await create({ name: 'Found', disablePrefix: true });
    await service.database.query(`delete from custom_audiences where id = '${first.body.id as string}'`);
    await service.database.query(`delete from remote_audiences where segment = 'Found'`);
    const second = await create({ name: 'Found', disablePrefix: true });
    expect([second.status, second.body.audienceId]).toEqual([201, first.body.audienceId]);
    expect(named('Found')).toHaveLength(1);
  });

  it('is 409 with the id for a name that the account has, and free in another account', async () => {
    const { body } = await create({ name: 'Twice' });
    const again = await create({ name: 'Twice' });
    expect([again.status, again.body.code, again.body.errors]).toMatchObject([
      409,
      'audience-exists',
      [{ id: body.id }],
    ]);
    expect(again.headers.get('location')).toBe(`/custom-audiences/${body.id as string}`);
    expect((await create({ name: 'Twice', tag: 'eu' })).status).toBe(201);
  });

  it('completes what broke off when it is asked again', async () => {
    const faults = { path: '*/customaudiences', method: 'POST' as const };
    service.sandbox.facebook.addFaults({ ...faults, kind: 'drop-after', times: 1 });
    const broken = await create({ name: 'Broken' });
    expect([broken.status, broken.body.code, broken.body.errors]).toMatchObject([
      503,
      'platform-unavailable',
      [{ provider: 'facebook', tag: 'default', retryable: true }],
    ]);
    expect(Number(broken.headers.get('retry-after'))).toBeGreaterThan(0);
    const whole = await create({ name: 'Broken' });
    expect([whole.status, whole.body.audienceId]).toEqual([201, named('blotout_Broken')[0]?.id]);
    expect(named('blotout_Broken')).toHaveLength(1);
    expect(await eventsOf(whole.body.id as string)).toEqual(['created']);
  });

  async function eventsOf(id: string): Promise<unknown[]> {
    const rows = await service.database.query(`select type from audience_events where audience = '${id}' order by id`);
    return rows.map(({ type }) => type);
  }

  it.each([
    [{ name: 'X', type: 'website-traffic' }, 400, 'pixel'],
    [{ name: 'X', pixel: '1' }, 400, 'pixel'],
    [{ name: 'X', platform: 'nowhere' }, 400, 'platform'],
    [{ name: 'X', tag: 'nowhere' }, 400, 'tag'],
    [{ name: ' ' }, 400, 'name'],
    [{ name: 'X', retentionDays: 0 }, 400, 'retentionDays'],
    [{ name: 'X', metadata: [] }, 400, 'metadata'],
    [{ name: 'X', tags: [''] }, 400, 'tags'],
  ])('is refused: %j', async (body, status, field) => {
    const answer = await create(body);
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([status, field]);
    expect(await service.database.query(`select 1 from custom_audiences where name = 'blotout_X'`)).toHaveLength(0);
  });

  it('lists by what is asked for, sorted, page by page', async () => {
    for (const name of ['Paged C', 'Paged A', 'Paged B']) await create({ name, tags: ['paged'], tag: 'eu' });
    const names = async (query: string) =>
      (await allPages(`${audiences()}?${query}`, 2)).items.map(({ name }) => name as string);
    expect(await names('tags=paged')).toEqual(['blotout_Paged B', 'blotout_Paged A', 'blotout_Paged C']);
    expect(await names('text=PAGED&sort=name&order=asc')).toEqual([
      'blotout_Paged A',
      'blotout_Paged B',
      'blotout_Paged C',
    ]);
    expect(await names('tags=paged&sort=size')).toHaveLength(3);
    expect(await names('platform=facebook&tag=eu&status=populating&type=customer-list&text=paged')).toHaveLength(3);
    expect((await get(`${audiences()}?text=pa%25ged`)).body.items).toEqual([]);
    const { body } = await get(`${audiences()}?tags=paged&limit=1`);
    const wrong = await get(`${audiences()}?tags=paged&sort=name&cursor=${body.nextCursor as string}`);
    expect([wrong.status, wrong.body.errors?.[0]?.field]).toEqual([400, 'cursor']);
  });

  it('is 404 for an id that is not there, and 415 or 400 for a body that is no JSON object', async () => {
    expect((await get(`${audiences()}/${NOWHERE}`)).body.code).toBe('custom-audience-not-found');
    expect((await get(`${audiences()}/${NOWHERE}/sizes`)).status).toBe(404);
    const raw = (body: string, type = 'application/json') =>
      fetch(audiences(), { method: 'POST', body, headers: { 'content-type': type } });
    expect((await raw('{}', 'text/plain')).status).toBe(415);
    expect((await raw('[]')).status).toBe(400);
    expect((await raw('{"name":')).status).toBe(400);
    expect((await raw('{"name":"a\\u0000b","platform":"facebook"}')).status).toBe(400);
    expect((await raw(`{"name":"${'x'.repeat(300_000)}"}`)).status).toBe(413);
  });
});
