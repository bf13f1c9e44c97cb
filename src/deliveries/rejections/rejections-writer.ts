import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import type { Transaction } from '../../storage/database.js';
import { rejections } from '../../storage/schema.js';
import type { PackedRejections } from '../execution/packed-rejections.js';
import { SealedEdgeTagIds } from './sealed-edge-tag-ids.js';

/** The stage of what was found before anything was sent; that of a chunk is its first user. */
const PREPARED = -1;

/** Stores the rejections of a delivery in the caller's transaction, with the `edgeTagId`s of the users they name, sealed. */
@Injectable()
export class RejectionsWriter {
  constructor(private readonly edgeTagIds: SealedEdgeTagIds) {}

  /** What was found while preparing, in place of what an earlier attempt found, which is the same but for changed settings. */
  async replacePrepared(
    tx: Transaction,
    delivery: string,
    packed: readonly PackedRejections[],
    users: readonly AudienceUser[],
  ): Promise<void> {
    const isPrepared = and(eq(rejections.delivery, delivery), eq(rejections.stage, PREPARED));
    const { field, reason, users: named } = rejections;
    const before = await tx.select({ field, reason, users: named }).from(rejections).where(isPrepared);
    // A platform that is down for a day has a delivery prepared hundreds of times.
    if (contentOf(before) === contentOf(packed)) return;
    if (before.length > 0) await tx.delete(rejections).where(isPrepared);
    await this.add(tx, delivery, PREPARED, packed, users);
  }

  /**
   * Adds to what a stage has.
   *
   * @param stage the first user of the chunk that the platform answered
   * @param users all users of the batch
   */
  async add(
    tx: Transaction,
    delivery: string,
    stage: number,
    packed: readonly PackedRejections[],
    users: readonly AudienceUser[],
  ): Promise<void> {
    if (packed.length === 0) return;
    const rows = await Promise.all(packed.map((group) => this.row({ delivery, stage, ...group }, users)));
    await tx
      .insert(rejections)
      .values(rows)
      .onConflictDoUpdate({
        target: [rejections.delivery, rejections.stage, rejections.field, rejections.reason],
        set: {
          users: sql`${rejections.users} || excluded.users`,
          edgeTagIds: sql`${rejections.edgeTagIds} || excluded.edge_tag_ids`,
          unnamed: sql`${rejections.unnamed} + excluded.unnamed`,
        },
      });
  }

  private async row(group: PackedRejections & { delivery: string; stage: number }, users: readonly AudienceUser[]) {
    const pieces = await this.edgeTagIds.seal(
      group,
      group.users.map((user) => users[user]?.edgeTagId),
    );
    // Drizzle would write the bytes of an array as text.
    return { ...group, users: [...group.users], edgeTagIds: sql`${sql.param(pieces)}::bytea[]` };
  }
}

/** Equal for the same users with the same fields and reasons. */
function contentOf(packed: readonly { field: string; reason: string; users: readonly number[] }[]): string {
  return packed
    .map(({ field, reason, users }) => `${field} ${reason} ${users.join()}`)
    .sort()
    .join('\n');
}
