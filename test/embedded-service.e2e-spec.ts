import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.js';
import { manyUsers, TWO_USERS } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, untilState, upload } from './support/upload.js';

/** The built service with a database of its own: `DATABASE_URL` unset, everything in `DATA_DIR`. */
describe('the service with its embedded database', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    sandbox = await startSandbox();
    // Below the folder of the test run, whose end takes with it whatever server is still there.
    dataDir = await mkdtemp(join(process.env.TEST_DATABASE_DIR!, 'service-'));
    await chmod(dataDir, 0o755);
  });
  afterAll(async () => {
    await service?.stop();
    await sandbox.stop();
  });

  async function start(env: Record<string, string> = {}): Promise<ServiceProcess> {
    return (service = await ServiceProcess.start({ DATA_DIR: dataDir, ...sandbox.facebook.environment, ...env }));
  }

  /** The server's process, as its own file says. */
  async function postgres(): Promise<number | undefined> {
    const file = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '');
    return file === '' ? undefined : Number(file.split('\n')[0]);
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  /** It removes its file a moment before it ends. */
  const untilGone = (pid: number) =>
    eventually(
      () => Promise.resolve(isAlive(pid)),
      (alive) => !alive,
    );

  /** Stores a batch whose delivery has to wait: the service is killed before that is over. */
  async function store(name: string): Promise<string> {
    sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/customaudiences', times: 1, retryAfterSeconds: 3 });
    const answer = await upload(service!.origin, { name, batch: batchOf({ totalUsers: 20 }), users: manyUsers(20) });
    const location = answer.headers.get('location')!;
    await eventually(
      () => get(service!.origin + location),
      ({ body }) => JSON.stringify(body).includes('rate-limited'),
    );
    return location;
  }

  it('makes its database and its key, for its own eyes only', async () => {
    await start();
    const key = await stat(join(dataDir, 'encryption.key'));
    const password = await stat(join(dataDir, 'postgres/password'));
    const data = await stat(join(dataDir, 'postgres/data'));
    expect([key, password, data].map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['600', '600', '700']);
    const answer = await upload(service!.origin, {
      name: 'First',
      batch: batchOf(),
      users: TWO_USERS,
      query: 'sync=true',
    });
    expect(answer.body.results).toMatchObject([{ accepted: 2 }]);
  });

  it('is killed, starts again beside the server that was left running, and has lost nothing', async () => {
    const location = await store('Left running');
    const pid = await postgres();
    await service!.kill();
    expect(isAlive(pid!)).toBe(true);

    await start();
    expect(await postgres()).toBe(pid);
    expect(service!.log).toContain('PostgreSQL was running already: using it.');
    expect(service!.log).not.toMatch(/lock file|"level":(50|60)/);
    const { body } = await untilState(service!.origin + location, 'completed');
    expect(body.tags).toMatchObject([{ received: 20, accepted: 20 }]);
    const sessions = (await get(`${service!.origin}/sessions`)).body.items as { name: string }[];
    expect(sessions.map(({ name }) => name)).toEqual(['Left running', 'First']);
  });

  it('is killed together with its server, starts both again, and has lost nothing', async () => {
    const location = await store('All killed');
    const pid = (await postgres())!;
    await service!.kill();
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
    expect(await postgres()).toBe(pid);

    await start();
    expect(await postgres()).not.toBe(pid);
    expect(service!.log).not.toMatch(/lock file|"level":(50|60)/);
    const { body } = await untilState(service!.origin + location, 'completed');
    expect(body.tags).toMatchObject([{ received: 20, accepted: 20 }]);
  });

  it('leaves no process behind when it ends in order', async () => {
    const pid = (await postgres())!;
    expect(isAlive(pid)).toBe(true);
    expect(await service!.stop()).toBe(0);
    expect(await postgres()).toBeUndefined();
    await untilGone(pid);
  });

  it('shares the server with a second service on the same folder, and the last one stops it', async () => {
    const [one, other] = await Promise.all([start({ ROLE: 'api' }), start({ ROLE: 'worker' })]);
    const pid = (await postgres())!;
    const test = { name: 'Shared', batch: batchOf(), users: TWO_USERS, query: 'sync=true' };
    expect((await upload(one.origin, test)).body.results).toMatchObject([{ accepted: 2 }]);
    expect(await one.stop()).toBe(0);
    expect([isAlive(pid), (await get(`${other.origin}/health/ready`)).status]).toEqual([true, 200]);
    expect(await other.stop()).toBe(0);
    expect(await postgres()).toBeUndefined();
    await untilGone(pid);
  });
});
