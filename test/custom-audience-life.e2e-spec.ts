import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { EventReaders, type ToldEvent } from './support/event-readers.js';
import { send } from './support/json-calls.js';
import { liftReadLimits } from './support/read-limit.js';
import { manyUsers, startService, type TestService } from './support/service.js';
import { eventually, get, newSessionId, type TestAnswer, type TestItem, untilState, upload } from './support/upload.js';

const BATCH = 10_000;
/** Of the batches that a list of all 100,000 has, those that are brought by `POST /audience`; a file brings the tenth. */
const BATCHES = 9;
/** Nothing shows on the platform before it has passed there, so that what a step shows is not seen in the step before. */
const POPULATION_MS = 3_600_000;
const SETTINGS = { STATUS_POLL_SECONDS: '1', WEBHOOK_ALLOW_PRIVATE: 'true', SYNC_TIMEOUT_MS: '60000' };

/** One audience from its beginning to its end: each step goes on from the one before. */
describe('the life of a custom audience', () => {
  const users = manyUsers((BATCHES + 1) * BATCH);
  let service: TestService;
  let readers: EventReaders;
  let life: { readonly id: string; readonly audienceId: string };
  let lookalike: string;

  beforeAll(async () => {
    service = await startService(SETTINGS, { facebook: { populationDelayMs: POPULATION_MS } });
    liftReadLimits(service.app);
    readers = await EventReaders.start(service);
  });
  afterAll(async () => {
    await readers.stop();
    await service.stop();
  });

  const at = (path = '') => `${service.origin}/custom-audiences/${life.id}${path}`;
  const create = (body: object) =>
    send('POST', `${service.origin}/custom-audiences`, { platform: 'facebook', tag: 'default', ...body });
  const untilShown = (holds: (shown: TestItem) => boolean, path = at()) =>
    eventually(
      async () => (await get(path)).body as TestItem,
      (shown) => holds(shown),
    );
  const remote = () => service.sandbox.facebook.audiences().find(({ id }) => id === life.audienceId);
  const typesOf = (events: readonly ToldEvent[]) => events.map(({ type }) => type);
  const untilTold = (audience: string, type: string, times = 1) =>
    eventually(
      () => readers.asked(audience),
      (events) => typesOf(events).filter((one) => one === type).length >= times,
    );
  /** What the platform has becomes visible there. */
  const letPopulate = () => service.sandbox.facebook.advanceClock(POPULATION_MS);

  async function uploadBatches(mode: string): Promise<TestAnswer> {
    const sessionId = newSessionId();
    let location = '';
    for (let sequence = 1; sequence <= BATCHES; sequence += 1) {
      const batch = { sessionId, sequence, totalBatches: BATCHES, totalUsers: BATCHES * BATCH };
      const slice = users.slice((sequence - 1) * BATCH, sequence * BATCH);
      const answer = await upload(service.origin, { name: 'Life', batch, users: slice, query: `mode=${mode}` });
      expect([answer.status, answer.body]).toEqual([200, { success: true }]);
      location = answer.headers.get('location')!;
    }
    return untilState(`${service.origin}${location}`, 'completed');
  }

  async function uploadFile(): Promise<TestAnswer> {
    const lines = users.slice(BATCHES * BATCH).map(({ email }) => email);
    const form = new FormData();
    form.set('file', new Blob([gzipSync(['email', ...lines].join('\n'))]), 'users.csv.gz');
    const answer = await fetch(at('/uploads?sync=true'), { method: 'POST', body: form });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TestAnswer['body'] };
  }

  it('begins: it is made, on the platform too, and has nobody', async () => {
    const { status, body } = await create({ name: 'Life', metadata: { owner: 'crm' } });
    expect([status, body]).toMatchObject([201, { name: 'blotout_Life', status: 'populating', uploadedRecords: 0 }]);
    life = body as unknown as typeof life;
    expect(remote()).toMatchObject({ name: 'blotout_Life', memberCount: 0 });
    await untilShown(({ statusReason }) => statusReason === 'No users have arrived at Facebook yet');
  });

  it('takes 100,000 users in batches and a file, and is populating', async () => {
    const session = await uploadBatches('append');
    expect(session.body.tags).toMatchObject([{ received: 90_000, accepted: 90_000 }]);
    const file = await uploadFile();
    expect([file.status, file.body.results]).toMatchObject([200, [{ received: 10_000, accepted: 10_000 }]]);
    expect(remote()).toMatchObject({ memberCount: 100_000, rowsReceived: 100_000 });
    const { body } = await get(at());
    expect(body).toMatchObject({ uploadedRecords: 100_000, customerList: { members: 100_000, uploads: 2 } });
    expect(body).toMatchObject({ status: 'populating', size: null });
  });

  it('becomes ready when the platform has populated it', async () => {
    letPopulate();
    const shown = await untilShown(({ status }) => status === 'ready');
    expect(shown).toMatchObject({ statusReason: null, estimates: ['size', 'matchedUsers', 'matchingRate'] });
    expect(Number(shown.matchingRate)).toBeCloseTo(0.7, 1);
  });

  it('mirrors 90,000: they are not sent again, and the 10,000 others are taken out on the platform', async () => {
    const before = (await get(at())).body.size;
    const session = await uploadBatches('mirror');
    expect(session.body.tags).toMatchObject([{ received: 90_000, accepted: 90_000, unchanged: 90_000, added: 0 }]);
    await untilTold(life.id, 'usersRemoved');
    expect(remote()).toMatchObject({ memberCount: 90_000, rowsReceived: 100_000 });
    expect((await get(at())).body).toMatchObject({ uploadedRecords: 90_000, customerList: { members: 90_000 } });
    letPopulate();
    const shown = await untilShown(({ size }) => size !== before);
    expect(Number(shown.size)).toBeLessThan(Number(before));
    expect(shown.warnings).toEqual([]);
  });

  it('is the seed of a lookalike', async () => {
    const wanted = { name: 'Life (lookalike)', countries: ['US'], reach: 'narrow' };
    const { status, body } = await send('POST', at('/lookalikes'), wanted);
    expect([status, body]).toMatchObject([201, { name: 'blotout_Life (lookalike)', seed: life.id }]);
    lookalike = String(body.id);
    letPopulate();
    const shown = await untilShown(
      ({ status }) => status === 'ready',
      `${service.origin}/custom-audiences/${lookalike}`,
    );
    expect(Number(shown.size)).toBeGreaterThan(1_000_000);
    const seed = await untilShown(({ lookalikeAudiences }) => lookalikeAudiences !== null);
    expect(seed.lookalikeAudiences).toEqual([{ id: lookalike, audienceId: body.audienceId, name: body.name }]);
  });

  it('is shared, and used by a campaign', async () => {
    const { status, body } = await send('POST', at('/shares'), { accounts: ['9876543210'] });
    expect([status, body]).toEqual([200, { accounts: [{ account: '9876543210', state: 'shared' }] }]);
    const campaign = { id: '71', name: 'Spring' };
    const ads = [{ id: '81', name: 'Spring ad', campaign, excludes: false }];
    service.sandbox.facebook.patchAudience(life.audienceId, { ads });
    const shown = await untilShown(({ campaigns }) => (campaigns as unknown[] | null)?.length === 1);
    expect(shown).toMatchObject({ campaigns: [campaign], ads: [{ id: '81', name: 'Spring ad' }] });
  });

  it('is refreshed: everybody who is in it is sent again', async () => {
    const { status, body } = await send('POST', at('/refresh?sync=true'));
    expect([status, body]).toMatchObject([200, { received: 90_000, results: [{ accepted: 90_000 }] }]);
    expect(remote()).toMatchObject({ memberCount: 90_000, rowsReceived: 190_000 });
    expect((await get(at())).body).toMatchObject({ uploadedRecords: 90_000 });
  });

  it('is changed by hand', async () => {
    const { status } = await send('PATCH', at(), { description: 'Readers', business: 'Example Ltd' });
    expect(status).toBe(200);
    expect((await get(at())).body).toMatchObject({ description: 'Readers', business: 'Example Ltd' });
  });

  it('is analysed and reported', async () => {
    const { status, body } = await get(at('/analysis'));
    expect([status, body]).toMatchObject([200, { members: { count: 90_000 } }]);
    const page = await fetch(at('/report?format=html'));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<svg')]);
  });

  it('ends: nothing is left of it on the platform, of its record and of its members', async () => {
    const members = () => service.database.query('select count(*)::int as members from members');
    expect(await members()).toEqual([{ members: 90_000 }]);
    // Facebook keeps what a lookalike is made of.
    expect((await send('DELETE', at())).status).toBe(409);
    expect((await send('DELETE', `${service.origin}/custom-audiences/${lookalike}`)).status).toBe(204);
    expect((await send('DELETE', at())).status).toBe(204);
    expect([remote(), (await get(at())).status]).toEqual([undefined, 404]);
    expect(await members()).toEqual([{ members: 0 }]);
  });

  it('was told of: every event once and in order, to all who listen', async () => {
    const told = await readers.asked(life.id);
    const session = expect.any(String);
    const size = expect.any(Number);
    const sent = { session, sessionId: expect.any(Number), state: 'completed', skipped: 0, rejected: 0, removed: 0 };
    const ofFile = { ...sent, mode: 'append', received: 10_000, accepted: 10_000, added: 10_000, unchanged: 0 };
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ['created', { name: 'blotout_Life', type: 'customer-list', audienceId: life.audienceId }],
      ['dataUploaded', { ...ofFile, received: 90_000, accepted: 90_000, added: 90_000 }],
      ['usersAdded', { session, count: 90_000, added: 90_000 }],
      ['dataUploaded', ofFile],
      ['usersAdded', { session, count: 10_000, added: 10_000 }],
      ['populationCompleted', { size }],
      ['sizeUpdated', { size, before: null }],
      ['ready', { size }],
      ['dataUploaded', { ...sent, mode: 'mirror', received: 90_000, accepted: 90_000, added: 0, unchanged: 90_000 }],
      ['usersRemoved', { session, count: 10_000 }],
      ['sizeUpdated', { size, before: size }],
      ['lookalikeCreated', { lookalike, name: 'blotout_Life (lookalike)' }],
      ['shared', { accounts: [{ account: '9876543210', state: 'shared' }] }],
      ['usedInCampaign', { campaign: '71', name: 'Spring' }],
      ['refreshed', { session, count: 90_000 }],
      ['updated', { changed: ['description', 'business'] }],
      ['deleted', { name: 'blotout_Life', audienceId: life.audienceId }],
    ]);
    expect(typesOf(await readers.asked(lookalike))).toEqual([
      ...['created', 'populationCompleted', 'sizeUpdated', 'ready', 'deleted'],
    ]);
    const all = await readers.asked();
    await readers.untilAllHave(all.length);
    expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
    expect(readers.followed()).toEqual(all);
    expect(readers.received()).toEqual(all);
  });
});
