import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { Clock } from '../../src/common/clock.js';
import type { AppConfig } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { AudiencePoll } from '../../src/custom-audiences/polling/audience-poll.service.js';
import { AudienceReader } from '../../src/custom-audiences/polling/audience-reader.service.js';
import { CredentialsWatch } from '../../src/custom-audiences/polling/credentials-watch.service.js';
import { PollClaimsRepository } from '../../src/custom-audiences/polling/poll-claims.repository.js';
import { PollRecordRepository } from '../../src/custom-audiences/polling/record/poll-record.repository.js';
import { StatusPoller } from '../../src/custom-audiences/polling/status-poller.service.js';
import { UploadFactsRepository } from '../../src/custom-audiences/polling/upload-facts.repository.js';
import { RateLimiter } from '../../src/deliveries/tags/rate-limiter.js';
import { EventsWriter } from '../../src/events/events-writer.js';
import { MemberCipher } from '../../src/members/member-cipher.js';
import { MembersStore } from '../../src/members/members-store.js';
import { ProviderCatalogue } from '../../src/providers/provider-catalogue.service.js';
import { customAudiences } from '../../src/storage/custom-audience-schema.js';
import { Database } from '../../src/storage/database.js';
import { PayloadCipher } from '../../src/storage/payload-cipher.js';
import { batches, deliveries, sessions } from '../../src/storage/schema.js';
import type { MadeUpPlatform } from './made-up-platform.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export type AudienceRow = typeof customAudiences.$inferSelect;

/** A clock that a test may set ahead. */
export class SteeredClock extends Clock {
  aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }
}

/** The poller of one process, put together as its module does, with a platform of the test's own. */
export function pollerOf(database: Database, platform: MadeUpPlatform, config: AppConfig, clock = new Clock()) {
  const catalogue = new ProviderCatalogue([platform]);
  const limiter = new RateLimiter(database);
  const claims = new PollClaimsRepository(database);
  const reader = new AudienceReader(config, catalogue, limiter, new UploadFactsRepository(database), clock);
  const members = new MembersStore(config, database, new MemberCipher(new PayloadCipher(randomBytes(32))));
  const record = new PollRecordRepository(database, new EventsWriter(), members);
  const watch = new CredentialsWatch(limiter, record, clock);
  const poll = new AudiencePoll(config, reader, claims, record, watch, clock);
  return { catalogue, claims, poll, poller: new StatusPoller(config, catalogue, reader, claims, poll) };
}

/** A database of its own with what specs of the poller do to it. */
export class PollingGround {
  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
  ) {}

  static async open(): Promise<PollingGround> {
    const server = await createTestDatabase();
    return new PollingGround(server, await Database.open({ databaseUrl: server.url, dataDir: 'unused' }));
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.server.drop();
  }

  async empty(): Promise<void> {
    await this.server.query(
      'truncate custom_audiences, audience_events, tag_budgets, remote_audiences, sessions cascade',
    );
  }

  config(env: Record<string, string> = {}): AppConfig {
    const ours = { DATABASE_URL: this.server.url, ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
    return loadConfig({ ...ours, ...env }, []);
  }

  /** A custom audience that is due. */
  async audience(change: Partial<AudienceRow> = {}): Promise<AudienceRow> {
    const long = new Date(Date.now() - 86_400_000);
    const made = {
      id: uuid(),
      provider: 'acme',
      tag: 'default',
      account: 'account-default',
      name: 'blotout_made',
      audienceId: 'remote-1',
      type: 'customer-list',
      source: 'crm',
      status: 'populating',
      dataUploadMethod: 'api',
      createdAt: long,
      updatedAt: long,
      pollAt: long,
      ...change,
    };
    const [row] = await this.database.query.insert(customAudiences).values(made).returning();
    return row!;
  }

  /** One delivery to the audience, in a session of its own. */
  async delivery(
    customAudience: string,
    change: Partial<typeof deliveries.$inferInsert>,
    mode: 'append' | 'remove' = 'append',
  ): Promise<void> {
    const [session, batch, createdAt] = [uuid(), uuid(), new Date()];
    const opened = { id: session, mode, name: session, type: 'custom' as const, sessionId: 1 };
    await this.database.query.insert(sessions).values({ ...opened, totalBatches: 1, totalUsers: 1, createdAt });
    const fingerprint = Buffer.alloc(1);
    await this.database.query
      .insert(batches)
      .values({ id: batch, session, sequence: 1, userCount: 1, fingerprint, createdAt });
    const target = { provider: 'acme', tag: 'default', segment: 'blotout_made', customAudience };
    const times = { createdAt, queuedAt: createdAt };
    const values = {
      id: uuid(),
      batch,
      session,
      ...target,
      ...times,
      received: 1,
      state: 'queued' as const,
      ...change,
    };
    await this.database.query.insert(deliveries).values(values);
  }

  async row(id: string): Promise<AudienceRow> {
    const rows = await this.database.query.select().from(customAudiences);
    const found = rows.find((row) => row.id === id);
    if (!found) throw new Error('No such custom audience');
    return found;
  }

  /** Type and data of every event, in order. */
  async events(): Promise<[string, unknown][]> {
    const rows = await this.server.query('select type, data from audience_events order by id');
    return rows.map(({ type, data }) => [String(type), data]);
  }
}
