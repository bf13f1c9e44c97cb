import { Injectable } from '@nestjs/common';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { MemberCipher, type MemberDigests } from './member-cipher.js';
import { bytes } from './members-store.js';

/** A member that was looked for. */
export interface FoundMember {
  /** `custom_audiences.number`. */
  readonly audience: number;
  readonly key: Buffer;
  /** As it was sent. */
  readonly user: AudienceUser;
}

type MemberRow = typeof members.$inferSelect;
type Lookups = Pick<MemberDigests, 'email' | 'phone' | 'edgeTagId'>;

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

  /** Who of the audience is meant by each user: by its identity, else by any identifier that is given. By index in `users`. */
  async find(audience: number, users: readonly AudienceUser[]): Promise<ReadonlyMap<number, readonly FoundMember[]>> {
    const digests = users.map((user) => this.cipher.digests(user));
    const keys = digests.map(({ key }) => key);
    const rows = await this.select(sql`${members.key} = any(${bytes(keys)})`, audience);
    const known = new Set(rows.map(({ key }) => key.toString('latin1')));
    const rest = digests.filter(({ key }) => !known.has(key.toString('latin1')));
    rows.push(...(await this.byLookups(rest, audience)));
    const index = indexed(rows);
    const found = digests.map((given, user) => [user, among(index, given).map((row) => this.open(row))] as const);
    return new Map(found.filter(([, mine]) => mine.length > 0));
  }

  /** One person in all audiences. */
  async everywhere(person: Lookups): Promise<FoundMember[]> {
    return (await this.byLookups([person])).map((row) => this.open(row));
  }

  private open(row: MemberRow): FoundMember {
    return { audience: row.audience, key: row.key, user: this.cipher.open(row) };
  }

  private async byLookups(people: readonly Lookups[], audience?: number): Promise<MemberRow[]> {
    const conditions = LOOKUPS.flatMap((name) => {
      const digests = people.flatMap((person) => person[name] ?? []);
      return digests.length > 0 ? [sql`${members[name]} = any(${bytes(digests)})`] : [];
    });
    if (conditions.length === 0) return [];
    return this.select(sql`(${sql.join(conditions, sql` or `)})`, audience);
  }

  private select(condition: SQL, audience?: number): Promise<MemberRow[]> {
    const inAudience = audience === undefined ? undefined : eq(members.audience, audience);
    return this.database.query.select().from(members).where(and(inAudience, condition));
  }
}

type Index = ReadonlyMap<string, readonly MemberRow[]>;

function indexed(rows: readonly MemberRow[]): Index {
  const index = new Map<string, MemberRow[]>();
  for (const row of rows) {
    for (const name of ['key', ...LOOKUPS] as const) {
      const place = placeOf(name, row[name]);
      if (place === undefined) continue;
      const there = index.get(place);
      if (there) there.push(row);
      else index.set(place, [row]);
    }
  }
  return index;
}

function among(index: Index, given: MemberDigests): readonly MemberRow[] {
  const own = index.get(placeOf('key', given.key)!);
  if (own) return own;
  return [...new Set(LOOKUPS.flatMap((name) => index.get(placeOf(name, given[name]) ?? '') ?? []))];
}

function placeOf(name: string, value: Buffer | null): string | undefined {
  return value ? `${name} ${value.toString('latin1')}` : undefined;
}
