import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { allPages, batchOf, get, newSessionId, type TestAnswer, untilState, upload } from './support/upload.js';

/** What `GET /sessions` and below tell of uploads. */
describe('reading sessions', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({
      FACEBOOK__EU__ACCESS_TOKEN: 'eu-token',
      FACEBOOK__EU__AD_ACCOUNT_ID: '555',
    });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.sandbox.facebook.clearFaults();
  });

  /** An account that refuses for good to make an audience: only a person can help. */
  const failEu = () =>
    service.sandbox.facebook.addFaults({
      kind: 'error',
      status: 400,
      code: 100,
      method: 'POST',
      path: '*/act_555/customaudiences',
    });

  /** Posts one batch and returns the address of its session. */
  async function send(test: { name: string; type?: string; batch?: Record<string, unknown>; users?: unknown }) {
    const { name, type, batch, users = TWO_USERS } = test;
    const answer = await upload(service.origin, { name, type, batch: batchOf({ totalUsers: 2, ...batch }), users });
    expect(answer.status).toBe(200);
    return service.origin + answer.headers.get('location');
  }

  const tags = ({ body }: TestAnswer) => body.tags as Record<string, unknown>[];
  const list = (query: string) => get(`${service.origin}/sessions${query}`);

  describe('GET /sessions', () => {
    const sessionId = newSessionId();
    let addresses: string[];

    beforeAll(async () => {
      addresses = [];
      for (const name of ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon']) {
        addresses.push(await send({ name, batch: { sessionId } }));
      }
      addresses.push(await send({ name: 'Alpha', type: 'primary', batch: { sessionId } }));
    });

    const newestFirst = () => addresses.map((address) => address.split('/').at(-1)).reverse();

    it('lists the newest first, over as many pages as it takes', async () => {
      const { items, pages } = await allPages(`${service.origin}/sessions`, 2);
      expect(items.map(({ id }) => id).slice(0, 6)).toEqual(newestFirst());
      expect(pages).toBe(Math.ceil(items.length / 2));
      const times = items.map(({ createdAt }) => Date.parse(createdAt as string));
      expect(times).toEqual(times.toSorted((one, other) => other - one));
    });

    it('goes on behind the cursor although newer sessions came in meanwhile', async () => {
      const first = await list('?limit=2');
      await send({ name: 'Later' });
      const second = await list(`?limit=2&cursor=${first.body.nextCursor as string}`);
      const ids = [first, second].flatMap(({ body }) => (body.items as { id: string }[]).map(({ id }) => id));
      expect(ids).toEqual(newestFirst().slice(0, 4));
    });

    it.each([
      ['name=Alpha', ['primary', 'custom'], ['Alpha', 'Alpha']],
      ['name=Alpha&type=primary', ['primary'], ['Alpha']],
      [`sessionId=${sessionId}&type=custom`, Array(5).fill('custom'), ['Epsilon', 'Delta', 'Gamma', 'Beta', 'Alpha']],
      ['name=alpha', [], []],
      ['sessionId=0', [], []],
    ])('finds what %s asks for', async (query, types, names) => {
      const { status, body } = await list(`?${query}`);
      const items = body.items as { name: string; type: string }[];
      expect([status, items.map(({ type }) => type), items.map(({ name }) => name)]).toEqual([200, types, names]);
      expect(body.nextCursor).toBeNull();
    });

    it.each([
      ['limit=0', 'limit'],
      ['limit=501', 'limit'],
      ['limit=many', 'limit'],
      ['type=special', 'type'],
      ['sessionId=-1', 'sessionId'],
      ['sessionId=9007199254740993', 'sessionId'],
      ['cursor=bm90LW91cnM', 'cursor'],
      ['name=a&name=b', 'name'],
    ])('is 400 for %s, naming the parameter', async (query, field) => {
      const { status, body } = await list(`?${query}`);
      expect([status, body.success, body.errors?.map((error) => error.field)]).toEqual([400, false, [field]]);
    });
  });

  describe('GET /sessions/{id}', () => {
    it('goes from receiving to completed, with totals per tag that always add up', async () => {
      const batch = { sessionId: newSessionId(), totalBatches: 2, totalUsers: 5 };
      const first = await send({ name: 'Progress', batch: { ...batch, sequence: 1 } });
      expect((await get(first)).body).toMatchObject({
        name: 'Progress',
        type: 'custom',
        sessionId: batch.sessionId,
        state: 'receiving',
        totalBatches: 2,
        batchesReceived: 1,
        totalUsers: 5,
        usersReceived: 2,
        warnings: [],
      });

      service.sandbox.facebook.addFaults({ kind: 'delay', ms: 400, path: '*/users' });
      expect(await send({ name: 'Progress', batch: { ...batch, sequence: 2 }, users: manyUsers(3) })).toBe(first);
      const delivering = await get(first);
      expect(delivering.body).toMatchObject({ state: 'delivering', batchesReceived: 2, usersReceived: 5 });
      for (const { received, accepted, skipped, rejected, pending } of tags(delivering) as Record<string, number>[]) {
        expect(received).toBe(5);
        expect(accepted! + skipped! + rejected! + pending!).toBe(5);
        expect(pending).toBeGreaterThan(0);
      }

      const done = await untilState(first, 'completed');
      const members = { added: 5, unchanged: 0, removed: 0 };
      const users = { received: 5, accepted: 5, skipped: 0, rejected: 0, pending: 0, ...members };
      const counts = { ...users, deliveries: { succeeded: 2 } };
      const remote = service.sandbox.facebook.audiences({}).filter(({ name }) => name === 'blotout_Progress');
      const idIn = (account: string) => remote.find((audience) => audience.account === account)!.id;
      expect(tags(done)).toEqual([
        { provider: 'facebook', tag: 'default', audienceId: idIn('1234567890'), ...counts, lastError: null },
        { provider: 'facebook', tag: 'eu', audienceId: idIn('555'), ...counts, lastError: null },
      ]);
      expect(done.body.rejections).toEqual([]);
    });

    it('is completed-with-errors when one tag failed, and says why at that tag alone', async () => {
      failEu();
      const session = await untilState(await send({ name: 'One tag down' }), 'completed-with-errors');
      expect(tags(session)).toMatchObject([
        { tag: 'default', deliveries: { succeeded: 1 }, accepted: 2, pending: 0, lastError: null },
        {
          tag: 'eu',
          deliveries: { failed: 1 },
          accepted: 0,
          pending: 2,
          lastError: { code: 'request-rejected', nextAttemptAt: null },
        },
      ]);
    });

    it('warns when the users that came are not as many as were said, and not before all batches are in', async () => {
      const batch = { sessionId: newSessionId(), totalBatches: 2, totalUsers: 9 };
      const session = await send({ name: 'Fewer', batch: { ...batch, sequence: 1 } });
      expect((await get(session)).body.warnings).toEqual([]);
      await send({ name: 'Fewer', batch: { ...batch, sequence: 2 } });
      const { body } = await untilState(session, 'completed');
      expect(body.warnings).toEqual(['totalUsers said 9, but 4 users came in 2 batches']);
    });

    it.each([
      ['00000000-0000-7000-8000-000000000000', 404, 'session-not-found'],
      ['12345', 400, 'invalid-request'],
    ])('answers %s with %i', async (id, status, code) => {
      for (const path of [id, `${id}/rejections`, `${id}/rejections?format=csv`]) {
        const answer = await get(`${service.origin}/sessions/${path}`);
        expect([answer.status, answer.body.code, answer.body.success]).toEqual([status, code, false]);
      }
    });
  });
});
