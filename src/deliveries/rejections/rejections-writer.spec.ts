import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { Database } from '../../storage/database.js';
import { PayloadCipher } from '../../storage/payload-cipher.js';
import { batches, deliveries, sessions } from '../../storage/schema.js';
import type { PackedRejections } from '../execution/packed-rejections.js';
import { RejectionsWriter } from './rejections-writer.js';
import { SealedEdgeTagIds } from './sealed-edge-tag-ids.js';

const users = Array.from({ length: 10 }, (_, index) => ({ edgeTagId: `edge-${index}` }));
const phones = (...named: number[]): PackedRejections => {
  return { field: 'phone', reason: 'missing-country', users: named, unnamed: 0 };
};
const skipped = (...named: number[]): PackedRejections => {
  return { field: '', reason: 'no-usable-identifier', users: named, unnamed: 0 };
};

describe('RejectionsWriter', () => {
  let place: TestDatabase;
  let database: Database;
  const delivery = uuid();
  const edgeTagIds = new SealedEdgeTagIds(new PayloadCipher(randomBytes(32)));
  const writer = new RejectionsWriter(edgeTagIds);

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.open({ databaseUrl: place.url, dataDir: '' });
    const [session, batch, now] = [uuid(), uuid(), new Date()];
    const identity = { name: 'Any', type: 'custom' as const, sessionId: 1, totalBatches: 1, totalUsers: 10 };
    await database.query.insert(sessions).values({ id: session, ...identity, createdAt: now });
    const content = { sequence: 1, fingerprint: Buffer.alloc(1), userCount: 10 };
    await database.query.insert(batches).values({ id: batch, session, ...content, createdAt: now });
    const target = { provider: 'facebook', tag: 'default', segment: 'Any', state: 'running' as const };
    const row = { id: delivery, batch, session, ...target, received: 10, createdAt: now, queuedAt: now };
    await database.query.insert(deliveries).values(row);
  });
  afterAll(async () => {
    await database?.close();
    await place.drop();
  });
  beforeEach(() => place.query('truncate rejections'));

  const prepared = (...packed: PackedRejections[]) =>
    database.transaction((tx) => writer.replacePrepared(tx, delivery, packed, users));
  const added = (stage: number, packed: PackedRejections, batch: typeof users = users) =>
    database.transaction((tx) => writer.add(tx, delivery, stage, [packed], batch));

  /** What is stored, ids opened. */
  async function stored() {
    const rows = await place.query('select * from rejections order by stage, field');
    return Promise.all(
      rows.map(async ({ stage, field, reason, users: named, edge_tag_ids: pieces, unnamed }) => {
        const key = { delivery, stage: stage as number, field: field as string, reason: reason as string };
        return { stage, users: named, ids: await edgeTagIds.open(key, pieces as Buffer[]), unnamed };
      }),
    );
  }

  it('stores users with the ids of just these', async () => {
    await prepared(skipped(2), phones(0, 5));
    expect(await stored()).toEqual([
      { stage: -1, users: [2], ids: ['edge-2'], unnamed: 0 },
      { stage: -1, users: [0, 5], ids: ['edge-0', 'edge-5'], unnamed: 0 },
    ]);
  });

  it('adds to a chunk what is found later, ids and counts included', async () => {
    await added(3, { ...phones(4), unnamed: 2 });
    await added(3, phones(9, 7));
    await added(3, { ...phones(), unnamed: 1 });
    await added(5, phones(6));
    expect(await stored()).toEqual([
      { stage: 3, users: [4, 9, 7], ids: ['edge-4', 'edge-9', 'edge-7'], unnamed: 3 },
      { stage: 5, users: [6], ids: ['edge-6'], unnamed: 0 },
    ]);
  });

  it('takes the place of what an earlier attempt found, and touches no chunk', async () => {
    await prepared(skipped(1), phones(0, 5));
    await added(3, phones(4));
    await prepared(phones(5));
    expect((await stored()).map(({ stage, users: named }) => [stage, named])).toEqual([
      [-1, [5]],
      [3, [4]],
    ]);
  });

  it('writes nothing when an attempt finds the same', async () => {
    await prepared(skipped(1), phones(0, 5));
    const version = () => place.query('select xmin::text, ctid::text from rejections order by field');
    const before = await version();
    await prepared(phones(0, 5), skipped(1));
    expect(await version()).toEqual(before);
    await prepared();
    expect(await version()).toEqual([]);
  });
});
