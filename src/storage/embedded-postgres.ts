import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { Client } from 'pg';
import { binariesFor } from './postgres/postgres-binaries.js';
import { DATABASE_USER, PostgresCluster } from './postgres/postgres-cluster.js';
import { placeFor } from './postgres/postgres-place.js';

/** Told one sentence at a time; never a password. */
export type Log = (sentence: string) => void;

/** Where root keeps what PostgreSQL's user could not reach otherwise. */
const SYSTEM_DIR = '/var/lib/audience-api';

/** Each process that uses the server holds one connection of this name, so that the last one out can tell. */
const HOLDER = 'audience-api holder';

/** A lock whose holder was killed is free again after this time. */
const LOCK_STALE_MS = 3_000;
const LOCK_WAIT_MS = 240_000;
/** How long a server that is starting or ending may take to say so. */
const SETTLE_TIMEOUT_MS = 60_000;
/** Connections that were just closed are seen by the server a moment later. */
const LINGER_MS = 2_000;

/**
 * Our own PostgreSQL in DATA_DIR: created at the first start, shared by all processes on one DATA_DIR, stopped by the last.
 * A server that was left running by a killed process is taken over. One DATA_DIR belongs to one machine.
 */
export class EmbeddedPostgres {
  private stopping?: Promise<void>;

  private constructor(
    /** For clients; contains the password. */
    readonly url: string,
    private readonly dataDir: string,
    private readonly cluster: PostgresCluster,
    private holder: Client,
    private readonly log: Log,
  ) {}

  /** Creates, starts or takes over the server of this folder. Any number of processes may call it at once. */
  static async start(dataDir: string, log: Log = () => undefined, systemDir = SYSTEM_DIR): Promise<EmbeddedPostgres> {
    const folder = resolve(dataDir);
    await mkdir(folder, { recursive: true });
    return locked(folder, log, async () => {
      const place = await placeFor(folder, systemDir, log);
      const cluster = new PostgresCluster(place.folder, await binariesFor(place.user, systemDir, log), place.user);
      if (!(await cluster.exists())) {
        log(`Creating a PostgreSQL database in ${place.folder}.`);
        await cluster.create();
      }
      await place.remember?.();
      const { url, holder } = await EmbeddedPostgres.open(cluster, log);
      return new EmbeddedPostgres(url, folder, cluster, holder, log);
    });
  }

  /**
   * Lets go of the server, and stops it unless another process uses it. The caller has closed its own connections.
   */
  stop(): Promise<void> {
    this.stopping ??= locked(this.dataDir, this.log, async () => {
      const alone = await this.isAlone();
      await this.holder.end().catch(() => undefined);
      if (alone) await this.cluster.stop();
      else this.log('PostgreSQL is left running: others are connected to it.');
    });
    return this.stopping;
  }

  /** Lets go of the server and leaves it running, for whoever comes next. */
  async release(): Promise<void> {
    this.stopping ??= this.holder.end();
    await this.stopping;
  }

  private static async open(cluster: PostgresCluster, log: Log): Promise<{ url: string; holder: Client }> {
    const deadline = Date.now() + SETTLE_TIMEOUT_MS;
    let started = false;
    for (;;) {
      const server = await cluster.running();
      const url = server?.port ? urlOf(server.port, await cluster.password()) : undefined;
      const holder = url && (await connect(url));
      if (url && holder) {
        log(started ? 'PostgreSQL is running.' : 'PostgreSQL was running already: using it.');
        return { url, holder };
      }
      if (Date.now() > deadline) throw new Error('A PostgreSQL process holds the database but takes no connections.');
      if (server) await delay(50);
      else {
        await cluster.start();
        started = true;
      }
    }
  }

  private async isAlone(): Promise<boolean> {
    const deadline = Date.now() + LINGER_MS;
    for (;;) {
      const others = await this.otherClients();
      if (others.length === 0) return true;
      if (others.includes(HOLDER) || Date.now() > deadline) return false;
      await delay(20);
    }
  }

  /** The application names of everybody else's connections. */
  private async otherClients(): Promise<string[]> {
    const query = `select application_name from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()`;
    const ask = async () => (await this.holder.query<{ application_name: string }>(query)).rows;
    const rows = await ask().catch(async () => {
      // Our connection broke: the server was stopped, or restarted by another process.
      const server = await this.cluster.running();
      const holder = server?.port && (await connect(urlOf(server.port, await this.cluster.password())));
      if (!holder) return [];
      this.holder = holder;
      return ask();
    });
    return rows.map((row) => row.application_name);
  }
}

function urlOf(port: number, password: string): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/postgres`;
}

/** A connection, or `undefined` while the server is starting or ending. */
async function connect(url: string): Promise<Client | undefined> {
  const client = new Client({ connectionString: url, application_name: HOLDER, connectionTimeoutMillis: 5_000 });
  // Whoever uses the database notices a lost server by itself; here it must only not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const code = (error as { code?: string }).code ?? '';
    // Class 28: the password on disk is not the server's.
    if (code.startsWith('28')) throw new Error(`The embedded PostgreSQL refuses its own password (${code}).`);
    return undefined;
  }
}

/**
 * Runs `work` while no other process starts or stops the server of this folder. Should this process be suspended so long that
 * the lock goes to another, nothing breaks: creation ends in one rename, and PostgreSQL itself allows one server at a time.
 */
async function locked<T>(folder: string, log: Log, work: () => Promise<T>): Promise<T> {
  const unlock = await lock(folder, {
    lockfilePath: join(folder, 'postgres.lock'),
    stale: LOCK_STALE_MS,
    retries: { retries: LOCK_WAIT_MS / 100, factor: 1, minTimeout: 100, maxTimeout: 100 },
    onCompromised: () => log('The lock of the database folder was lost to another process.'),
  });
  try {
    return await work();
  } finally {
    // Fails only when the lock was lost, which was logged.
    await unlock().catch(() => undefined);
  }
}
