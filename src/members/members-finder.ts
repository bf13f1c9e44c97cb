import { Injectable } from '@nestjs/common';
import { and, eq, lt, type SQL, sql } from 'drizzle-orm';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { binaryArray } from './statements/binary-arrays.js';
import { byIndex } from './statements/index-plans.js';
import type { Identifiers } from './member-identity.js';
import { MemberCipher } from './member-cipher.js';
import { digestOf, type MemberDigests } from './member-digests.js';

/** A member that was looked for. */
export interface FoundMember {
  /** `custom_audiences.number`. */
  readonly audience: number;
  readonly key: Buffer;
  /** As it was sent. */
  readonly user: AudienceUser;
}

/** Identifiers that can be shared by several members; whoever has an `edgeTagId` is known by it. */
export interface SharedIdentifiers {
  readonly email: ReadonlySet<string>;
  readonly phone: ReadonlySet<string>;
}

type MemberRow = typeof members.$inferSelect;
/** What to look for, by identifier. */
type Wanted = { readonly [Name in keyof Identifiers]: readonly string[] };

const LOOKUPS = ['email', 'phone', 'edgeTagId'] as const;

/**
 * Finds members by any of their identifiers. Only the one that a member is kept by has an index: others are rarely asked for, and
 * three more indexes would cost every member more bytes than its record. They are looked for row by row, about a second
 * for a million.
 */
@Injectable()
export class MembersFinder {
  constructor(
    private readonly database: Database,
    private readonly cipher: MemberCipher,
  ) {}

  /**
   * Who of the audience is meant by each user: all who have any identifier that is given, because a platform takes them out all
   * the same. By index in `given`.
   */
  async find(audience: number, given: readonly MemberDigests[]): Promise<ReadonlyMap<number, readonly FoundMember[]>> {
    const wanted = {
      email: given.flatMap(({ email }) => email ?? []),
      phone: given.flatMap(({ phone }) => phone ?? []),
    };
    const rows = [...(await this.byKey(audience, given)), ...(await this.byLookups(wanted, audience))];
    return this.assigned(given, rows);
  }

  /** Who of these very members was last brought by a session older than `before`. By index in `given`. */
  async leavers(
    audience: number,
    given: readonly MemberDigests[],
    before: number,
  ): Promise<ReadonlyMap<number, readonly FoundMember[]>> {
    return this.assigned(given, await this.byKey(audience, given, before), ['key']);
  }

  /** Which of these identifiers, as digests, others of the audience have than the members with these keys. */
  async sharedWithOthers(
    audience: number,
    wanted: Required<Pick<Wanted, 'email' | 'phone'>>,
    keys: ReadonlySet<string>,
  ): Promise<SharedIdentifiers> {
    const shared = { email: new Set<string>(), phone: new Set<string>() };
    for (const { key, email, phone } of await this.byLookups(wanted, audience)) {
      if (keys.has(digestOf(key))) continue;
      if (email) shared.email.add(digestOf(email));
      if (phone) shared.phone.add(digestOf(phone));
    }
    return shared;
  }

  /** One person in all audiences. */
  async everywhere(person: Record<keyof Identifiers, Buffer | null>): Promise<FoundMember[]> {
    const digits = (name: keyof Identifiers) => (person[name] ? [digestOf(person[name])] : []);
    const wanted = { email: digits('email'), phone: digits('phone'), edgeTagId: digits('edgeTagId') };
    return this.opened(await this.byLookups(wanted));
  }

  private opened(rows: readonly MemberRow[]): FoundMember[] {
    const users = this.cipher.openAll(rows);
    return rows.map(({ audience, key }, index) => ({ audience, key, user: users[index]! }));
  }

  /** Each user's members, opened. */
  private assigned(
    given: readonly MemberDigests[],
    rows: readonly MemberRow[],
    by: readonly ('key' | 'email' | 'phone')[] = ['key', 'email', 'phone'],
  ): ReadonlyMap<number, readonly FoundMember[]> {
    const unique = [...new Map(rows.map((row) => [digestOf(row.key), row])).values()];
    const opened = this.opened(unique);
    const places = new Map<string, FoundMember[]>();
    unique.forEach((row, index) => {
      for (const name of by) {
        const place = row[name] && `${name} ${digestOf(row[name])}`;
        if (!place) continue;
        const there = places.get(place);
        if (there) there.push(opened[index]!);
        else places.set(place, [opened[index]!]);
      }
    });
    const found = new Map<number, readonly FoundMember[]>();
    given.forEach((digests, index) => {
      const mine = new Set(by.flatMap((name) => places.get(`${name} ${digests[name]}`) ?? []));
      if (mine.size > 0) found.set(index, [...mine]);
    });
    return found;
  }

  private async byKey(audience: number, given: readonly MemberDigests[], before?: number): Promise<MemberRow[]> {
    const keys = [...new Set(given.map(({ key }) => key))].sort();
    // Lateral, with a limit: one look for each.
    const known = this.database.query
      .select()
      .from(members)
      .where(and(eq(members.audience, audience), sql`${members.key} = given.key`))
      .limit(1)
      .as('known');
    const rows = await this.database.transaction((tx) =>
      byIndex(tx, () =>
        tx
          .select()
          .from(sql`unnest(${binaryArray(keys)}) as given (key)`)
          .crossJoinLateral(known)
          .where(before === undefined ? undefined : lt(known.seen, before)),
      ),
    );
    return rows.map((row) => row.known);
  }

  private async byLookups(wanted: Wanted, audience?: number): Promise<MemberRow[]> {
    const conditions = LOOKUPS.flatMap((name) => {
      const digests = wanted[name] ?? [];
      return digests.length > 0 ? [sql`${members[name]} = any(${binaryArray(digests)})`] : [];
    });
    if (conditions.length === 0) return [];
    const inAudience = audience === undefined ? undefined : eq(members.audience, audience);
    return this.select(and(inAudience, sql`(${sql.join(conditions, sql` or `)})`));
  }

  private select(condition: SQL | undefined): Promise<MemberRow[]> {
    return this.database.query.select().from(members).where(condition);
  }
}
