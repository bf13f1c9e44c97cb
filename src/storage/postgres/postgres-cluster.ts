import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { defusePidFile, runningServer, type RunningServer } from './postmaster-pid.js';
import { runAs, type SystemUser } from './run-as.js';

/** The name of the only database user; its password is random. */
export const DATABASE_USER = 'postgres';

/** Recovery after a crash replays what was written since the last checkpoint. */
const START_TIMEOUT_S = 180;
const STOP_TIMEOUT_S = 60;

/**
 * Given at each start, so that a newer version of the service applies its own. The server's log leaves errors of statements
 * out (`log` ranks above `error`): they quote values, and whoever sent the statement gets them anyway.
 */
const SETTINGS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

/** What start-up says when another try may succeed: the port was taken meanwhile, or a killed server's workers still end. */
const WORTH_ANOTHER_TRY = /could not bind|could not create any TCP\/IP sockets|pre-existing shared memory block/;
const START_TRIES = 25;

/** One database cluster on disk: `data` and `password` in a folder. Callers hold the lock of the folder. */
export class PostgresCluster {
  private readonly data: string;
  private readonly serverLog: string;

  constructor(
    private readonly folder: string,
    private readonly binaries: PostgresBinaries,
    private readonly user: SystemUser | undefined,
  ) {
    this.data = join(folder, 'data');
    this.serverLog = join(this.data, 'server.log');
  }

  /** Whether the cluster was created, completely. */
  async exists(): Promise<boolean> {
    return stat(this.folder).then(
      () => true,
      () => false,
    );
  }

  async password(): Promise<string> {
    return (await readFile(join(this.folder, 'password'), 'utf8')).trim();
  }

  /** Creates the cluster beside its place and moves it there in one step, so that a half-made one is never taken for real. */
  async create(): Promise<void> {
    await this.removeDrafts();
    const draft = `${this.folder}.${randomBytes(4).toString('hex')}.draft`;
    const [data, password] = [join(draft, 'data'), join(draft, 'password')];
    await mkdir(data, { recursive: true });
    await chmod(draft, 0o755);
    await chmod(data, 0o700);
    await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    if (this.user) for (const path of [data, password]) await chown(path, this.user.uid, this.user.gid);
    const made = await runAs(this.user, this.binaries.initdb, [
      `--pgdata=${data}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    if (!made.ok) throw new Error(`PostgreSQL could not create a database in ${draft}: ${made.output}`);
    await rename(draft, this.folder);
    await syncFolder(dirname(this.folder));
  }

  /** The server that runs on this cluster right now, whoever started it. */
  running(): Promise<RunningServer | undefined> {
    return runningServer(this.data);
  }

  /** Starts the server, which then is a daemon of its own, and answers when it takes connections. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      await defusePidFile(this.data);
      // The log of the run before is kept, and no more: it would grow for ever.
      await rename(this.serverLog, `${this.serverLog}.1`).catch(() => undefined);
      const started = await this.control('start', START_TIMEOUT_S, [
        ...['-l', this.serverLog],
        ...['-o', settings(await freePort())],
      ]);
      if (started.ok) return;
      const log = await readFile(this.serverLog, 'utf8').catch(() => '');
      if (tries === START_TRIES || !WORTH_ANOTHER_TRY.test(log)) {
        throw new Error(`PostgreSQL did not start in ${this.folder}: ${log.trim() || started.output}`);
      }
      await delay(200);
    }
  }

  /** Ends all connections and writes everything out. */
  async stop(): Promise<void> {
    if (!(await this.running())) return;
    const stopped = await this.control('stop', STOP_TIMEOUT_S, ['-m', 'fast']);
    if (!stopped.ok && (await this.running())) {
      throw new Error(`PostgreSQL did not stop in ${this.folder}: ${stopped.output}`);
    }
  }

  private control(action: string, timeoutS: number, args: readonly string[]) {
    const common = [action, '-D', this.data, '-w', '-s', '-t', String(timeoutS)];
    return runAs(this.user, this.binaries.pgCtl, [...common, ...args]);
  }

  private async removeDrafts(): Promise<void> {
    const [parent, name] = [dirname(this.folder), basename(this.folder)];
    for (const entry of await readdir(parent)) {
      if (entry.startsWith(`${name}.`) && entry.endsWith('.draft')) {
        await rm(join(parent, entry), { recursive: true, force: true });
      }
    }
  }
}

function settings(port: number): string {
  return Object.entries({ ...SETTINGS, port })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Makes a rename survive a crash of the machine. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
