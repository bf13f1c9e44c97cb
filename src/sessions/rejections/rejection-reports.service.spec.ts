import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { RejectionsWriter } from '../../deliveries/rejections/rejections-writer.js';
import { SealedEdgeTagIds } from '../../deliveries/rejections/sealed-edge-tag-ids.js';
import { Database } from '../../storage/database.js';
import { PayloadCipher } from '../../storage/payload-cipher.js';
import { batches, deliveries, sessions } from '../../storage/schema.js';
import { RejectionReportsService } from './rejection-reports.service.js';
import { type PackedRow, RejectionsRepository, type SliceUsers } from './rejections.repository.js';
import type { Slice } from './rejection-slices.js';

const USERS = 40_000;
const CHUNKS = 300;
const users = Array.from({ length: USERS }, (_, index) => ({ edgeTagId: `edge-${index}` }));

/** Counts what is read from the database. */
class CountingRepository extends RejectionsRepository {
  packedRows = 0;
  users = 0;
  pieces = 0;

  override async packed(...asked: Parameters<RejectionsRepository['packed']>): Promise<PackedRow[]> {
    const rows = await super.packed(...asked);
    this.packedRows += rows.length;
    return rows;
  }

  override async usersOf(slices: readonly Slice[]): Promise<SliceUsers[]> {
    const found = await super.usersOf(slices);
    for (const slice of found) {
      this.users += slice.users.length;
      this.pieces += slice.pieces?.length ?? 0;
    }
    return found;
  }
}

/** One delivery with many users in one packed row, and many packed rows with a user each. */
describe('RejectionReportsService', () => {
  let place: TestDatabase;
  let database: Database;
  const edgeTagIds = new SealedEdgeTagIds(new PayloadCipher(randomBytes(32)));
  const session = uuid();

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.open({ databaseUrl: place.url, dataDir: '' });
    const [batch, delivery, now] = [uuid(), uuid(), new Date()];
    const identity = { name: 'Any', type: 'custom' as const, sessionId: 1, totalBatches: 1, totalUsers: USERS };
    await database.query.insert(sessions).values({ id: session, ...identity, createdAt: now });
    const content = { sequence: 1, fingerprint: Buffer.alloc(1), userCount: USERS };
    await database.query.insert(batches).values({ id: batch, session, ...content, createdAt: now });
    const target = { provider: 'facebook', tag: 'default', segment: 'Any', state: 'succeeded' as const };
    const row = { id: delivery, batch, session, ...target, received: USERS, createdAt: now, queuedAt: now };
    await database.query.insert(deliveries).values(row);
    const writer = new RejectionsWriter(edgeTagIds);
    const all = users.map((_, user) => user);
    await database.transaction(async (tx) => {
      const skipped = { field: '', reason: 'no-usable-identifier', users: all, unnamed: 0 } as const;
      await writer.replacePrepared(tx, delivery, [skipped], users);
      for (let stage = 0; stage < CHUNKS; stage += 1) {
        const refused = { field: '', reason: 'refused-by-platform', users: [stage], unnamed: 1 } as const;
        await writer.add(tx, delivery, stage, [refused], users);
      }
    });
  });
  afterAll(async () => {
    await database?.close();
    await place.drop();
  });

  it('reads for a page what it shows, wherever the page is', async () => {
    for (let cursor: string | undefined, pages = 0; pages < 3; pages += 1) {
      const repository = new CountingRepository(database);
      const service = new RejectionReportsService(repository, edgeTagIds);
      const page = await service.page(session, { limit: 100, cursor, format: 'json' });
      expect(page.items.map(({ edgeTagId }) => edgeTagId)).toEqual(
        users.slice(pages * 100, pages * 100 + 100).map(({ edgeTagId }) => edgeTagId),
      );
      expect(repository.users).toBe(100);
      expect(repository.pieces).toBe(1);
      expect(repository.packedRows).toBeLessThanOrEqual(102);
      cursor = page.nextCursor ?? undefined;
    }
  });

  it('reads a CSV no faster than it is taken', async () => {
    const repository = new CountingRepository(database);
    const stream = new RejectionReportsService(repository, edgeTagIds).csv(session, { limit: 50, format: 'csv' });
    let taken = -1;
    for await (const text of stream as AsyncIterable<string>) {
      taken += text.split('\r\n').length - 1;
      // Time enough to read on, if nothing held it back.
      for (let turn = 0; turn < 5; turn += 1) await database.query.execute('select 1');
      expect(repository.users - taken).toBeLessThanOrEqual(10_000);
    }
    expect(taken).toBe(USERS + 2 * CHUNKS);
    expect(repository.users).toBe(USERS + CHUNKS);
  });

  it('adds users and their ids at the ends of a row that is there', async () => {
    const rows = await place.query(`select delivery from rejections limit 1`);
    const delivery = rows[0]!.delivery as string;
    const writer = new RejectionsWriter(edgeTagIds);
    const group = (...more: number[]) => {
      return [{ field: 'email', reason: 'invalid-format', users: more, unnamed: 0 }] as const;
    };
    await database.transaction((tx) => writer.add(tx, delivery, 7, group(3, 4), users));
    await database.transaction((tx) => writer.add(tx, delivery, 7, group(9), [...users.slice(0, 9), {}]));
    await database.transaction((tx) => writer.add(tx, delivery, 7, group(1), users));
    const service = new RejectionReportsService(new RejectionsRepository(database), edgeTagIds);
    for (const limit of [1, 2, 3, 500]) {
      const ids: unknown[] = [];
      for (let cursor: string | undefined, isMore = true; isMore;) {
        const page = await service.page(session, { limit, cursor, field: 'email', format: 'json' });
        ids.push(...page.items.map(({ user, edgeTagId }) => [user, edgeTagId]));
        cursor = page.nextCursor ?? undefined;
        isMore = cursor !== undefined;
      }
      expect(ids).toEqual([
        [3, 'edge-3'],
        [4, 'edge-4'],
        [9, null],
        [1, 'edge-1'],
      ]);
    }
  });
});
