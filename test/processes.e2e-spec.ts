import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startGround, type TestGround, TWO_USERS } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, newSessionId, untilState, upload } from './support/upload.js';

const CHUNK = 10_000;

/** Several processes of the built service on one `DATABASE_URL`. */
describe('processes that share a database', () => {
  let ground: TestGround;
  let running: ServiceProcess[];

  beforeAll(async () => {
    running = [];
    ground = await startGround();
  });
  afterAll(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await ground.stop();
  });
  afterEach(() => ground.sandbox.facebook.clearFaults());

  async function start(role: string): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ ...ground.env, ROLE: role });
    running.push(service);
    return service;
  }
  const stopAll = () => Promise.all(running.splice(0).map((service) => service.stop()));
  const named = (name: string) => ground.sandbox.facebook.audiences({}).filter((one) => one.name === `blotout_${name}`);

  describe('two that do everything', () => {
    let both: ServiceProcess[];

    beforeAll(async () => {
      both = await Promise.all([start('all'), start('all')]);
    });
    afterAll(() => stopAll());

    it('start together on an empty database', async () => {
      for (const { origin, log } of both) {
        expect((await get(`${origin}/health/ready`)).status).toBe(200);
        expect(log).not.toMatch(/"level":(50|60)/);
      }
      const [migrations] = await ground.database.query(
        'select count(*)::int as runs from drizzle.__drizzle_migrations',
      );
      expect(migrations!.runs).toBeGreaterThan(0);
    });

    it('make one audience of two batches that come at once, one to each', async () => {
      // The look-up and the creation each take long enough for the other process to come in between.
      ground.sandbox.facebook.addFaults({ kind: 'delay', ms: 300, path: '*/customaudiences' });
      const batch = { sessionId: newSessionId(), totalBatches: 2, totalUsers: 4 };
      const sends = both.map(({ origin }, index) => {
        const users = manyUsers(2, `at-once-${index}`);
        return upload(origin, { name: 'At once', batch: { ...batch, sequence: index + 1 }, users, query: 'sync=true' });
      });
      const answers = await Promise.all(sends);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
      expect(new Set(answers.map(({ body }) => body.results?.[0]?.audienceId)).size).toBe(1);
      expect(named('At once')).toMatchObject([{ memberCount: 4, rowsReceived: 4 }]);
      const created = ground.sandbox.facebook.requests({ path: '*/customaudiences', method: 'POST' }).requests;
      expect(created).toHaveLength(1);
    });

    it('store a batch once that comes to both at the same moment', async () => {
      const test = { name: 'Doubled', batch: batchOf({ totalUsers: 2 }), users: TWO_USERS, query: 'sync=true' };
      const answers = await Promise.all(both.map(({ origin }) => upload(origin, test)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]!.body).toEqual(answers[1]!.body);
      expect(answers.filter(({ headers }) => headers.has('idempotent-replay'))).toHaveLength(1);
      expect(named('Doubled')).toMatchObject([{ memberCount: 2, rowsReceived: 2 }]);
    });
  });

  describe('one that takes in and others that deliver', () => {
    let api: ServiceProcess;
    let worker: ServiceProcess;

    beforeAll(async () => {
      [api, worker] = await Promise.all([start('api'), start('worker')]);
    });
    afterAll(() => stopAll());

    const attempts = async ({ origin }: ServiceProcess) => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return Number(/^audience_delivery_attempts_total\{[^}]*outcome="succeeded"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };

    it('answer sync=true from the one while another works, without waiting for a poll', async () => {
      const send = () =>
        upload(api.origin, { name: 'Split', batch: batchOf({ totalUsers: 2 }), users: TWO_USERS, query: 'sync=true' });
      expect((await send()).body.results).toMatchObject([{ accepted: 2 }]);

      const startedAt = Date.now();
      for (let times = 0; times < 5; times++) expect((await send()).status).toBe(200);
      // Polling alone looks for jobs every 2 s and for outcomes every 10 s: five in turn would take a good ten seconds.
      expect(Date.now() - startedAt).toBeLessThan(6_000);
      expect([await attempts(api), await attempts(worker)]).toEqual([0, 6]);
    });

    it('serve health, metrics and the reading side from the worker too', async () => {
      for (const path of ['/health/live', '/health/ready', '/providers', '/sessions']) {
        expect([path, (await get(worker.origin + path)).status]).toEqual([path, 200]);
      }
    });

    it.each(['/audience', '/audience/preview'])('take nothing in at the worker by %s', async (path) => {
      const test = { name: 'Wrong door', batch: batchOf({ totalUsers: 2 }), users: TWO_USERS, path };
      const { status, body } = await upload(worker.origin, test);
      expect([status, body.code]).toEqual([404, 'not-served-here']);
      const { status: taken, headers } = await upload(api.origin, test);
      expect(taken).toBe(200);
      if (path === '/audience') await untilState(api.origin + headers.get('location'), 'completed');
    });

    it.each([
      ['POST', 'uploads'],
      ['POST', 'users'],
      ['DELETE', 'users'],
      ['POST', 'refresh'],
    ])('take no members in at the worker by %s %s', async (method, path) => {
      const url = `${worker.origin}/custom-audiences/018f5e7a-0000-7000-8000-000000000000/${path}`;
      const answer = await fetch(url, { method });
      expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not-served-here' }]);
    });

    it('take over from a worker that is killed in the middle, and count every user once', async () => {
      // The first chunk is answered, the second never is: it is in flight until its worker is killed.
      ground.sandbox.facebook.addFaults({ kind: 'timeout', path: '*/users', nth: 2 });
      const users = manyUsers(3 * CHUNK, 'taken-over');
      const answer = await upload(api.origin, {
        name: 'Taken over',
        batch: batchOf({ totalUsers: users.length }),
        users,
      });
      const session = api.origin + answer.headers.get('location');
      const sent = () => ground.sandbox.facebook.requests({ path: '*/users' }).requests.at(-1);
      await eventually(
        () => Promise.resolve(sent()?.fault),
        (fault) => fault === 'timeout',
      );
      const other = await start('worker');
      expect((await get(session)).body).toMatchObject({ state: 'delivering', tags: [{ accepted: CHUNK }] });
      await worker.kill();

      const { body } = await untilState(session, 'completed');
      expect(body.tags).toMatchObject([{ received: 30_000, accepted: 30_000, skipped: 0, rejected: 0, pending: 0 }]);
      expect(await attempts(other)).toBe(1);
      expect(named('Taken over')).toMatchObject([{ memberCount: 30_000, rowsReceived: 30_000 }]);
    });
  });
});
