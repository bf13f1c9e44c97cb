import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';

/** An empty database of one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Rows of one statement, as the driver gives them. */
  query(statement: string): Promise<Record<string, unknown>[]>;
  /** Cuts all connections and takes no new ones, as a database that went away. */
  close(): Promise<void>;
  /** Takes connections again. */
  reopen(): Promise<void>;
  /** Ends all connections to it and removes it. */
  drop(): Promise<void>;
}

/** Makes a fresh database on the server of this test run, which the first caller starts. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = await testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const allowConnections = (allow: boolean) => execute(adminUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allow}`);
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
  return {
    url: url.href,
    query: (statement) => execute(url.href, statement),
    close: async () => {
      await allowConnections(false);
      await execute(adminUrl, cut);
    },
    reopen: async () => {
      await allowConnections(true);
    },
    drop: async () => {
      await execute(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

let server: Promise<string> | undefined;

function testServer(): Promise<string> {
  return (server ??= startServer());
}

async function startServer(): Promise<string> {
  const folder = process.env.TEST_DATABASE_DIR;
  if (!folder) throw new Error('TEST_DATABASE_DIR is not set: is global-setup.ts in the Jest configuration?');
  const embedded = await EmbeddedPostgres.start(folder, undefined, join(folder, 'system'));
  // Left running: the next file uses it, and the reaper of the run stops it.
  await embedded.release();
  return embedded.url;
}

async function execute(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
