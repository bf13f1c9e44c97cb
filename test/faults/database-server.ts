import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { binariesFor, type PostgresBinaries } from '../../src/storage/postgres/postgres-binaries.js';
import { DATABASE_USER, PostgresCluster } from '../../src/storage/postgres/postgres-cluster.js';
import { placeFor, type PostgresPlace } from '../../src/storage/postgres/postgres-place.js';
import { runAs } from '../../src/storage/postgres/run-as.js';

/** `fast` ends all connections in order, `immediate` is a crash: the server recovers from its log when it starts again. */
export type RestartMode = 'fast' | 'immediate';

const RESTART_MS = 90_000;
/** Told neither that it starts nor where it keeps things. */
const quiet = () => undefined;

/** A real PostgreSQL of the suite's own, so that it can be restarted. Whoever removes the run's folder stops it. */
export class DatabaseServer {
  private constructor(
    readonly url: string,
    private readonly place: PostgresPlace,
    private readonly binaries: PostgresBinaries,
  ) {}

  static async start(runFolder: string): Promise<DatabaseServer> {
    const [folder, systemDir] = [join(runFolder, 'faults'), join(runFolder, 'system')];
    await mkdir(folder);
    const place = await placeFor(folder, systemDir, quiet);
    const binaries = await binariesFor(place.user, systemDir, quiet);
    const cluster = new PostgresCluster(place.folder, binaries, place.user);
    await cluster.create();
    await cluster.start();
    const port = (await cluster.running())?.port;
    if (!port) throw new Error('The database server did not say where it listens');
    const url = `postgres://${DATABASE_USER}:${await cluster.password()}@127.0.0.1:${port}/postgres`;
    return new DatabaseServer(url, place, binaries);
  }

  get password(): string {
    return new URL(this.url).password;
  }

  /** Takes it down and brings it up again, with the same settings and on the same port. */
  async restart(mode: RestartMode): Promise<void> {
    const data = join(this.place.folder, 'data');
    const args = ['restart', '-D', data, '-m', mode, '-w', '-s', '-t', '60', '-l', join(data, 'server.log')];
    for (const end = Date.now() + RESTART_MS; ; await delay(200)) {
      const { ok, output } = await runAs(this.place.user, this.binaries.pgCtl, args);
      // Processes of a crashed server may take a moment to go; a server that is down already is only started.
      if (ok) return;
      if (Date.now() > end) throw new Error(`The database server did not come back: ${output}`);
    }
  }

  async query<Row extends object>(statement: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 10_000 });
    // Told by the query that fails; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }
}
