import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { allPages, batchOf, eventually, get, newSessionId, post, untilState, upload } from './support/upload.js';

const NOBODY = '018f5e7a-0000-7000-8000-000000000000';

/** `/deliveries`: what they show, and how an operator retries and cancels them. */
describe('reading deliveries', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({
      FACEBOOK__EU__ACCESS_TOKEN: 'eu-token',
      FACEBOOK__EU__AD_ACCOUNT_ID: '555',
      FACEBOOK__SLOW__ACCESS_TOKEN: 'slow-token',
      FACEBOOK__SLOW__AD_ACCOUNT_ID: '777',
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

  async function send(name: string, channels: string, batch: Record<string, unknown> = {}): Promise<string> {
    const test = { name, batch: batchOf({ totalUsers: 2, ...batch }), users: TWO_USERS, query: `channels=${channels}` };
    const answer = await upload(service.origin, test);
    expect(answer.status).toBe(200);
    return answer.headers.get('location')!.split('/').at(-1)!;
  }

  const list = async (query: string) => {
    const { status, body } = await get(`${service.origin}/deliveries?${query}`);
    expect(status).toBe(200);
    return body.items as (Record<string, unknown> & { id: string })[];
  };
  const delivery = async (id: string) => (await get(`${service.origin}/deliveries/${id}`)).body;
  const act = (id: string, action: 'retry' | 'cancel') => post(`${service.origin}/deliveries/${id}/${action}`);
  const settled = (session: string, state: string) => untilState(`${service.origin}/sessions/${session}`, state);
  const untilWaiting = (id: string) =>
    eventually(
      () => delivery(id),
      ({ state }) => state === 'waiting',
    );

  describe('GET /deliveries', () => {
    let sessions: string[];

    beforeAll(async () => {
      failEu();
      const batch = { sessionId: newSessionId(), totalBatches: 3, totalUsers: 6 };
      const parts = [1, 2, 3].map((sequence) => send('Listed', 'facebook/default,facebook/eu', { ...batch, sequence }));
      sessions = [...new Set(await Promise.all(parts)), await send('Other', 'facebook/default')];
      await settled(sessions[0]!, 'completed-with-errors');
      await settled(sessions[1]!, 'completed');
    });

    it('lists the oldest first, over as many pages as it takes', async () => {
      const { items, pages } = await allPages(`${service.origin}/deliveries`, 3);
      expect([items.length, new Set(items.map(({ id }) => id)).size, pages]).toEqual([7, 7, 3]);
      const ids = items.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted());
      expect(items.at(-1)).toMatchObject({ session: sessions[1], tag: 'default', segment: 'blotout_Other' });
    });

    it.each([
      ['tag=facebook', 7],
      ['tag=facebook/eu', 3],
      ['state=failed', 3],
      ['state=succeeded', 4],
      ['state=succeeded&tag=facebook/eu', 0],
      ['tag=tiktok', 0],
    ])('finds %s', async (query, count) => {
      const found = await list(query);
      expect(found).toHaveLength(count);
      const [name, value] = query.split('&')[0]!.split('=') as [string, string];
      const told = (one: Record<string, unknown>) =>
        name === 'state' ? one.state : `${one.provider as string}/${one.tag as string}`;
      expect(found.every((one) => String(told(one)).startsWith(value))).toBe(true);
    });

    it('finds those of one session', async () => {
      expect(await list(`session=${sessions[0]}`)).toHaveLength(6);
      expect(await list(`session=${sessions[0]}&tag=facebook/eu&state=failed`)).toHaveLength(3);
      expect(await list(`session=${NOBODY}`)).toEqual([]);
    });

    it.each(['session=12', 'tag=a/b/c', 'state=lost', 'limit=0', 'cursor=WyJ4Il0'])('is 400 for %s', async (query) => {
      const { status, body } = await get(`${service.origin}/deliveries?${query}`);
      expect([status, body.errors?.map(({ field }) => field)]).toEqual([400, [query.split('=')[0]]]);
    });
  });

  describe('GET /deliveries/{id}', () => {
    it('tells all of one delivery', async () => {
      const session = await send('Whole', 'facebook/default');
      const done = await settled(session, 'completed');
      const [{ id }] = (await list(`session=${session}`)) as [{ id: string }];
      const audienceId = (done.body.tags as { audienceId: string }[])[0]!.audienceId;
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(await delivery(id)).toEqual({
        ...{ id, session, provider: 'facebook', tag: 'default', segment: 'blotout_Whole', state: 'succeeded' },
        ...{ attempts: 1, audienceId, received: 2, accepted: 2, skipped: 0, rejected: 0, pending: 0 },
        ...{ customAudience: expect.stringMatching(/^[0-9a-f-]{36}$/), added: 2, unchanged: 0, removed: 0 },
        ...{ error: null, nextAttemptAt: null, waitsForTag: false, createdAt: time, startedAt: time, settledAt: time },
      });
    });

    it.each(['', '/retry', '/cancel'])('answers 404 and 400 at {id}%s', async (action) => {
      const call = (id: string) => {
        const url = `${service.origin}/deliveries/${id}${action}`;
        return action === '' ? get(url) : post(url);
      };
      const [missing, wrong] = [await call(NOBODY), await call('12')];
      expect([missing.status, missing.body.code]).toEqual([404, 'delivery-not-found']);
      expect([wrong.status, wrong.body.errors?.map(({ field }) => field)]).toEqual([400, ['id']]);
    });
  });

  describe('POST /deliveries/{id}/retry', () => {
    it('is 409 unless the delivery failed', async () => {
      const session = await send('Fine', 'facebook/default');
      await settled(session, 'completed');
      const [{ id }] = (await list(`session=${session}`)) as [{ id: string }];
      const answer = await act(id, 'retry');
      expect([answer.status, answer.body.code, answer.body.success]).toEqual([409, 'delivery-not-retryable', false]);
      expect(answer.body.detail).toContain('it is succeeded, not failed');
    });

    it('queues a failed delivery again, once, and leaves the others alone', async () => {
      failEu();
      const session = await send('Retried', 'facebook/default,facebook/eu');
      await settled(session, 'completed-with-errors');
      const [failed] = await list(`session=${session}&state=failed`);
      service.sandbox.facebook.clearFaults();
      service.sandbox.facebook.addFaults({ kind: 'delay', ms: 300, path: '*/users' });
      const answers = await Promise.all([act(failed!.id, 'retry'), act(failed!.id, 'retry')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      expect(answers.find(({ status }) => status === 202)?.body).toMatchObject({ id: failed!.id, settledAt: null });
      await settled(session, 'completed');
      const audiences = service.sandbox.facebook.audiences({}).filter(({ name }) => name === 'blotout_Retried');
      expect(audiences.map(({ rowsReceived }) => rowsReceived)).toEqual([2, 2]);
      expect((await list(`session=${session}`)).map(({ attempts }) => attempts).sort()).toEqual([1, 2]);
    });

    it('is 409 when the payload is no longer stored', async () => {
      failEu();
      const session = await send('Purged', 'facebook/eu');
      await settled(session, 'completed-with-errors');
      await service.database.query(`update batches set payload = null, purged_at = now() where session = '${session}'`);
      const [{ id }] = (await list(`session=${session}`)) as [{ id: string }];
      const answer = await act(id, 'retry');
      expect([answer.status, answer.body.code]).toEqual([409, 'delivery-not-retryable']);
      expect(answer.body.detail).toContain('its payload is no longer stored');
    });
  });

  describe('POST /deliveries/{id}/cancel', () => {
    it('ends a waiting delivery; the other tag and the next delivery of the same tag go on', async () => {
      const limit = { path: '*/act_777/customaudiences', retryAfterSeconds: 4, times: 1 } as const;
      service.sandbox.facebook.addFaults({ kind: 'rate-limit', ...limit });
      const session = await send('Cancelled', 'facebook/default,facebook/slow');
      const [waiting] = await list(`session=${session}&tag=facebook/slow`);
      expect(await untilWaiting(waiting!.id)).toMatchObject({
        error: { code: 'rate-limited', retryable: true },
        nextAttemptAt: expect.any(String),
      });
      const next = await send('Next', 'facebook/slow');

      const answer = await act(waiting!.id, 'cancel');
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ id: waiting!.id, state: 'cancelled', nextAttemptAt: null });
      const { body } = await settled(session, 'completed-with-errors');
      expect(body.tags).toMatchObject([
        { tag: 'default', deliveries: { succeeded: 1 }, accepted: 2 },
        { tag: 'slow', deliveries: { cancelled: 1 }, accepted: 0, pending: 2 },
      ]);
      expect((await settled(next, 'completed')).body.tags).toMatchObject([{ tag: 'slow', accepted: 2 }]);
      expect(await delivery(waiting!.id)).toMatchObject({ state: 'cancelled', attempts: 1, accepted: 0 });
      const names = service.sandbox.facebook.audiences({}).filter(({ account }) => account === '777');
      expect(names.map(({ name }) => name)).toEqual(['blotout_Next']);
    });

    it('stops a running delivery between two chunks, and keeps what was delivered', async () => {
      service.sandbox.facebook.addFaults({ kind: 'delay', ms: 600, path: '*/users' });
      const users = Array.from({ length: 30_000 }, (_, index) => ({ email: `user-${index}@example.com` }));
      const parts = { name: 'Stopped', batch: batchOf({ totalUsers: users.length }), users };
      const answer = await upload(service.origin, { ...parts, query: 'channels=facebook/default' });
      const session = answer.headers.get('location')!.split('/').at(-1)!;
      const [{ id }] = (await list(`session=${session}`)) as [{ id: string }];
      await eventually(
        () => delivery(id),
        ({ accepted }) => accepted === 10_000,
      );
      expect((await act(id, 'cancel')).body).toMatchObject({ state: 'cancelled', accepted: 10_000, pending: 20_000 });
      const stored = await service.database.query(`select payload from batches where session = '${session}'`);
      expect(stored).toEqual([{ payload: null }]);
      service.sandbox.facebook.clearFaults();
      const after = await send('After the stopped one', 'facebook/default');
      await settled(after, 'completed');
      const [audience] = service.sandbox.facebook.audiences({}).filter(({ name }) => name === 'blotout_Stopped');
      // The chunk in flight arrives on the platform, but is not counted: its worker no longer holds the delivery.
      expect(audience!.memberCount).toBeLessThanOrEqual(20_000);
      expect(await delivery(id)).toMatchObject({ state: 'cancelled', accepted: 10_000 });
    });

    it('is 409 when the delivery succeeded or was cancelled', async () => {
      for (const state of ['succeeded', 'cancelled']) {
        const [settledOne] = await list(`state=${state}&limit=1`);
        const answer = await act(settledOne!.id, 'cancel');
        expect([answer.status, answer.body.code]).toEqual([409, 'delivery-not-cancellable']);
        expect(answer.body.detail).toContain(state);
      }
    });
  });
});
