import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNotNull, type SQL, sql } from 'drizzle-orm';
import { SealedEdgeTagIds } from '../../deliveries/rejections/sealed-edge-tag-ids.js';
import { type Identifiers, identifiersOf } from '../../members/member-identity.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { toAudienceUsers } from '../../providers/contract/read-users.js';
import { Database } from '../../storage/database.js';
import { PayloadCipher } from '../../storage/payload-cipher.js';
import { batches, rejections } from '../../storage/schema.js';

/** What was found of a person in batches that wait to be delivered. */
export interface BlankedPayloads {
  readonly blanked: number;
  /** Batches that hold the person and have to stay as they are for now. */
  readonly waiting: number;
}

const SLICE = 20;
const NOBODY = Buffer.alloc(0);

/** Traces of a person in what our database keeps beside the members: payloads of batches, and the ids of rejected users. */
@Injectable()
export class StoredTraces {
  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly sealed: SealedEdgeTagIds,
  ) {}

  /**
   * Takes the person out of every stored payload; an empty user keeps the place, because others are counted from it. A batch of
   * which a platform still decides is left until it has: its answer counts the person's row.
   */
  async blankPayloads(person: Identifiers): Promise<BlankedPayloads> {
    const result = { blanked: 0, waiting: 0 };
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const slice = await this.payloads(after);
      for (const { id, payload, isOpen } of slice) {
        const users = JSON.parse((await this.cipher.open(payload, id)).toString('utf8')) as unknown[];
        const found = toAudienceUsers(users).flatMap((user, index) => (isSame(person, user) ? [index] : []));
        if (found.length === 0) continue;
        if (isOpen) {
          result.waiting += 1;
          continue;
        }
        for (const index of found) users[index] = {};
        const blank = await this.cipher.seal(Buffer.from(JSON.stringify(users)), id);
        await this.database.query
          .update(batches)
          .set({ payload: blank })
          .where(and(eq(batches.id, id), isNotNull(batches.payload)));
        result.blanked += found.length;
      }
      if (slice.length < SLICE) return result;
      after = slice.at(-1)!.id;
    }
  }

  /** Takes the ids out of the rejections. @returns how many were there */
  async blankRejections(edgeTagIds: ReadonlySet<string>): Promise<number> {
    if (edgeTagIds.size === 0) return 0;
    let count = 0;
    let after: SQL | undefined;
    for (;;) {
      const rows = await this.database.query
        .select()
        .from(rejections)
        .where(and(sql`cardinality(${rejections.edgeTagIds}) > 0`, after))
        .orderBy(rejections.delivery, rejections.stage, rejections.field, rejections.reason)
        .limit(SLICE);
      for (const row of rows) count += await this.blankRow(row, edgeTagIds);
      if (rows.length < SLICE) return count;
      const { delivery, stage, field, reason } = rows.at(-1)!;
      after = sql`(${rejections.delivery}, ${rejections.stage}, ${rejections.field}, ${rejections.reason})
        > (${delivery}::uuid, ${stage}::int, ${field}::text, ${reason}::text)`;
    }
  }

  private async blankRow(row: typeof rejections.$inferSelect, edgeTagIds: ReadonlySet<string>): Promise<number> {
    const ids = await this.sealed.open(row, row.edgeTagIds);
    const found = ids.filter((id) => id !== null && edgeTagIds.has(id)).length;
    if (found === 0) return 0;
    const kept = ids.map((id) => (id !== null && edgeTagIds.has(id) ? undefined : (id ?? undefined)));
    const { delivery, stage, field, reason } = row;
    const pieces = await this.sealed.seal(row, kept);
    await this.database.query
      .update(rejections)
      .set({ edgeTagIds: sql`${sql.param(pieces)}::bytea[]` })
      .where(
        and(
          eq(rejections.delivery, delivery),
          eq(rejections.stage, stage),
          eq(rejections.field, field),
          eq(rejections.reason, reason),
          // Users were added meanwhile: the next round finds it again.
          sql`cardinality(${rejections.users}) = ${row.users.length}`,
        ),
      );
    return found;
  }

  /** But for those of erasures: they hold whom to take out. */
  private async payloads(after: string) {
    const isOpen = sql<boolean>`exists (select 1 from deliveries d join checkpoints c on c.delivery = d.id
      where d.batch = ${batches.id} and c.remote_job_id is not null and d.state <> 'failed')`;
    const isErasure = sql`exists (select 1 from sessions s where s.id = ${batches.session} and s.origin = 'erasure')`;
    const rows = await this.database.query
      .select({ id: batches.id, payload: batches.payload, isOpen })
      .from(batches)
      .where(and(isNotNull(batches.payload), gt(batches.id, after), sql`not ${isErasure}`))
      .orderBy(batches.id)
      .limit(SLICE);
    return rows.map((row) => ({ ...row, payload: row.payload ?? NOBODY }));
  }
}

function isSame(person: Identifiers, user: AudienceUser): boolean {
  const own = identifiersOf(user);
  return (['email', 'phone', 'edgeTagId'] as const).some(
    (name) => person[name] !== undefined && person[name] === own[name],
  );
}
