import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { EventEmitter, once } from 'node:events';
import pg from 'pg';
import { Database, type Transaction } from '../storage/database.js';

const CHANNEL = 'audience_deliveries';
/** With LISTEN, only a net under it; without, the way to notice. */
const POLL_LISTENING_MS = 10_000;
const POLL_DEAF_MS = 500;
const RECONNECT_MS = 1_000;
const CONNECT_MS = 10_000;

/** Never `error`, whose listeners Node demands. */
const eventOf = (batch: string) => `batch ${batch}`;

/** Tells every process, once the transaction commits, that a delivery of the batch was settled or has to wait. */
export async function notifySettled(tx: Transaction, batch: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${CHANNEL}, ${batch})`);
}

/** Waits for news of batches, whichever process makes them: one LISTEN connection a process, polling where there is none. */
@Injectable()
export class DeliveryWatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DeliveryWatcher.name);
  private readonly news = new EventEmitter().setMaxListeners(0);
  private readonly stopping = new AbortController();
  private client?: pg.Client;

  constructor(private readonly database: Database) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listen();
  }

  /** Ends all waits: their callers answer that the work goes on. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.client?.end().catch(() => undefined);
  }

  /**
   * Asks `check` now and after every news of the batch, until it returns something or `timeoutMs` have passed.
   *
   * @returns what `check` returned; nothing at the timeout and at shutdown
   */
  async until<T>(batch: string, timeoutMs: number, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const deadline = AbortSignal.any([AbortSignal.timeout(Math.max(0, timeoutMs)), this.stopping.signal]);
    while (!deadline.aborted) {
      // Listening starts before the check, so that news in between is not missed.
      const pause = AbortSignal.any([deadline, AbortSignal.timeout(this.client ? POLL_LISTENING_MS : POLL_DEAF_MS)]);
      const changed = once(this.news, eventOf(batch), { signal: pause }).catch(() => undefined);
      const outcome = await check();
      if (outcome !== undefined) {
        this.news.emit(eventOf(batch));
        return outcome;
      }
      await changed;
    }
    return undefined;
  }

  private async listen(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const client = new pg.Client({
      connectionString: this.database.url,
      application_name: 'audience-api',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on('notification', ({ payload }) => payload && this.news.emit(eventOf(payload)));
    client.on('error', (error) => this.reconnect(client, error));
    client.on('end', () => this.reconnect(client));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.client = client;
    } catch (error) {
      this.reconnect(client, error);
    }
  }

  private reconnect(client: pg.Client, error?: unknown): void {
    if (this.stopping.signal.aborted || this.retired.has(client)) return;
    this.retired.add(client);
    this.client = undefined;
    this.logger.warn(`Not listening for news of deliveries, polling: ${error instanceof Error ? error.name : 'ended'}`);
    client.end().catch(() => undefined);
    setTimeout(() => void this.listen(), RECONNECT_MS).unref();
  }

  /** Connections already given up: both of their last events ask for a new one. */
  private readonly retired = new WeakSet<pg.Client>();
}
