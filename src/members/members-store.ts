import { Injectable } from '@nestjs/common';
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { AppConfig } from '../config/config.js';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database, type Queryable } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { keyOrder, lastPlaces } from './key-order.js';
import { MemberCipher } from './member-cipher.js';
import { digestOf, type MemberDigests } from './member-digests.js';
import { byIndex } from './statements/index-plans.js';
import { insert, look, mark, type MemberRow, type MemberScope, take, upsert } from './statements/member-statements.js';

export type { MemberScope } from './statements/member-statements.js';

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

/** Most records in one slice. */
const SLICE = 10_000;
/** Members that are looked at to see whether any are known. */
const PROBE = 200;
/** New members in one statement. */
const PART = 2_000;

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
   * A session that mirrors has brought these: those who are in the audience are not taken out by an older one any more, whatever
   * the platform will say of them now.
   *
   * @returns the indexes of those whom the audience has just as they are
   */
  async bring(scope: MemberScope, given: readonly GivenMember[]): Promise<ReadonlySet<number>> {
    if (given.length === 0) return new Set();
    const order = keyOrder(given.map(({ digests }) => digests.key));
    const sorted = order.map((index) => given[index]!.digests);
    return this.database.transaction((tx) =>
      byIndex(tx, async () => {
        const marked = await mark(tx, scope, sorted);
        const done = new Set([...marked.same, ...marked.changed]);
        const rest = [...sorted.keys()].filter((place) => !done.has(place));
        const { same } = await look(tx, scope.audience, chosen(sorted, rest));
        return new Set(chosen(order, [...marked.same, ...chosen(rest, same)]));
      }),
    );
  }

  /** The indexes of those whom the audience has just as they are. */
  async unchanged(tx: Queryable, audience: number, given: readonly GivenMember[]): Promise<number[]> {
    const digests = given.map((member) => member.digests);
    const order = keyOrder(digests.map(({ key }) => key));
    const { same } = await byIndex(tx, () => look(tx, audience, chosen(digests, order)));
    return chosen(order, same);
  }

  /**
   * These are in the audience now, and the session has brought them. Of a member given twice, the last counts. Those who are
   * there unchanged are neither locked nor written, unless there is a mirror to which it matters that the session brought them.
   */
  async put(tx: Queryable, scope: MemberScope, given: readonly GivenMember[]): Promise<MemberCounts> {
    // In one order everywhere: two uploads of the same people do not wait for each other crosswise.
    const sorted = chosen(given, lastPlaces(given.map(({ digests }) => digests.key)));
    if (sorted.length === 0) return { added: 0, known: 0 };
    const added = await byIndex(tx, () => this.putSorted(tx, scope, sorted));
    return { added, known: sorted.length - added };
  }

  /** @returns how many were in the audience */
  async remove(tx: Queryable, audience: number, keys: readonly Buffer[]): Promise<number> {
    if (keys.length === 0) return 0;
    const digests = keys.map((key) => digestOf(key));
    return byIndex(tx, () => take(tx, audience, chosen(digests, lastPlaces(digests))));
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

  /** @returns how many were added */
  private async putSorted(tx: Queryable, scope: MemberScope, given: readonly GivenMember[]): Promise<number> {
    const digests = given.map((member) => member.digests);
    let added = 0;
    if (await this.areNew(tx, scope.audience, digests)) added = await insert(tx, scope, this.sealedParts(given));
    if (added === given.length) return added;
    const { missing, changed, stale } = await look(tx, scope.audience, digests, lastMirror(scope));
    const inserted = await insert(tx, scope, this.sealedParts(chosen(given, missing)));
    // Another upload has put some of those who were missing.
    let others = inserted < missing.length ? [...changed, ...missing] : changed;
    if (others.length > 0) {
      // All in one statement, and so in one order.
      others = [...others, ...stale].sort((one, other) => one - other);
    } else if (stale.length > 0) {
      const { same } = await mark(tx, scope, chosen(digests, stale));
      // Another upload has changed some, or taken them out.
      if (same.length < stale.length) others = stale;
    }
    if (others.length > 0) await upsert(tx, scope, this.sealed(chosen(given, others)));
    return added + inserted;
  }

  /** By the first of them, which are as good as any: keys are digests. */
  private async areNew(tx: Queryable, audience: number, digests: readonly MemberDigests[]): Promise<boolean> {
    const probe = digests.slice(0, PROBE);
    const { missing } = await look(tx, audience, probe);
    return missing.length === probe.length;
  }

  private *sealedParts(given: readonly GivenMember[]): Generator<MemberRow[]> {
    for (let from = 0; from < given.length; from += PART) yield this.sealed(given.slice(from, from + PART));
  }

  private sealed(given: readonly GivenMember[]): MemberRow[] {
    const records = this.cipher.seal(given.map(({ digests }) => digests));
    return given.map(({ digests }, index) => ({ digests, record: records[index]! }));
  }
}

/**
 * The last session up to this one that mirrors. Who was brought since need not be noted again: `seen` is compared with the
 * numbers of mirrors only, and no later mirror spares whom this session brings. A mirror whose first batch is not stored yet is
 * not seen here: the two calls are then made at the same time, and either may be the first.
 */
function lastMirror({ session }: MemberScope): SQL {
  return sql`(select coalesce(max(number), 0) from sessions where mode = 'mirror' and number <= ${session})`;
}

function chosen<T>(values: readonly T[], places: readonly number[]): T[] {
  return places.map((place) => values[place]!);
}
