import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import type { AppConfig } from '../config/config.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { migrateDatabase } from './migrator.js';
import { connectTo, sqlState, withoutValues } from './query-error.js';

/** Without the tables: Drizzle would work their relations out for each transaction, and nobody asks by them. */
type Drizzle = NodePgDatabase<Record<string, never>>;

/** What a repository needs: the database itself, or a transaction on it. */
export type Queryable = Pick<Drizzle, 'select' | 'insert' | 'update' | 'delete' | 'execute' | '$with' | 'with'>;

export type Transaction = Parameters<Parameters<Drizzle['transaction']>[0]>[0];

const POOL_SIZE = 20;
/** serialization_failure and deadlock_detected: the database asks to do the whole transaction again. */
const CONFLICTS = new Set(['40001', '40P01']);
const TRANSACTION_TRIES = 6;

/**
 * For the RETURNING of a statement whose transaction need not be on the disk before it is answered: saves waiting for the disk. If
 * the database dies within a moment it may be gone, with all that came after it; a later transaction that is waited for brings it
 * to the disk as well. Only for what the next attempt does again without being told.
 */
export const unhurried = sql<string>`set_config('synchronous_commit', 'off', true)`;

/** The PostgreSQL of this deployment, migrated and open: the embedded one unless `DATABASE_URL` is set. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private static readonly logger = new Logger(Database.name);

  /** For single statements. All errors of the database are `QueryError`. */
  readonly query: Drizzle;
  readonly pool: Pool;
  private closing?: Promise<void>;

  private constructor(
    /** For libraries that make their own connections. Contains the password. */
    readonly url: string,
    private readonly embedded: EmbeddedPostgres | undefined,
  ) {
    this.pool = openPool(url);
    this.query = withoutValues(drizzle(this.pool));
  }

  /** Opens the database and brings it to the newest schema; several processes may do so at once. */
  static async open(config: Pick<AppConfig, 'databaseUrl' | 'dataDir'>): Promise<Database> {
    const log = (sentence: string) => Database.logger.log(sentence);
    const embedded = config.databaseUrl ? undefined : await EmbeddedPostgres.start(config.dataDir, log);
    const url = config.databaseUrl ?? embedded!.url;
    try {
      await migrateDatabase(url);
      return new Database(url, embedded);
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
  }

  /**
   * Runs `work` in one transaction. A distributed PostgreSQL may refuse a transaction that got in another's way: `work` is
   * then done again from its beginning, so it must do nothing that a rollback does not undo.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (tries === TRANSACTION_TRIES || !CONFLICTS.has(sqlState(error) ?? '')) throw error;
        await delay(randomInt(5, 20 * 2 ** tries));
      }
    }
  }

  /** Closes the pool, and the embedded server with it when no other process uses it. */
  close(): Promise<void> {
    this.closing ??= this.pool.end().then(() => this.embedded?.stop());
    return this.closing;
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Not Drizzle's own on a pool: that one keeps the connection for ever when BEGIN fails on it. */
  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await connectTo(this.pool);
    try {
      return await withoutValues(drizzle(client)).transaction(work);
    } finally {
      client.release();
    }
  }
}

function openPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    application_name: 'audience-api',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without listeners a connection that breaks, idle or in use, would end the process. Statements on it fail by themselves.
  pool.on('error', (error) =>
    new Logger(Database.name).warn(`A database connection broke (${sqlState(error) ?? 'no code'}).`),
  );
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
