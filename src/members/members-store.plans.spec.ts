import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import type { UploadMode } from '../common/upload-modes.js';
import type { AppConfig } from '../config/config.js';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database, type Queryable } from '../storage/database.js';
import { migrateDatabase } from '../storage/migrator.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { sessions } from '../storage/schema.js';
import { MemberCipher } from './member-cipher.js';
import { bytesOf } from './member-digests.js';
import { MembersFinder } from './members-finder.js';
import { MembersStore } from './members-store.js';

const AUDIENCE = 1;

describe('what the members store asks of the database', () => {
  let server: TestDatabase;
  let database: Database;
  let store: MembersStore;
  const cipher = new MemberCipher(new PayloadCipher(randomBytes(32)));
  const config = { keepsMembers: true } as AppConfig;

  beforeAll(async () => {
    server = await createTestDatabase();
    await migrateDatabase(server.url);
    database = await Database.open({ databaseUrl: server.url } as AppConfig);
    store = new MembersStore(config, database, cipher);
  });
  beforeEach(async () => {
    await database.query.execute('truncate members');
    await database.query.delete(sessions);
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const people = (count: number, from = 0): AudienceUser[] =>
    Array.from({ length: count }, (_, index) => ({ email: `member-${from + index}@example.com`, postalCode: '20500' }));
  const moved = (users: readonly AudienceUser[]) => users.map((user) => ({ ...user, postalCode: '10001' }));
  const scope = (session: number) => ({ audience: AUDIENCE, session });
  // Without another try: a deadlock fails.
  const put = (users: readonly AudienceUser[], session: number) =>
    database.query.transaction((tx) => store.put(tx, scope(session), store.given(users)));
  const open = (number: number, mode: UploadMode) =>
    database.query.execute(sql`
      insert into sessions (id, number, mode, name, type, session_id, total_batches, total_users, created_at)
      overriding system value
      values (gen_random_uuid(), ${number}, ${mode}, 'Anyone', 'custom', ${number}, 1, 1, now())`);
  /** Which version of each row there is, who locked it last, and its session. */
  const versions = async () =>
    (
      await database.query.execute<{ version: string; seen: number }>(sql`
        select concat(tableoid, ctid, xmin, xmax) as version, seen::int from members order by key`)
    ).rows;

  /** How often the work looks into tables and indexes of members. */
  async function scans(work: Work): Promise<Scans> {
    return database.transaction(async (tx) => {
      const within = { query: tx, transaction: (body: (inner: typeof tx) => Promise<unknown>) => body(tx) };
      const own = within as unknown as Database;
      const before = await scansOf(tx);
      await work(tx, new MembersStore(config, own, cipher), new MembersFinder(own, cipher));
      const after = await scansOf(tx);
      return { read: after.read - before.read, looks: after.looks - before.looks, found: after.found - before.found };
    });
  }

  describe.each([
    ['never analysed', () => Promise.resolve()],
    ['analysed when it was empty', () => database.query.execute('analyze members')],
  ])('of a table that was %s', (_, prepare: () => Promise<unknown>) => {
    const COUNT = 2_500;
    const PART = 500;

    beforeEach(async () => {
      await prepare();
      await put(people(COUNT), 1);
      await open(2, 'mirror');
    });

    it.each<[string, number, (...by: [...Parameters<Work>, AudienceUser[]]) => Promise<unknown>]>([
      ['put of those who are there', 3, (tx, own, _finder, users) => own.put(tx, scope(1), own.given(users))],
      ['put of those who changed', 4, (tx, own, _finder, users) => own.put(tx, scope(1), own.given(moved(users)))],
      ['put by a session after a mirror', 4, (tx, own, _finder, users) => own.put(tx, scope(3), own.given(users))],
      ['bring', 2, (_tx, own, _finder, users) => own.bring(scope(2), own.given(users))],
      ['unchanged', 1, (tx, own, _finder, users) => own.unchanged(tx, AUDIENCE, own.given(users))],
      [
        'remove',
        1,
        (tx, own, _finder, users) =>
          own.remove(
            tx,
            AUDIENCE,
            own.given(users).map(({ digests }) => bytesOf(digests.key)),
          ),
      ],
      [
        'leavers',
        1,
        (_tx, own, finder, users) =>
          finder.leavers(
            AUDIENCE,
            own.given(users).map(({ digests }) => digests),
            2,
          ),
      ],
    ])('looks each up in one index: %s', async (_what, most, work) => {
      const { read, looks, found } = await scans((tx, own, finder) => work(tx, own, finder, people(PART)));
      expect(read).toBe(0);
      expect(looks).toBeGreaterThanOrEqual(PART);
      expect(looks).toBeLessThanOrEqual(most * PART);
      expect(found).toBeLessThanOrEqual(most * PART);
    });

    it('reads members of other sizes in proportion', async () => {
      const few = await scans((tx, own) => own.put(tx, scope(3), own.given(people(100))));
      const many = await scans((tx, own) => own.put(tx, scope(3), own.given(people(1_000))));
      expect(many.looks).toBeLessThanOrEqual(10 * few.looks);
    });
  });

  it('neither writes nor locks those who are there as they are', async () => {
    await put(people(300), 1);
    await open(2, 'append');
    const before = await versions();
    await database.query.transaction(async (tx) => {
      // Held by another: whoever wanted a lock would wait for ever.
      await tx.execute(sql`select from members for update`);
      expect(await put(people(300), 2)).toEqual({ added: 0, known: 300 });
    });
    const after = await versions();
    expect(after.map(({ seen }) => seen)).toEqual(before.map(() => 1));
    expect(await put([...people(300), ...people(2, 300)], 2)).toEqual({ added: 2, known: 300 });
    const same = (await versions()).filter(({ seen }) => seen === 1);
    expect(same).toEqual(after);
  });

  it('notes once that a session after a mirror brought them, and never an older one', async () => {
    await put(people(300), 1);
    await open(2, 'mirror');
    await open(3, 'append');
    await open(4, 'append');
    expect(await put(people(100), 3)).toEqual({ added: 0, known: 100 });
    const noted = await versions();
    expect(noted.filter(({ seen }) => seen === 3)).toHaveLength(100);
    await put(people(100), 4);
    await put(people(300), 1);
    expect(await versions()).toEqual(noted);
  });

  it('does not mix up members that are new, changed and unchanged', async () => {
    await put(people(600), 1);
    await open(2, 'mirror');
    const given = [...people(200), ...moved(people(200, 200)), ...people(200, 600)].reverse();
    expect(await put(given, 3)).toEqual({ added: 200, known: 400 });
    expect(await store.unchanged(database.query, AUDIENCE, store.given(given))).toHaveLength(600);
    expect((await versions()).map(({ seen }) => seen).filter((seen) => seen === 3)).toHaveLength(600);
    expect([...(await store.bring(scope(2), store.given(people(800))))].sort((one, other) => one - other)).toEqual([
      ...[...people(200).keys()],
      ...[...people(400).keys()].map((index) => index + 400),
    ]);
  });

  it('counts each added member once, and ends without a deadlock, whoever else puts or takes out the same', async () => {
    await open(2, 'mirror');
    const known = people(200);
    await put(known, 1);
    const all = [...known, ...people(400, 200)];
    const keys = store.given(known.slice(0, 50)).map(({ digests }) => bytesOf(digests.key));
    const uploads = [all, [...moved(all)].reverse(), [...moved(known), ...all.slice(200)].reverse(), all];
    const counts = await Promise.all(uploads.map((users, index) => put(users, 3 + index)));
    expect(counts.reduce((sum, { added }) => sum + added, 0)).toBe(400);
    expect(await versions()).toHaveLength(600);
    const [removed, , again] = await Promise.all([
      database.query.transaction((tx) => store.remove(tx, AUDIENCE, keys)),
      store.bring(scope(2), store.given(all)),
      put([...all].reverse(), 9),
    ]);
    expect(removed).toBe(50);
    expect(again.added + again.known).toBe(600);
  });
});

type Work = (tx: Queryable, store: MembersStore, finder: MembersFinder) => Promise<unknown>;

async function scansOf(tx: Queryable): Promise<Scans> {
  const { rows } = await tx.execute<Scans>(sql`
    select sum(seq_tup_read)::int as read, sum(idx_scan)::int as looks, sum(idx_tup_fetch)::int as found
    from pg_stat_xact_user_tables where relname ~ '^members_[0-9]+$'`);
  return rows[0]!;
}

interface Scans extends Record<string, unknown> {
  readonly read: number;
  readonly looks: number;
  readonly found: number;
}
