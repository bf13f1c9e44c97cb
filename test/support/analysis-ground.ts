import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { MemberCipher } from '../../src/members/member-cipher.js';
import { MembersStore } from '../../src/members/members-store.js';
import type { AppConfig } from '../../src/config/config.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { audienceSizes, customAudiences } from '../../src/storage/custom-audience-schema.js';
import { Database } from '../../src/storage/database.js';
import { PayloadCipher } from '../../src/storage/payload-cipher.js';
import { batches, deliveries, rejections, sessions } from '../../src/storage/schema.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export type StoredAudience = typeof customAudiences.$inferSelect;

/** Made-up deliveries end a day after this, and earlier ones stood in the queue for as many seconds as they are told. */
const DAY_MS = 86_400_000;
const PUT = 10_000;

/** A database with custom audiences, members and deliveries, for specs of what is told of them. */
export class AnalysisGround {
  readonly cipher: MemberCipher;
  readonly store: MembersStore;

  private constructor(
    readonly database: Database,
    private readonly server: TestDatabase | undefined,
    key: Buffer,
  ) {
    this.cipher = new MemberCipher(new PayloadCipher(key));
    this.store = new MembersStore({ keepsMembers: true } as AppConfig, database, this.cipher);
  }

  /** A database of its own. */
  static async open(): Promise<AnalysisGround> {
    const server = await createTestDatabase();
    const database = await Database.open({ databaseUrl: server.url, dataDir: 'unused' });
    return new AnalysisGround(database, server, randomBytes(32));
  }

  /** The database of a service. @param key its `ENCRYPTION_KEY` */
  static on(database: Database, key: string): AnalysisGround {
    return new AnalysisGround(database, undefined, Buffer.from(key, 'base64'));
  }

  async close(): Promise<void> {
    if (!this.server) return;
    await this.database.close();
    await this.server.drop();
  }

  async audience(change: Partial<StoredAudience> = {}): Promise<StoredAudience> {
    const id = uuid();
    const made = {
      ...{ id, provider: 'facebook', tag: 'default', account: 'act_1', name: `blotout_${id}`, type: 'customer-list' },
      ...{ source: 'crm', status: 'ready', dataUploadMethod: 'api', createdAt: new Date(), updatedAt: new Date() },
      ...change,
    };
    const [row] = await this.database.query.insert(customAudiences).values(made).returning();
    return row!;
  }

  async put(audience: number, users: readonly AudienceUser[]): Promise<void> {
    for (let from = 0; from < users.length; from += PUT) {
      const part = users.slice(from, from + PUT);
      await this.database.transaction((tx) => this.store.put(tx, { audience, session: 1 }, this.store.given(part)));
    }
  }

  /** What the platform said so many days ago. */
  async size(audience: string, daysAgo: number, size: number | null): Promise<void> {
    const at = new Date(Date.now() - daysAgo * DAY_MS);
    await this.database.query.insert(audienceSizes).values({ audience, at, status: 'ready', size, uploadedRecords: 7 });
  }

  /** One delivery in a session of its own, settled so many days ago after so many seconds in the queue. */
  async delivery(
    customAudience: string,
    change: Partial<typeof deliveries.$inferInsert> = {},
    { name = 'Newsletter', daysAgo = 0, seconds = 1 }: { name?: string; daysAgo?: number; seconds?: number } = {},
  ): Promise<string> {
    const [id, session, batch] = [uuid(), uuid(), uuid()];
    const settledAt = new Date(Date.now() - daysAgo * DAY_MS);
    const createdAt = new Date(settledAt.getTime() - seconds * 1_000);
    const sessionId = Number.parseInt(randomBytes(6).toString('hex'), 16);
    const opened = { id: session, name, type: 'custom' as const, sessionId, totalBatches: 1, totalUsers: 1, createdAt };
    await this.database.query.insert(sessions).values(opened);
    const fingerprint = Buffer.alloc(1);
    const made = { id: batch, session, sequence: 1, userCount: 1, fingerprint, createdAt };
    await this.database.query.insert(batches).values(made);
    await this.database.query.insert(deliveries).values({
      ...{ id, batch, session, customAudience, provider: 'facebook', tag: 'default', segment: 'blotout_made' },
      ...{ received: 10, state: 'succeeded', createdAt, queuedAt: createdAt, settledAt },
      ...change,
    });
    return id;
  }

  async rejected(delivery: string, field: string, reason: string, users: number[], unnamed = 0): Promise<void> {
    await this.database.query.insert(rejections).values({ delivery, stage: -1, field, reason, users, unnamed });
  }
}

const PEOPLE: readonly (readonly [country: string | undefined, currency: string])[] = [
  ['Germany', 'EUR'],
  ['US', 'USD'],
  ['US', 'usd'],
  ['FRA', 'EUR'],
  [undefined, 'EUR'],
];

/** People who differ in what is known of them: a fifth each of five kinds, all with an address of their own. */
export function madeUpPeople(count: number, prefix = 'person'): AudienceUser[] {
  return Array.from({ length: count }, (_, index) => {
    const [country, currency] = PEOPLE[index % PEOPLE.length]!;
    return {
      email: `${prefix}-${index}@example.com`,
      ...(index % 2 === 0 && { phone: `+1202555${String(index % 10_000).padStart(4, '0')}` }),
      ...(index % 4 === 0 && { firstName: 'Ada', lastName: 'Lovelace' }),
      ...(country !== undefined && { country }),
      purchase: { currency, profit: index % 100, total7Days: String((index % 50) / 2) },
    };
  });
}
