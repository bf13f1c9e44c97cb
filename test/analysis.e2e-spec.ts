import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AnalysisDto } from '../src/custom-audiences/analysis/dto/analysis.dto.js';
import { Database } from '../src/storage/database.js';
import { AnalysisGround, madeUpPeople, type StoredAudience } from './support/analysis-ground.js';
import { startService, type TestService } from './support/service.js';
import { batchOf, get, upload } from './support/upload.js';

const KEYS = 'reader:read-secret-of-tests:audience:read,writer:write-secret-of-tests:audience:write';
const READER = { authorization: 'Bearer read-secret-of-tests' };
const WRITER = { authorization: 'Bearer write-secret-of-tests' };

describe('analyze: a custom audience', () => {
  let service: TestService;
  let ground: AnalysisGround;
  let audience: StoredAudience;
  let other: StoredAudience;
  const people = madeUpPeople(500);

  const analysis = async (id: string, query = '') => {
    const { status, body } = await get(`${service.origin}/custom-audiences/${id}/analysis${query}`, READER);
    return { status, body: body as unknown as AnalysisDto, problem: body };
  };
  const analysed = async (id: string, query = '') => (await analysis(id, query)).body;

  beforeAll(async () => {
    service = await startService({ API_KEYS: KEYS }, {}, ['facebook', 'klaviyo']);
    ground = AnalysisGround.on(service.app.get(Database), service.env.ENCRYPTION_KEY!);
    audience = await ground.audience({ uploadedRecords: 500 });
    other = await ground.audience({ name: 'blotout_Other', provider: 'klaviyo', uploadedRecords: 9 });
    await ground.put(audience.number, people);
    await ground.put(other.number, [...people.slice(0, 100), ...madeUpPeople(20, 'stranger')]);
  });
  afterAll(() => service.stop());

  it('tells where the members are and what they come with', async () => {
    const { members, membersNote } = await analysed(audience.id);
    expect(membersNote).toBeNull();
    expect(members).toMatchObject({ count: 500, analysed: 500, isSample: false });
    expect(members!.countries).toEqual([
      { country: 'US', members: 200, share: 0.4 },
      { country: 'DE', members: 100, share: 0.2 },
      { country: 'FR', members: 100, share: 0.2 },
      { country: 'unknown', members: 100, share: 0.2 },
    ]);
    expect(Object.fromEntries(members!.coverage.map(({ field, share }) => [field, share]))).toEqual({
      ...{ email: 1, phone: 0.5, name: 0.25, country: 0.8, postalCode: 0, edgeTagId: 0, purchase: 1 },
    });
  });

  it('tells what each account could be sent, in numbers and words only', async () => {
    const hashed = await ground.audience();
    // A digest, which Klaviyo does not take, and a person whom nobody can match.
    const digest = 'b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72';
    await ground.put(hashed.number, [{ email: digest }, { email: 'ada@example.com' }, { postalCode: '10115' }]);
    const answer = await analysed(hashed.id);
    const [facebook, klaviyo] = answer.members!.outlook;
    expect(facebook).toMatchObject({ provider: 'facebook', tag: 'default', checked: 3, identifiersPerMember: 1 });
    expect(klaviyo).toMatchObject({ provider: 'klaviyo', sendable: 1, share: 0.3333 });
    expect(klaviyo!.rejections).toContainEqual(
      expect.objectContaining({ field: 'email', reason: 'digest-not-accepted', members: 1, share: 0.3333 }),
    );
    const text = JSON.stringify(answer);
    for (const value of [digest, 'ada@example.com', '10115']) expect(text).not.toContain(value);
  });

  it('tells what members are worth, by currency', async () => {
    const { values } = (await analysed(audience.id)).members!;
    expect(values.map(({ currency, members }) => [currency, members])).toEqual([
      ['EUR', 300],
      ['USD', 200],
    ]);
    const spent = people.filter(({ purchase }) => purchase?.currency?.toUpperCase() === 'USD');
    const sum = spent.reduce((total, { purchase }) => total + Number(purchase!.profit), 0);
    expect(values[1]!.profit).toMatchObject({ members: 200, sum, mean: sum / 200 });
    for (const { profit, total7Days } of values) {
      for (const figures of [profit!, total7Days!]) {
        expect(figures.histogram.reduce((total, bin) => total + bin.members, 0)).toBe(figures.members);
        expect(figures.p90).toBeGreaterThan(figures.median);
      }
    }
  });

  it('compares with the largest other audiences, or with those asked for', async () => {
    const brief = { id: other.id, name: 'blotout_Other', provider: 'klaviyo', tag: 'default' };
    const compared = { ...brief, members: 120, common: 100, share: 0.2, isEstimate: false };
    expect((await analysed(audience.id)).members!.overlap[0]).toEqual(compared);
    const empty = await ground.audience({ name: 'blotout_Nobody' });
    const asked = await analysed(audience.id, `?with=${empty.id},${other.id}`);
    expect(asked.members!.overlap).toEqual([
      compared,
      expect.objectContaining({ id: empty.id, members: 0, common: 0, share: 0 }),
    ]);
  });

  it('tells how it grew, what was refused and how long deliveries took', async () => {
    const { id } = await ground.audience();
    for (const [daysAgo, size] of [
      [100, 5],
      [95, 10],
      [2.5, 20],
      [1, null],
    ] as const)
      await ground.size(id, daysAgo, size);
    const first = await ground.delivery(id, { accepted: 9, added: 8, removed: 1 }, { daysAgo: 3, seconds: 2 });
    await ground.delivery(id, { state: 'failed' }, { daysAgo: 1, seconds: 20 });
    await ground.delivery(id, { state: 'queued', settledAt: null });
    await ground.delivery(id, { added: 99 }, { daysAgo: 91 });
    await ground.rejected(first, 'phone', 'missing-country', [1, 2], 3);
    await ground.rejected(first, '', 'no-usable-identifier', [4]);
    const answer = await analysed(id);
    expect(answer.membersNote).toContain('No members are stored');
    expect(answer.sizes.map(({ size }) => size)).toEqual([10, 20, null]);
    const date = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    expect(answer.growth).toEqual([{ date, added: 8, removed: 1 }]);
    expect(answer.rejections).toEqual([
      { field: 'phone', reason: 'missing-country', users: 5 },
      { field: null, reason: 'no-usable-identifier', users: 1 },
    ]);
    expect(answer.deliveries).toMatchObject({ total: 3, states: { failed: 1, queued: 1, succeeded: 1 } });
    expect(answer.deliveries.durations).toMatchObject({ median: 11, p90: 18.2, max: 20 });
    expect(answer.deliveries.durations!.histogram.map(({ deliveries }) => deliveries)).toEqual([
      0, 1, 0, 1, 0, 0, 0, 0, 0,
    ]);
    expect(answer.sessions.map(({ failed, settledAt }) => [failed, settledAt !== null])).toEqual([
      [0, false],
      [1, true],
      [0, true],
    ]);
    expect(answer.sessions[2]).toMatchObject({ received: 10, accepted: 9, added: 8, removed: 1 });
  });

  it('tells of a real upload', async () => {
    const sent = {
      name: 'Real',
      batch: batchOf({ totalUsers: 500 }),
      users: people,
      query: 'sync=true',
      headers: WRITER,
    };
    expect((await upload(service.origin, { ...sent, query: 'sync=true&channels=facebook' })).status).toBe(200);
    const { id } = await ground.audience({ name: 'blotout_Real', account: 'made by hand' });
    await service.database.query(`update deliveries set custom_audience = '${id}' where segment = 'blotout_Real'`);
    const { deliveries, sessions } = await analysed(id);
    expect(deliveries).toMatchObject({ total: 1, states: { succeeded: 1 }, durations: { max: expect.any(Number) } });
    expect(sessions).toEqual([
      expect.objectContaining({ name: 'Real', origin: 'upload', accepted: 500, received: 500 }),
    ]);
  });

  it('says why nothing is told of members that the platform alone knows', async () => {
    const { id } = await ground.audience({ type: 'website-traffic' });
    const { members, membersNote } = await analysed(id);
    expect([members, membersNote]).toEqual([null, expect.stringContaining('website-traffic')]);
  });

  it.each([
    ['an unknown id', () => randomUUID(), '', 404, 'custom-audience-not-found'],
    ['what is no id', () => 'nonsense', '', 400, 'invalid-request'],
    ['an unknown other', () => audience.id, `?with=${randomUUID()}`, 400, 'invalid-request'],
    ['itself as the other', () => audience.id, () => `?with=${audience.id}`, 400, 'invalid-request'],
    ['what is no other', () => audience.id, '?with=all', 400, 'invalid-request'],
    ['no other', () => audience.id, '?with=', 400, 'invalid-request'],
    [
      'too many',
      () => audience.id,
      `?with=${Array.from({ length: 21 }, () => randomUUID()).join(',')}`,
      400,
      'invalid-request',
    ],
  ])('refuses %s', async (_, id, query, status, code) => {
    const answer = await analysis(id(), typeof query === 'string' ? query : query());
    expect([answer.status, answer.problem.code]).toEqual([status, code]);
  });

  it('needs the scope to read', async () => {
    for (const path of ['analysis', 'report']) {
      const answer = await get(`${service.origin}/custom-audiences/${audience.id}/${path}`, WRITER);
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});

describe('analysing with MEMBERS=off', () => {
  it('tells everything but members, and why', async () => {
    const service = await startService({ MEMBERS: 'off' });
    try {
      const ground = AnalysisGround.on(service.app.get(Database), service.env.ENCRYPTION_KEY!);
      const { id, number } = await ground.audience();
      await ground.put(number, madeUpPeople(3));
      await ground.delivery(id);
      const { body } = await get(`${service.origin}/custom-audiences/${id}/analysis`);
      expect(body).toMatchObject({ members: null, membersNote: expect.stringContaining('MEMBERS=off') });
      expect(body).toMatchObject({ deliveries: { total: 1 } });
    } finally {
      await service.stop();
    }
  });
});
