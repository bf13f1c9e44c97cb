import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import type { UploadMode } from '../common/upload-modes.js';
import type { AppConfig } from '../config/config.js';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database } from '../storage/database.js';
import { migrateDatabase } from '../storage/migrator.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { members } from '../storage/member-schema.js';
import { sessions } from '../storage/schema.js';
import { MemberCipher, MemberRecordError } from './member-cipher.js';
import { bytesOf, digestOf } from './member-digests.js';
import { MembersFinder } from './members-finder.js';
import { MembersStore } from './members-store.js';

const ADA: AudienceUser = {
  edgeTagId: 'edge-1',
  email: 'Ada@Example.com',
  phone: '(202) 555-0143',
  firstName: 'Ada',
  country: 'US',
  purchase: { currency: 'USD', profit: 0, total7Days: '12.50' },
};
const GRACE: AudienceUser = { email: 'grace@example.com', postalCode: '20500' };
const NAMELESS: AudienceUser = { firstName: 'No', lastName: 'Body' };

describe('the members store', () => {
  let server: TestDatabase;
  let database: Database;
  let store: MembersStore;
  let finder: MembersFinder;
  const cipher = new MemberCipher(new PayloadCipher(randomBytes(32)));

  beforeAll(async () => {
    server = await createTestDatabase();
    await migrateDatabase(server.url);
    const config = { databaseUrl: server.url, keepsMembers: true } as AppConfig;
    database = await Database.open(config);
    store = new MembersStore(config, database, cipher);
    finder = new MembersFinder(database, cipher);
  });
  beforeEach(async () => {
    await database.query.delete(members);
    await database.query.delete(sessions);
    await open(1, 'append');
    for (const number of [2, 3, 4]) await open(number, 'mirror');
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const put = (users: readonly AudienceUser[], session = 1, audience = 1) =>
    database.transaction((tx) => store.put(tx, { audience, session }, store.given(users)));
  const open = (number: number, mode: UploadMode) =>
    database.query.execute(sql`
      insert into sessions (id, number, mode, name, type, session_id, total_batches, total_users, created_at)
      overriding system value
      values (gen_random_uuid(), ${number}, ${mode}, 'Anyone', 'custom', ${number}, 1, 1, now())`);
  const digests = (users: readonly AudienceUser[]) => users.map((user) => cipher.digests(user));
  const all = async (before?: number) => {
    const found: AudienceUser[] = [];
    for await (const slice of store.slices(1, before)) found.push(...slice);
    return found;
  };
  const byName = (users: readonly AudienceUser[]) => users.map((user) => JSON.stringify(user)).sort();

  it('keeps each member once, as it was last brought', async () => {
    expect(await put([ADA, GRACE, NAMELESS])).toEqual({ added: 3, known: 0 });
    const moved = { ...GRACE, postalCode: '10001' };
    expect(await put([ADA, moved, moved], 2)).toEqual({ added: 0, known: 2 });
    expect(byName(await all())).toEqual(byName([ADA, moved, NAMELESS]));
  });

  it('knows one person however the identifiers are written', async () => {
    await put([{ email: 'grace@example.com' }]);
    expect(await put([{ email: ' GRACE@example.com ' }])).toEqual({ added: 0, known: 1 });
    await put([{ phone: '+12025550143' }]);
    expect(await put([{ phone: '(202) 555-0143', country: 'United States' }])).toEqual({ added: 0, known: 1 });
  });

  it('tells who is there unchanged', async () => {
    await put([ADA, GRACE]);
    const given = store.given([NAMELESS, GRACE, { ...ADA, lastName: 'Lovelace' }, ADA]);
    expect([...(await store.bring({ audience: 1, session: 1 }, given))].sort()).toEqual([1, 3]);
    expect((await store.unchanged(database.query, 1, given)).sort()).toEqual([1, 3]);
    expect(await store.unchanged(database.query, 2, given)).toHaveLength(0);
    expect((await store.bring({ audience: 1, session: 1 }, [])).size).toBe(0);
  });

  it('counts each once, and keeps all, when two put the same people at a time', async () => {
    const people = Array.from({ length: 200 }, (_, index) => ({ email: `both-${index}@example.com` }));
    const moved = people.map((user) => ({ ...user, postalCode: '10001' }));
    const counts = await Promise.all([put(people, 1), put(moved, 2), put(people, 3), put(moved, 4)]);
    expect(counts.reduce((sum, { added }) => sum + added, 0)).toBe(200);
    expect(await all()).toHaveLength(200);
    expect(await all(4)).toHaveLength(0);
  });

  it('tells whom a later session did not bring, and leaves alone whom a still later one did', async () => {
    await put([ADA, GRACE, NAMELESS], 1);
    await put([NAMELESS], 3);
    // Brought, if changed: what the platform says of the change is another matter.
    await store.bring({ audience: 1, session: 2 }, store.given([{ ...ADA, firstName: 'Augusta' }]));
    expect(await all(2)).toEqual([GRACE]);
    // What an older session says later takes nothing back.
    await put([NAMELESS], 2);
    expect(byName(await all(3))).toEqual(byName([ADA, GRACE]));
  });

  it('finds all members that have any identifier given', async () => {
    const again = { ...ADA, edgeTagId: 'edge-2', phone: '+12025550199' };
    await put([ADA, GRACE, NAMELESS, again]);
    await put([GRACE], 1, 2);
    const asked = [
      { phone: '+12025550143' },
      { email: 'nobody@example.com' },
      { email: 'GRACE@example.com' },
      { edgeTagId: 'edge-2', email: 'ada@example.com' },
      { edgeTagId: 'edge-2' },
    ];
    const found = await finder.find(1, digests(asked));
    expect([...found].map(([index, mine]) => [index, byName(mine.map(({ user }) => user))])).toEqual([
      [0, byName([ADA])],
      [2, byName([GRACE])],
      [3, byName([ADA, again])],
      [4, byName([again])],
    ]);
    const grace = await finder.everywhere(cipher.lookups({ email: 'grace@example.com' }));
    expect(grace.map(({ audience }) => audience).sort()).toEqual([1, 2]);
    expect(await finder.everywhere(cipher.lookups({}))).toHaveLength(0);
  });

  it('finds those who left, and which identifiers of theirs others have as well', async () => {
    const again = { edgeTagId: 'edge-2', email: 'ada@example.com' };
    await put([ADA, GRACE], 1);
    await put([again, GRACE], 2);
    const left = await finder.leavers(1, digests([GRACE, ADA, again, NAMELESS]), 2);
    expect([...left].map(([index, mine]) => [index, mine.map(({ user }) => user)])).toEqual([[1, [ADA]]]);
    const { email, phone } = cipher.digests(ADA);
    const wanted = { email: [email!], phone: [phone!] };
    const keys = new Set(left.get(1)!.map(({ key }) => digestOf(key)));
    const shared = await finder.sharedWithOthers(1, wanted, keys);
    expect([[...shared.email], [...shared.phone]]).toEqual([[email], []]);
    const nobodyElse = new Set(digests([ADA, again]).map(({ key }) => key));
    expect((await finder.sharedWithOthers(1, wanted, nobodyElse)).email.size).toBe(0);
  });

  it('removes by key, and says how many were there', async () => {
    await put([ADA, GRACE]);
    const found = await finder.find(1, digests([ADA]));
    const keys = [...found.values()].flat().map(({ key }) => key);
    const gone = database.transaction((tx) => store.remove(tx, 1, [...keys, ...keys, randomBytes(16)]));
    expect(await gone).toBe(1);
    expect(await store.remove(database.query, 1, keys)).toBe(0);
    expect(await all()).toEqual([GRACE]);
  });

  it('holds no value in the open, and notices a record that was changed', async () => {
    await put([ADA]);
    const [row] = await database.query.select().from(members);
    const stored = Buffer.concat([row!.record, row!.key, row!.content, row!.email!, row!.phone!, row!.edgeTagId!]);
    for (const value of ['ada', 'edge-1', '2025550143'])
      expect(stored.toString('latin1').toLowerCase()).not.toContain(value);
    row!.record[20]! ^= 1;
    expect(() => cipher.open(row!)).toThrow(MemberRecordError);
  });

  it('gives back any user as it came', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const amount = fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    );
    const user = fc.record(
      { edgeTagId: text, email: text, phone: text, firstName: text, lastName: text, country: text, postalCode: text },
      { requiredKeys: [] },
    );
    const purchase = fc.record({ currency: text, profit: amount, total7Days: amount }, { requiredKeys: ['currency'] });
    const any = fc
      .tuple(user, fc.option(purchase))
      .map(([one, bought]) => (bought ? { ...one, purchase: bought } : one));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (users) => {
        const records = cipher.seal(digests(users));
        const sealed = users.map((one, index) => ({
          record: records[index]!,
          content: bytesOf(cipher.digests(one).content),
        }));
        expect(cipher.openAll(sealed)).toEqual(users);
        // Each by itself, and beside records of another call.
        const others = users.map((one, index) => ({ ...sealed[index]!, record: cipher.seal(digests([one]))[0]! }));
        expect(cipher.openAll([...others, ...sealed].reverse())).toEqual([...users, ...users].reverse());
      }),
    );
  });
});
