import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  membersOf,
  numbers,
  people,
  rowsTo,
  sent,
  SessionOfBatches,
  storedCounts,
  untilCounted,
  untilMirrored,
} from './support/mirrors.js';
import { startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { eventually } from './support/upload.js';

/** Mirrors through several processes of the built service, some of which are killed. */
describe('a mirror in several processes', () => {
  let ground: TestGround;
  let api: ServiceProcess;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    ground = await startGround({}, { facebook: { removalFloor: 0 } });
    api = await start('api');
  });
  afterEach(async () => {
    ground.sandbox.facebook.clearFaults();
    await Promise.all(running.splice(1).map((service) => service.stop()));
  });
  afterAll(async () => {
    await api.stop();
    await ground.stop();
  });

  async function start(role: string): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ ...ground.env, ROLE: role });
    running.push(service);
    return service;
  }
  const inFacebook = (name: string) => membersOf(ground.sandbox, 'facebook', name);
  const done = async (session: SessionOfBatches) => {
    await untilCounted(api.origin, session.location);
    return untilMirrored(ground, session.location);
  };
  const leaverSessions = async (name: string) =>
    ground.database.query(`select draft from sessions where name = 'blotout_${name}' and origin = 'leavers'`);
  const inFlight = () =>
    eventually(
      () => Promise.resolve(ground.sandbox.facebook.requests({ path: '*/users' }).requests.at(-1)),
      (call) => call?.fault === 'timeout',
    );

  it('is ended once, however many look after it, and takes its batches in from all at once', async () => {
    const both = await Promise.all([start('all'), start('all')]);
    await done(await sent(both[0].origin, { name: 'Both' }, people(0, 29)));
    const session = new SessionOfBatches(both[0].origin, { name: 'Both', totalBatches: 4 });
    const answers = await Promise.all(
      [1, 2, 3, 4, 1, 2].map((sequence, index) =>
        session.send(sequence, people(sequence * 10, sequence * 10 + 9), { origin: both[index % 2]!.origin }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await done(session)).toHaveLength(1);
    expect(inFacebook('Both')).toEqual(numbers(10, 49));
    expect(rowsTo(ground.sandbox, 'facebook', 'Both')).toBe(30 + 20);
    expect(await storedCounts(ground, 'Both')).toEqual([{ provider: 'facebook', uploaded: 40, members: 40 }]);
    expect(await leaverSessions('Both')).toEqual([{ draft: false }]);
  });

  it('comes to its end when its worker is killed while it sends, and when one is while it takes out', async () => {
    let worker = await start('worker');
    await done(await sent(api.origin, { name: 'Killed' }, people(0, 29)));
    ground.sandbox.facebook.addFaults({ kind: 'timeout', path: '*/users', method: 'POST', nth: 1 });
    const session = await sent(api.origin, { name: 'Killed' }, people(10, 39));
    await inFlight();
    await worker.kill();
    ground.sandbox.facebook.addFaults({ kind: 'timeout', path: '*/users', method: 'DELETE', nth: 1 });
    worker = await start('worker');
    const { body } = await untilCounted(api.origin, session.location);
    expect(body.tags).toMatchObject([{ received: 30, accepted: 30, unchanged: 20, added: 10 }]);
    await inFlight();
    expect(inFacebook('Killed')).toEqual(numbers(0, 39));
    await worker.kill();
    await start('worker');
    expect(await done(session)).toHaveLength(1);
    expect(inFacebook('Killed')).toEqual(numbers(10, 39));
    expect(await storedCounts(ground, 'Killed')).toEqual([{ provider: 'facebook', uploaded: 30, members: 30 }]);
    expect(await leaverSessions('Killed')).toEqual([{ draft: false }]);
  }, 180_000);

  it('takes out once those who left, when a worker is killed while it collects them', async () => {
    let worker = await start('worker');
    await done(await sent(api.origin, { name: 'Collected' }, people(0, 29)));
    // The members that leave are read, the session that takes them out cannot be written.
    const { database } = ground;
    await database.query(`create function wait() returns trigger language plpgsql as
      'begin if exists (select 1 from sessions where id = new.session and draft) then perform pg_sleep(600); end if; return new; end'`);
    await database.query('create trigger wait before insert on batches for each row execute function wait()');
    const session = await sent(api.origin, { name: 'Collected' }, people(10, 39));
    await untilCounted(api.origin, session.location);
    await eventually(
      () => leaverSessions('Collected'),
      ({ length }) => length === 1,
    );
    await worker.kill();
    // PostgreSQL notices that the worker is gone when the statement ends.
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`);
    await database.query('drop function wait cascade');
    worker = await start('worker');
    expect(inFacebook('Collected')).toEqual(numbers(0, 39));
    // Nobody waits a minute for the dead worker's lease here.
    await database.query(`update mirrors set lease_until = now() where done_at is null`);
    expect(await done(session)).toHaveLength(1);
    expect(inFacebook('Collected')).toEqual(numbers(10, 39));
    // What the dead worker began is a draft, which is never delivered and thrown away.
    const sessions = await leaverSessions('Collected');
    expect(sessions.map(({ draft }) => draft).sort()).toEqual([false, true]);
  }, 180_000);
});
