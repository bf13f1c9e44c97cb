import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { Database, type Queryable } from '../database.js';

const RECONNECT_MS = 1_000;
const CONNECT_MS = 10_000;

/** Channels of LISTEN: names of our own, since they cannot be parameters. */
export type NewsChannel = 'audience_deliveries' | 'audience_events';

/** Called with what came; with an empty text when something may have been missed while nobody listened. */
export type NewsListener = (payload: string) => void;

/** Tells every process that listens, once the transaction commits; at once outside of one. */
export async function tell(tx: Queryable, channel: NewsChannel, payload = ''): Promise<void> {
  await tx.execute(sql`select pg_notify(${channel}, ${payload})`);
}

/**
 * What processes on one database tell each other: one LISTEN connection a process for all channels. Where there is none, or
 * while it is away, those who wait have to ask now and then.
 */
@Injectable()
export class DatabaseNews implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DatabaseNews.name);
  private readonly listeners = new Map<NewsChannel, NewsListener>();
  /** Connections already given up: both of their last events ask for a new one. */
  private readonly retired = new WeakSet<pg.Client>();
  private client?: pg.Client;
  private ended = false;

  constructor(private readonly database: Database) {}

  /** Whether news come by themselves right now. */
  get isListening(): boolean {
    return this.client !== undefined;
  }

  /** To be called before the application has started, once a channel. */
  subscribe(channel: NewsChannel, listener: NewsListener): void {
    this.listeners.set(channel, listener);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.listen();
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    await this.client?.end().catch(() => undefined);
  }

  private async listen(): Promise<void> {
    if (this.ended) return;
    const client = new pg.Client({
      connectionString: this.database.url,
      application_name: 'audience-api',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on('notification', ({ channel, payload = '' }) => this.listeners.get(channel as NewsChannel)?.(payload));
    client.on('error', (error) => this.reconnect(client, error));
    client.on('end', () => this.reconnect(client));
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`listen ${channel}`);
      this.client = client;
      this.listeners.forEach((listener) => listener(''));
    } catch (error) {
      this.reconnect(client, error);
    }
  }

  private reconnect(client: pg.Client, error?: unknown): void {
    if (this.ended || this.retired.has(client)) return;
    this.retired.add(client);
    this.client = undefined;
    this.logger.warn(`Not listening for news, polling: ${error instanceof Error ? error.name : 'ended'}`);
    client.end().catch(() => undefined);
    setTimeout(() => void this.listen(), RECONNECT_MS).unref();
  }
}
