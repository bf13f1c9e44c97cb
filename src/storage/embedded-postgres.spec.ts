import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { EmbeddedProcess } from '../../test/support/embedded-process.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { runningServer } from './postgres/postmaster-pid.js';

describe('EmbeddedPostgres', () => {
  /** Of the test alone, and empty; or the one that all tests with `useSharedDatabase` share, to save the creation. */
  let dataDir: string;
  let shared: string | undefined;
  const folders: string[] = [];
  const started: { stop(): Promise<void> }[] = [];

  beforeEach(async () => {
    dataDir = await newFolder();
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  });

  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
    await chmod(folder, 0o755);
    folders.push(folder);
    return folder;
  }

  async function useSharedDatabase(): Promise<void> {
    if (!shared) {
      shared = dataDir;
      await (await start()).stop();
    }
    dataDir = shared;
  }

  async function start(log?: (sentence: string) => void): Promise<EmbeddedPostgres> {
    const server = await EmbeddedPostgres.start(dataDir, log);
    started.push(server);
    return server;
  }

  async function startProcess(): Promise<EmbeddedProcess> {
    const child = await EmbeddedProcess.start(dataDir);
    started.push(child);
    return child;
  }

  const running = () => runningServer(join(dataDir, 'postgres', 'data'));

  it('keeps what was written from one run to the next, and leaves no process', async () => {
    const first = await start();
    await query(first.url, 'drop table if exists kept; create table kept as select 42 as answer');
    await first.stop();
    expect(await running()).toBeUndefined();
    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    expect(await running()).toBeUndefined();
  });

  it('is durable, in UTF-8, on loopback only, and asks for its random password', async () => {
    const { url } = await start();
    const ask = async (setting: string) => (await query(url, `select current_setting('${setting}') as is`))[0]?.is;
    expect(await ask('fsync')).toBe('on');
    expect(await ask('server_encoding')).toBe('UTF8');
    expect(await ask('listen_addresses')).toBe('127.0.0.1');
    expect(await ask('unix_socket_directories')).toBe('');
    const password = (await readFile(join(dataDir, 'postgres', 'password'), 'utf8')).trim();
    expect(password).toHaveLength(32);
    expect((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'postgres', 'data'))).mode & 0o777).toBe(0o700);
    await expect(query(url.replace(password, 'x'.repeat(32)), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('writes no value of a failed statement to its log', async () => {
    await useSharedDatabase();
    const { url } = await start();
    await expect(query(url, `select 'ann@example.com'::integer`)).rejects.toMatchObject({ code: '22P02' });
    const log = await readFile(join(dataDir, 'postgres', 'data', 'server.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('ann@example.com');
  });

  it('is one server for two processes that start at once, until the last has gone', async () => {
    const [one, two] = await Promise.all([startProcess(), startProcess()]);
    expect(one.url).toBe(two.url);
    await one.stop();
    expect(await query(two.url, 'select 1 as up')).toEqual([{ up: 1 }]);
    await two.stop();
    expect(await running()).toBeUndefined();
  });

  it('is taken over when the process that started it was killed, and stopped by the new owner', async () => {
    await useSharedDatabase();
    const killed = await startProcess();
    await query(killed.url, 'drop table if exists kept; create table kept as select 42 as answer');
    await killed.kill();
    const before = await running();
    expect(before).toBeDefined();
    const owner = await start();
    expect(await running()).toEqual(before);
    expect(await query(owner.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await owner.stop();
    expect(await running()).toBeUndefined();
  });

  it('comes back with everything after it was killed itself', async () => {
    await useSharedDatabase();
    const first = await start();
    await query(first.url, 'drop table if exists kept; create table kept as select 42 as answer');
    process.kill((await running())!.pid, 'SIGKILL');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('starts beside the pid file of a server that died, whoever has its number now', async () => {
    await useSharedDatabase();
    const data = join(dataDir, 'postgres', 'data');
    const { uid, gid } = await stat(data);
    const other = spawn('sleep', ['60'], { uid, gid });
    for (const content of [pidFile(4_194_303, data), pidFile(other.pid!, data), '']) {
      await writeFile(join(data, 'postmaster.pid'), content, { mode: 0o600 });
      await chown(join(data, 'postmaster.pid'), uid, gid);
      const server = await start();
      expect(await query(server.url, 'select 1 as up')).toEqual([{ up: 1 }]);
      await server.stop();
    }
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  it('starts over when the first creation was killed half-way', async () => {
    const draft = join(dataDir, 'postgres.0badcafe.draft');
    await mkdir(join(draft, 'data'), { recursive: true });
    await writeFile(join(draft, 'data', 'PG_VERSION'), '18\n');
    await start();
    expect((await readdir(dataDir)).sort()).toEqual(['postgres']);
  });

  it('starts while the lock of a killed process is still there', async () => {
    await useSharedDatabase();
    await mkdir(join(dataDir, 'postgres.lock'));
    expect(await query((await start()).url, 'select 1 as up')).toEqual([{ up: 1 }]);
  });

  it('runs on when somebody else is connected, and lets go', async () => {
    await useSharedDatabase();
    const guest = new Client({ connectionString: (await start()).url });
    await guest.connect();
    await started[0]!.stop();
    expect((await guest.query('select 1 as up')).rows).toEqual([{ up: 1 }]);
    await guest.end();
    await (await start()).stop();
    expect(await running()).toBeUndefined();
  });

  it('never tells its password', async () => {
    const told: string[] = [];
    await (await start((sentence) => told.push(sentence))).stop();
    await (await start((sentence) => told.push(sentence))).stop();
    const password = (await readFile(join(dataDir, 'postgres', 'password'), 'utf8')).trim();
    expect(told.length).toBeGreaterThan(2);
    expect(told.join()).not.toContain(password);
  });

  it('does not take a lost database for a new one', async () => {
    await writeFile(join(dataDir, 'postgres.location'), '/var/lib/audience-api/0123456789abcdef\n');
    await expect(start()).rejects.toThrow(/run the service as root|bring it back/);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('works below a folder that only root may enter', async () => {
    const systemDir = join(dataDir, 'system');
    const home = join(dataDir, 'home');
    await mkdir(join(home, 'data'), { recursive: true });
    await chmod(home, 0o700);
    const told: string[] = [];
    const first = await EmbeddedPostgres.start(join(home, 'data'), (sentence) => told.push(sentence), systemDir);
    await query(first.url, 'drop table if exists kept; create table kept as select 42 as answer');
    await first.stop();
    expect(told.join(' ')).toContain(`the database is kept in ${systemDir}/`);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    // Stable: also when the folder could be entered later.
    await chmod(home, 0o755);
    const second = await EmbeddedPostgres.start(join(home, 'data'), undefined, systemDir);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    await rm(systemDir, { recursive: true });
    await expect(EmbeddedPostgres.start(join(home, 'data'), undefined, systemDir)).rejects.toThrow(/bring it back/);
  });
});

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function pidFile(pid: number, data: string): string {
  return [pid, data, '1700000000', '5432', '', '127.0.0.1', '', 'ready', ''].join('\n');
}
