import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { sqlState, withoutValues } from './query-error.js';

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** `IF NOT EXISTS` does not look at what another transaction is about to create: one of the two then fails with one of these. */
const LOST_RACE = new Set(['23505', '42P07', '42710', '40001', '40P01']);
const RACE_TRIES = 20;

/**
 * Brings the database to the newest schema. Any number of processes may call it at once: one migrates, the others wait and
 * find nothing left to do. The lock is a row held by a transaction of its own connection, because advisory locks are missing
 * in distributed PostgreSQLs; it goes with the connection when the process dies.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const [holder, worker] = await Promise.all([connect(url), connect(url)]);
  try {
    await createLock(holder);
    await holder.query('BEGIN');
    await holder.query('SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE');
    await migrate(withoutValues(drizzle(worker)), { migrationsFolder: MIGRATIONS });
    await holder.query('COMMIT');
  } finally {
    await Promise.all([holder.end(), worker.end()]);
  }
}

async function createLock(client: Client): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query('CREATE TABLE IF NOT EXISTS migration_lock (id integer PRIMARY KEY)');
      await client.query('INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING');
      return;
    } catch (error) {
      if (tries === RACE_TRIES || !LOST_RACE.has(sqlState(error) ?? '')) throw error;
      await delay(randomInt(10, 50));
    }
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'audience-api',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks between two statements fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    // The driver's own message names host and user.
    throw new Error(`The database cannot be reached (${sqlState(error) ?? 'no answer'}). Check DATABASE_URL.`);
  }
}
