import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';

/** An empty database of one test file. */
export interface TestDatabase {
  readonly url: string;
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
  return { url: url.href, drop: () => execute(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
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

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
