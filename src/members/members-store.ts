import { Injectable } from '@nestjs/common';
import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { AppConfig } from '../config/config.js';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database, type Queryable } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { MemberCipher, type MemberDigests } from './member-cipher.js';

/** Which members: those of one custom audience, as one session brings them. */
export interface MemberScope {
  /** `custom_audiences.number`. */
  readonly audience: number;
  /** `sessions.number`: later sessions have larger ones. */
  readonly session: number;
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

  /** The indexes of the users whom the audience has just as they are. */
  async unchanged(audience: number, users: readonly AudienceUser[]): Promise<ReadonlySet<number>> {
    const digests = users.map((user) => this.cipher.digests(user));
    const known = await this.known(this.database.query, audience, digests);
    const same = digests.flatMap(({ key, content }, index) =>
      known.get(key.toString('latin1'))?.equals(content) ? [index] : [],
    );
    return new Set(same);
  }

  /** The users are in the audience now, and the session has brought them. */
  async put(tx: Queryable, scope: MemberScope, users: readonly AudienceUser[]): Promise<MemberCounts> {
    const given = new Map<string, { user: AudienceUser; digests: MemberDigests }>();
    for (const user of users) {
      const digests = this.cipher.digests(user);
      given.set(digests.key.toString('latin1'), { user, digests });
    }
    // In one order everywhere: two uploads of the same people do not wait for each other crosswise.
    const sorted = [...given].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, member]) => member);
    const known = await this.known(
      tx,
      scope.audience,
      sorted.map(({ digests }) => digests),
    );
    const of = (kind: 'new' | 'changed' | 'same') =>
      sorted.filter(({ digests }) => {
        const content = known.get(digests.key.toString('latin1'));
        return kind === (!content ? 'new' : content.equals(digests.content) ? 'same' : 'changed');
      });
    const fresh = of('new');
    const added = fresh.length > 0 ? await this.insert(tx, scope, fresh) : 0;
    const changed = of('changed');
    if (changed.length > 0) await this.update(tx, scope, changed);
    await this.see(
      tx,
      scope,
      of('same').map(({ digests }) => digests.key),
    );
    return { added, known: given.size - added };
  }

  /** The session has brought users who were in the audience already. */
  async keep(tx: Queryable, scope: MemberScope, users: readonly AudienceUser[]): Promise<void> {
    await this.see(
      tx,
      scope,
      users.map((user) => this.cipher.digests(user).key).sort((one, other) => Buffer.compare(one, other)),
    );
  }

  /** @returns how many were in the audience */
  async remove(tx: Queryable, audience: number, keys: readonly Buffer[]): Promise<number> {
    if (keys.length === 0) return 0;
    const sorted = [...keys].sort((one, other) => Buffer.compare(one, other));
    const gone = await tx.delete(members).where(and(eq(members.audience, audience), isAny(sorted)));
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
        .select()
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
      if (rows.length > 0) yield rows.map((row) => this.cipher.open(row));
      if (rows.length < SLICE) return;
      after = rows.at(-1)!.key;
    }
  }

  private async known(tx: Queryable, audience: number, digests: readonly MemberDigests[]) {
    const rows = await tx
      .select({ key: members.key, content: members.content })
      .from(members)
      .where(and(eq(members.audience, audience), isAny(digests.map(({ key }) => key))));
    return new Map(rows.map(({ key, content }) => [key.toString('latin1'), content]));
  }

  private async insert(tx: Queryable, scope: MemberScope, given: readonly GivenMember[]): Promise<number> {
    const { rowCount } = await tx.execute(sql`
      insert into members (audience, key, content, email, phone, edge_tag_id, record, seen)
      select ${scope.audience}, key, content, email, phone, edge_tag_id, record, ${scope.session}
      from ${this.rows(given)} on conflict (audience, key) do nothing`);
    return rowCount ?? 0;
  }

  private async update(tx: Queryable, scope: MemberScope, given: readonly GivenMember[]): Promise<void> {
    await tx.execute(sql`
      update members set content = given.content, email = given.email, phone = given.phone,
        edge_tag_id = given.edge_tag_id, record = given.record, seen = greatest(seen, ${scope.session})
      from ${this.rows(given)} where members.audience = ${scope.audience} and members.key = given.key`);
  }

  private rows(given: readonly GivenMember[]): SQL {
    const records = this.cipher.seal(given.map(({ user }) => user));
    const column = (name: keyof MemberDigests) => bytes(given.map(({ digests }) => digests[name]));
    return sql`unnest(${column('key')}, ${column('content')}, ${column('email')}, ${column('phone')},
      ${column('edgeTagId')}, ${bytes(records)}) as given (key, content, email, phone, edge_tag_id, record)`;
  }

  private async see(tx: Queryable, { audience, session }: MemberScope, keys: readonly Buffer[]): Promise<void> {
    if (keys.length === 0) return;
    await tx
      .update(members)
      .set({ seen: session })
      .where(and(eq(members.audience, audience), isAny(keys), lt(members.seen, session)));
  }
}

interface GivenMember {
  readonly user: AudienceUser;
  readonly digests: MemberDigests;
}

export const bytes = (values: readonly (Buffer | null)[]) => sql`${sql.param(values)}::bytea[]`;
const isAny = (keys: readonly Buffer[]) => sql`${members.key} = any(${bytes(keys)})`;
