import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import * as customAudiences from './custom-audience-schema.js';
import * as events from './event-schema.js';
import * as members from './member-schema.js';
import { migrateDatabase } from './migrator.js';
import * as core from './schema.js';
import * as tags from './tag-schema.js';

interface Journal {
  readonly entries: readonly unknown[];
}

describe('migrateDatabase', () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  async function columns(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
    );
    // Partitions are no tables of their own.
    return rows.map((row) => row.name).filter((name) => !/^(migration_lock|members_\d+)\./.test(name));
  }

  async function applied(): Promise<number> {
    return (await client.query('select 1 from drizzle.__drizzle_migrations')).rows.length;
  }

  it('makes exactly the tables and columns of the schema', async () => {
    await migrateDatabase(database.url);
    const schemas = [core, tags, customAudiences, events, members];
    const tables = schemas.flatMap((schema): unknown[] => Object.values(schema)).filter((value) => is(value, PgTable));
    const expected = tables
      .map((table) => getTableConfig(table))
      .flatMap((t) => t.columns.map((column) => `${t.name}.${column.name}`));
    expect(expected).toContain('deliveries.state');
    expect((await columns()).sort()).toEqual(expected.sort());
  });

  it('lets four start at once on an empty database, and applies each migration once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(database.url)));
    const journal = await readFile(join(import.meta.dirname, 'migrations', 'meta', '_journal.json'), 'utf8');
    expect(await applied()).toBe((JSON.parse(journal) as Journal).entries.length);
  });

  it('changes nothing the second time', async () => {
    await migrateDatabase(database.url);
    const before = await applied();
    await client.query(`insert into sessions (id, name, type, session_id, total_batches, total_users, created_at)
      values (gen_random_uuid(), 'vip', 'custom', 1, 1, 1, now())`);
    await migrateDatabase(database.url);
    expect(await applied()).toBe(before);
    expect((await client.query('select 1 from sessions')).rows).toHaveLength(1);
  });

  it('waits for another process that is migrating', async () => {
    await migrateDatabase(database.url);
    await client.query('begin');
    await client.query('select id from migration_lock for update');
    let done = false;
    const waiting = migrateDatabase(database.url).then(() => (done = true));
    await lockWaiter(database.url);
    expect(done).toBe(false);
    await client.query('commit');
    await waiting;
  });

  it('says that the database cannot be reached, without its address', async () => {
    const failure = migrateDatabase('postgres://ann:secret@127.0.0.1:1/audience');
    await expect(failure).rejects.toThrow('The database cannot be reached (ECONNREFUSED). Check DATABASE_URL.');
  });
});

/** Resolves when somebody waits for a row lock in this database. */
async function lockWaiter(url: string): Promise<void> {
  const watcher = new Client({ connectionString: url });
  await watcher.connect();
  const query = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await watcher.query(query)).rows.length === 0);
  await watcher.end();
}
