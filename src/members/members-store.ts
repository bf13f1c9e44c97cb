import { Injectable } from '@nestjs/common';
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { AppConfig } from '../config/config.js';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database, type Queryable } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { hexArray } from './digest-arrays.js';
import { MemberCipher, type MemberDigests } from './member-cipher.js';

/** Which members: those of one custom audience, as one session brings them. */
export interface MemberScope {
  /** `custom_audiences.number`. */
  readonly audience: number;
  /** `sessions.number`: later sessions have larger ones. */
  readonly session: number;
}

/** A user with its digests, which are made once for all that is done with it. */
export interface GivenMember {
  readonly user: AudienceUser;
  readonly digests: MemberDigests;
}

/** What an upload meant for the store. */
export interface MemberCounts {
  readonly added: number;
  /** In it before, changed or not. */
  readonly known: number;
}

/** Most records in one statement or slice. */
const SLICE = 10_000;

/**
 * Who is in each custom audience, as far as the platform was told: encrypted records under keyed digests. Written in the
 * transaction that records a platform's answer, so it says neither more nor less than what the platforms were told.
 */
@Injectable()
export class MembersStore {
  /** False with `MEMBERS=off`: then nothing is ever written, and nothing is found. */
  readonly isOn: boolean;

  constructor(
    config: AppConfig,
    private readonly database: Database,
    private readonly cipher: MemberCipher,
  ) {
    this.isOn = config.keepsMembers;
  }

  /** Pure. */
  given(users: readonly AudienceUser[]): GivenMember[] {
    return users.map((user) => ({ user, digests: this.cipher.digests(user) }));
  }

  /**
   * A session has brought these: those who are in the audience are not taken out by an older one any more, whatever the
   * platform will say of them now.
   *
   * @returns the indexes of those whom the audience has just as they are
   */
  async bring({ audience, session }: MemberScope, given: readonly GivenMember[]): Promise<ReadonlySet<number>> {
    const keys = hexArray(given.map(({ digests }) => digests.key));
    return this.database.transaction(async (tx) => {
      // No join: of a table that was not analysed yet the planner may join every member with every key.
      await tx.execute(sql`
        update members set seen = ${session} where audience = ${audience} and key = any(${keys}) and seen < ${session}`);
      return new Set(await this.unchanged(tx, audience, given));
    });
  }

  /** The indexes of those whom the audience has just as they are. */
  async unchanged(tx: Queryable, audience: number, given: readonly GivenMember[]): Promise<number[]> {
    const column = (name: 'key' | 'content') => hexArray(given.map(({ digests }) => digests[name]));
    // Lateral: one look into one partition's index for each, whatever the planner knows of the table.
    const { rows } = await tx.execute<{ index: number }>(sql`
      select (given.place - 1)::int as index
      from unnest(${column('key')}, ${column('content')}) with ordinality as given (key, content, place),
        lateral (select content from members where audience = ${audience} and key = given.key limit 1) as known
      where known.content = given.content`);
    return rows.map(({ index }) => index);
  }

  /** These are in the audience now, and the session has brought them. Of a member given twice, the last counts. */
  async put(tx: Queryable, scope: MemberScope, given: readonly GivenMember[]): Promise<MemberCounts> {
    const byKey = new Map(given.map((member) => [member.digests.key, member]));
    if (byKey.size === 0) return { added: 0, known: 0 };
    // In one order everywhere: two uploads of the same people do not wait for each other crosswise.
    const sorted = [...byKey.values()].sort((one, other) => (one.digests.key < other.digests.key ? -1 : 1));
    const sealed = this.cipher.seal(sorted.map(({ user }) => user)).map((record) => record.toString('hex'));
    const rows = sorted.map((member, index) => ({ ...member.digests, record: sealed[index]! }));
    const fresh = await tx.execute<{ key: string }>(sql`
      ${insertion(scope, rows)} on conflict (audience, key) do nothing returning encode(key, 'hex') as key`);
    const added = new Set(fresh.rows.map(({ key }) => key));
    const known = added.size === 0 ? rows : rows.filter(({ key }) => !added.has(key));
    if (known.length > 0) {
      // Not an update: that would miss a member whom another upload takes in or out at this moment.
      await tx.execute(sql`
        ${insertion(scope, known)} on conflict (audience, key) do update
        set content = excluded.content, email = excluded.email, phone = excluded.phone, edge_tag_id = excluded.edge_tag_id,
          record = excluded.record, seen = greatest(known.seen, excluded.seen)
        where known.content <> excluded.content or known.seen < excluded.seen`);
    }
    return { added: added.size, known: known.length };
  }

  /** @returns how many were in the audience */
  async remove(tx: Queryable, audience: number, keys: readonly Buffer[]): Promise<number> {
    if (keys.length === 0) return 0;
    const sorted = keys.map((key) => key.toString('hex')).sort();
    const gone = await tx.execute(sql`
      delete from members where audience = ${audience} and key = any(${hexArray(sorted)})`);
    return gone.rowCount ?? 0;
  }

  /** The platform no longer has any of them. */
  async clear(tx: Queryable, audience: number): Promise<void> {
    await tx.delete(members).where(eq(members.audience, audience));
  }

  /** All members, in slices of 10,000; of those that an older session than `before` was the last to bring, where it is given. */
  async *slices(audience: number, before?: number): AsyncGenerator<readonly AudienceUser[]> {
    let after: Buffer | undefined;
    for (;;) {
      const rows = await this.database.query
        .select({ key: members.key, content: members.content, record: members.record })
        .from(members)
        .where(
          and(
            eq(members.audience, audience),
            after && gt(members.key, after),
            before === undefined ? undefined : lt(members.seen, before),
          ),
        )
        .orderBy(members.key)
        .limit(SLICE);
      if (rows.length > 0) yield this.cipher.openAll(rows);
      if (rows.length < SLICE) return;
      after = rows.at(-1)!.key;
    }
  }
}

interface StoredMember extends MemberDigests {
  readonly record: string;
}

function insertion({ audience, session }: MemberScope, rows: readonly StoredMember[]): SQL {
  const column = (name: keyof StoredMember) => hexArray(rows.map((row) => row[name]));
  return sql`
    insert into members as known (audience, key, content, email, phone, edge_tag_id, record, seen)
    select ${audience}::int, given.*, ${session}::bigint
    from unnest(${column('key')}, ${column('content')}, ${column('email')}, ${column('phone')}, ${column('edgeTagId')},
      ${column('record')}) as given`;
}
