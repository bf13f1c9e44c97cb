import { Injectable } from '@nestjs/common';
import { and, asc, desc, eq, isNotNull, lt, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { MemberCipher } from '../members/member-cipher.js';
import { identifiersOf } from '../members/member-identity.js';
import { Database } from '../storage/database.js';
import { erasures, erasureTags } from '../storage/member-schema.js';
import { PayloadCipher } from '../storage/payload-cipher.js';

/** Whom to forget, as the caller gave it. At least one is there. */
export interface Person {
  readonly email?: string;
  readonly phone?: string;
  readonly edgeTagId?: string;
}

export type ErasureRow = typeof erasures.$inferSelect;
export type ErasureTagRow = typeof erasureTags.$inferSelect;

/** A worker that dies in a round is replaced after so long. */
const LEASE_SECONDS = 120;

/** Erasures as rows. Whom they are about is sealed, and gone when they are completed: what stays is keyed digests. */
@Injectable()
export class ErasuresRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly digests: MemberCipher,
  ) {}

  async create(person: Person): Promise<ErasureRow> {
    const id = uuid();
    const [row] = await this.database.query
      .insert(erasures)
      .values({
        id,
        ...this.digests.lookups(identifiersOf(person)),
        person: await this.cipher.seal(Buffer.from(JSON.stringify(person)), id),
        state: 'processing',
        dueAt: sql`now()`,
        createdAt: sql`now()`,
      })
      .returning();
    return row!;
  }

  async find(id: string): Promise<ErasureRow | undefined> {
    const [row] = await this.database.query.select().from(erasures).where(eq(erasures.id, id));
    return row;
  }

  /** Newest first. */
  async list(before: string | undefined, limit: number): Promise<ErasureRow[]> {
    return this.database.query
      .select()
      .from(erasures)
      .where(before ? lt(erasures.id, before) : undefined)
      .orderBy(desc(erasures.id))
      .limit(limit);
  }

  async tagsOf(id: string): Promise<ErasureTagRow[]> {
    return this.database.query
      .select()
      .from(erasureTags)
      .where(eq(erasureTags.erasure, id))
      .orderBy(asc(erasureTags.provider), asc(erasureTags.tag));
  }

  /** Takes one erasure whose round has come, so that no other process takes it for a while. */
  async claim(): Promise<ErasureRow | undefined> {
    const due = sql`(select id from erasures where due_at <= now() order by due_at limit 1 for update skip locked)`;
    const [row] = await this.database.query
      .update(erasures)
      .set({ dueAt: sql`now() + ${LEASE_SECONDS} * interval '1 second'`, rounds: sql`${erasures.rounds} + 1` })
      .where(sql`${erasures.id} = ${due}`)
      .returning();
    return row;
  }

  async personOf({ id, person }: ErasureRow): Promise<Person> {
    if (!person) throw new Error('An erasure that is completed knows nobody any more');
    return JSON.parse((await this.cipher.open(person, id)).toString('utf8')) as Person;
  }

  async addTag(row: typeof erasureTags.$inferInsert): Promise<void> {
    await this.database.query.insert(erasureTags).values(row).onConflictDoNothing();
  }

  async updateTag(row: ErasureTagRow, change: Partial<ErasureTagRow>): Promise<void> {
    await this.database.query
      .update(erasureTags)
      .set(change)
      .where(
        and(eq(erasureTags.erasure, row.erasure), eq(erasureTags.provider, row.provider), eq(erasureTags.tag, row.tag)),
      );
  }

  /** What a round did in our own store. */
  async recordStore(id: string, done: Readonly<Record<string, number>>): Promise<void> {
    const row = await this.find(id);
    const store = { ...row?.store };
    for (const [what, count] of Object.entries(done)) store[what] = (store[what] ?? 0) + count;
    const blankedAt = sql`coalesce(${erasures.blankedAt}, now())`;
    await this.database.query.update(erasures).set({ store, blankedAt }).where(eq(erasures.id, id));
  }

  async again(id: string, afterMs: number): Promise<void> {
    const dueAt = sql`now() + ${afterMs} * interval '1 millisecond'`;
    await this.database.query.update(erasures).set({ dueAt }).where(eq(erasures.id, id));
  }

  async complete(id: string, state: 'completed' | 'completed-with-errors'): Promise<void> {
    await this.database.query
      .update(erasures)
      .set({ state, person: null, dueAt: null, completedAt: sql`now()` })
      .where(and(eq(erasures.id, id), isNotNull(erasures.person)));
  }
}
