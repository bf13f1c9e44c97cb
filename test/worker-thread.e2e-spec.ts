import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.js';
import { manyUsers, TWO_USERS } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, untilState, upload } from './support/upload.js';

const CHUNK = 10_000;

/** Two lives of the service and what it waits for, on a machine that is busy. */
const LONG_TEST_MS = 180_000;

/** One process of the built service with `ROLE=all`: the api in its main thread, the worker in another, one database of its own. */
describe('a process that does everything', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    sandbox = await startSandbox();
    // Below the folder of the test run, whose end takes with it whatever server is still there.
    dataDir = await mkdtemp(join(process.env.TEST_DATABASE_DIR!, 'thread-'));
    await chmod(dataDir, 0o755);
  });
  afterEach(async () => {
    sandbox.facebook.clearFaults();
    await service?.stop();
  });
  afterAll(() => sandbox.stop());

  const environment = () => ({ DATA_DIR: dataDir, RATE_LIMIT_PER_MINUTE: '100000', ...sandbox.facebook.environment });
  const start = async (env: Record<string, string> = {}) =>
    (service = await ServiceProcess.start({ ...environment(), ...env }));
  const metrics = async () => (await fetch(`${service!.origin}/metrics`)).text();
  const serverFile = () => readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => 'gone');
  const audience = (name: string) => sandbox.facebook.audiences({}).find((one) => one.name === `blotout_${name}`);

  /** Stores four chunks and waits until the first of them is delivered and the next is on its way. */
  async function midway(name: string): Promise<string> {
    sandbox.facebook.addFaults({ kind: 'delay', ms: 1_000, path: '*/users' });
    const users = manyUsers(4 * CHUNK);
    const answer = await upload(service!.origin, { name, batch: batchOf({ totalUsers: users.length }), users });
    const location = answer.headers.get('location')!;
    await eventually(
      () => get(service!.origin + location),
      ({ body }) => (body.tags as { accepted: number }[])[0]!.accepted >= CHUNK,
    );
    return location;
  }

  it('tells in its metrics what either thread counted, and of the process and the database once', async () => {
    await start();
    const send = { name: 'Counted', batch: batchOf(), users: TWO_USERS, query: 'sync=true' };
    expect((await upload(service!.origin, send)).body.results).toMatchObject([{ accepted: 2 }]);

    const text = await eventually(metrics, (seen) => seen.includes('audience_delivery_attempts_total{'));
    const lines = text.split('\n');
    const tag = 'provider="facebook",tag="default"';
    expect(lines).toEqual(
      expect.arrayContaining([
        'audience_batches_total{outcome="stored"} 1',
        'audience_users_received_total 2',
        `audience_delivery_attempts_total{${tag},outcome="succeeded"} 1`,
        `audience_users_total{${tag},outcome="accepted"} 2`,
        'audience_sessions{state="completed"} 1',
        `audience_tag_stopped{${tag}} 0`,
        expect.stringMatching(/^nodejs_eventloop_lag_p99_seconds \S+$/),
        expect.stringMatching(/^nodejs_eventloop_lag_p99_seconds\{thread="worker"\} \S+$/),
      ]),
    );
    const ofProcess = lines.filter((line) => line.startsWith('process_')).map((line) => line.split(' ')[0]);
    expect(ofProcess).toContain('process_start_time_seconds');
    expect(ofProcess.filter((name) => name!.includes('{thread='))).toEqual([]);
    expect(new Set(ofProcess).size).toBe(ofProcess.length);
  });

  it('is ready with its worker, and prints whole lines of both threads and no secret', async () => {
    await start();
    const { status, body } = await get(`${service!.origin}/health/ready`);
    const up = { status: 'up' };
    expect([status, body.details]).toEqual([200, { database: up, queue: up, worker: up }]);
    await service!.stop();
    const lines = service!.log.trim().split('\n');
    const contexts = lines.map((line) => (JSON.parse(line) as { context?: string }).context);
    expect(contexts).toEqual(expect.arrayContaining(['DeliveryWorker', 'Database']));
    const secrets = await Promise.all(
      ['encryption.key', 'postgres/password'].map((name) => readFile(join(dataDir, name), 'utf8')),
    );
    expect(secrets.filter((secret) => service!.log.includes(secret.trim()))).toEqual([]);
  });

  it(
    'finishes what is on its way at SIGTERM, ends with status 0 and its database, and goes on from there',
    async () => {
      await start();
      const location = await midway('Drained by a thread');
      expect(await service!.stop()).toBe(0);
      expect(service!.log).not.toMatch(/"level":(50|60)/);
      expect(await serverFile()).toBe('gone');
      const sent = audience('Drained by a thread')!.rowsReceived;
      expect([sent >= CHUNK, sent < 4 * CHUNK]).toEqual([true, true]);

      await start();
      await untilState(service!.origin + location, 'completed');
      expect(audience('Drained by a thread')).toMatchObject({ memberCount: 40_000, rowsReceived: 40_000 });
    },
    LONG_TEST_MS,
  );

  describe('whose worker breaks', () => {
    let signal: string;
    /** Loaded by Node into every thread: once the file is there, one that is not the main thread throws what nobody catches. */
    const broken = (file: string) => {
      const code = `import { existsSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads';
        if (!isMainThread) setInterval(() => { if (existsSync(${JSON.stringify(file)})) throw new Error('ada@example.com'); }, 20);`;
      return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` };
    };

    beforeAll(() => {
      signal = join(dataDir, 'break');
    });
    afterEach(() => rm(signal, { force: true }));

    it(
      'ends with status 1 and its database, says so, and has lost nothing when it is started again',
      async () => {
        await start(broken(signal));
        const location = await midway('Broken');
        await writeFile(signal, '');
        await service!.ended;
        expect(await service!.stop()).toBe(1);
        const last = service!.log.split('\n').filter((line) => line.includes('"level":60'));
        expect(last).toEqual([expect.stringContaining('The thread that delivers ended by itself')]);
        expect(service!.log).not.toContain('ada@example.com');
        expect(await serverFile()).toBe('gone');
        await rm(signal);

        await start();
        // That its worker is gone is noticed after about 13 s.
        await eventually(
          () => get(service!.origin + location),
          ({ body }) => body.state === 'completed',
          60_000,
        );
        expect(audience('Broken')!.memberCount).toBe(40_000);
      },
      LONG_TEST_MS,
    );

    it('says in one sentence that it did not start, and ends with status 1 and its database', async () => {
      await writeFile(signal, '');
      const { code, stderr } = await ServiceProcess.refused({ ...environment(), ...broken(signal), PORT: '0' });
      expect([code, stderr]).toEqual([1, 'Audience API did not start: its worker thread ended\n']);
      expect(await serverFile()).toBe('gone');
    });
  });
});
