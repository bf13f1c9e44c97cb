import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { eq, sql } from 'drizzle-orm';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { AppConfig } from '../config/config.js';
import { Database, type Transaction } from './database.js';
import { PayloadCipher } from './payload-cipher.js';
import { QueryError } from './query-error.js';
import { sessions } from './schema.js';
import { StorageModule } from './storage.module.js';

const SESSION = {
  id: '0197c3a4-0000-7000-8000-000000000001',
  name: 'spring-buyers',
  type: 'custom',
  sessionId: 7_000_000_000,
  totalBatches: 1,
  totalUsers: 10,
  createdAt: new Date('2026-03-01T10:00:00.123Z'),
} as const;

describe('Database', () => {
  let server: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    server = await createTestDatabase();
    database = await Database.open({ databaseUrl: server.url, dataDir: 'unused' });
  });

  afterEach(async () => {
    await database.close();
    await server.drop();
  });

  it('keeps what a transaction did, once it is over', async () => {
    await database.transaction((tx) => tx.insert(sessions).values(SESSION));
    const stored = { ...SESSION, number: expect.any(Number), mode: 'append', origin: 'upload', draft: false };
    expect(await database.query.select().from(sessions)).toEqual([stored]);
  });

  it('keeps nothing of a transaction that failed, and gives its connection back', async () => {
    for (let i = 0; i < database.pool.options.max + 1; i++) {
      const failing = database.transaction(async (tx) => {
        await tx.insert(sessions).values(SESSION);
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
    }
    expect(await database.query.select().from(sessions)).toEqual([]);
    expect(database.pool.idleCount).toBe(database.pool.totalCount);
  });

  it('repeats a transaction that got in the way of another, and loses neither', async () => {
    await database.query.insert(sessions).values(SESSION);
    let attempts = 0;
    const meet = barrier(2);
    const addUser = async (tx: Transaction) => {
      attempts++;
      await tx.execute(sql`set transaction isolation level serializable`);
      const [row] = await tx.select().from(sessions).where(eq(sessions.id, SESSION.id));
      await meet();
      await tx.update(sessions).set({ totalUsers: row!.totalUsers + 1 });
    };
    await Promise.all([database.transaction(addUser), database.transaction(addUser)]);
    expect((await database.query.select().from(sessions))[0]?.totalUsers).toBe(12);
    expect(attempts).toBe(3);
  });

  it.each([
    ['in a single statement', () => database.query],
    ['in a transaction', (tx: Transaction) => tx],
  ])('tells what failed %s without any value', async (_, on) => {
    await database.query.insert(sessions).values(SESSION);
    const failing = database.transaction((tx) => on(tx).insert(sessions).values(SESSION));
    const error = await failing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toMatchObject({ code: '23505', constraint: 'sessions_pkey' });
    const told = `${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`;
    expect(told).toContain('insert into "sessions"');
    expect(told).not.toMatch(/spring-buyers|7000000000|0197c3a4/);
  });

  it('survives the loss of its connections, idle and in use', async () => {
    await database.query.execute(sql`select 1`);
    const losing = database.transaction(async (tx) => {
      await killConnections(server.url);
      await tx.select().from(sessions);
    });
    await expect(losing).rejects.toThrow();
    await eventually(async () => expect(await database.query.select().from(sessions)).toEqual([]));
  });

  it('names its connections', async () => {
    const { rows } = await database.query.execute(sql`select current_setting('application_name') as name`);
    expect(rows).toEqual([{ name: 'audience-api' }]);
  });

  it('may be closed twice', async () => {
    await Promise.all([database.close(), database.close()]);
    await expect(database.query.select().from(sessions)).rejects.toThrow();
  });
});

describe('StorageModule', () => {
  it('is ready when the application is, and closes with it', async () => {
    const server = await createTestDatabase();
    const config = new AppConfig({ databaseUrl: server.url, encryptionKey: Buffer.alloc(32) } as AppConfig);
    const app = await NestFactory.createApplicationContext(applicationWith(config), { logger: false });
    const database = app.get(Database);
    expect(await database.query.select().from(sessions)).toEqual([]);
    expect(await app.get(PayloadCipher).seal(Buffer.from('x'), 'batch')).toBeInstanceOf(Buffer);
    await app.close();
    expect(database.pool.ended).toBe(true);
    await server.drop();
  });

  it('does not start on a shared database without a key', async () => {
    const config = new AppConfig({ databaseUrl: 'postgres://127.0.0.1:1/none' } as AppConfig);
    const start = NestFactory.createApplicationContext(applicationWith(config), { logger: false, abortOnError: false });
    await expect(start).rejects.toThrow(/ENCRYPTION_KEY/);
  });
});

function applicationWith(config: AppConfig) {
  @Global()
  @Module({ providers: [{ provide: AppConfig, useValue: config }], exports: [AppConfig] })
  class ConfigurationModule {}

  @Module({ imports: [ConfigurationModule, StorageModule] })
  class ApplicationModule {}

  return ApplicationModule;
}

/** Lets `count` callers go on together, and everybody who comes later at once. */
function barrier(count: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (++arrived === count) open();
    return opened;
  };
}

async function killConnections(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  await client.end();
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 5_000; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
