import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database, type Transaction, unhurried } from '../../storage/database.js';
import { checkpoints, deliveries, rejections } from '../../storage/schema.js';
import { RejectionsWriter } from '../rejections/rejections-writer.js';
import type { DeliveryBatch } from './batch/delivery-batch-reader.js';
import { type ClaimedDelivery, guarded } from './delivery-claim.js';
import { DeliveryMembers, type MemberChanges } from './delivery-members.service.js';
import { acceptedOf, outcomeOf, packRejections } from './packed-rejections.js';

/** One chunk as it was sent. */
export interface SentChunk {
  readonly firstUser: number;
  /** The user after the chunk's last. */
  readonly endUser: number;
  /** The users of the chunk's rows, in the order of the rows. */
  readonly users: readonly number[];
  /** Users since the chunk before who need not be sent. */
  readonly unsent: readonly number[];
}

/** What a worker writes while it delivers. Every write is guarded by its claim. */
@Injectable()
export class DeliveryProgressRepository {
  constructor(
    private readonly database: Database,
    private readonly rejections: RejectionsWriter,
    private readonly members: DeliveryMembers,
  ) {}

  /**
   * What was found before anything was sent. Every attempt finds it again; once users are settled it stays as it was, because
   * another finding, with changed settings, would no longer add up with them.
   *
   * @param users all users of the batch
   */
  async recordPrepared(
    held: ClaimedDelivery,
    found: readonly Rejection[],
    users: readonly AudienceUser[],
  ): Promise<void> {
    if (held.nextUser > 0) return;
    const skipped = new Set(found.filter(({ field }) => field === undefined).map(({ user }) => user)).size;
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { skipped }, { unhurried });
      await this.rejections.replacePrepared(tx, held.id, packRejections(found), users);
    });
  }

  /** Users below this one are settled. */
  async settledTo(held: ClaimedDelivery): Promise<number> {
    const [row] = await this.database.query
      .select({ nextUser: deliveries.nextUser })
      .from(deliveries)
      .where(eq(deliveries.id, held.id));
    return row?.nextUser ?? 0;
  }

  /** Where the users of the delivery go; our record of the audience learns its id, too. */
  async recordAudience(held: ClaimedDelivery, audienceId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { audienceId });
      if (held.customAudience === null) return;
      const isNews = sql`${customAudiences.audienceId} is distinct from ${audienceId}`;
      const isOurs = and(eq(customAudiences.id, held.customAudience), isNews);
      await tx.update(customAudiences).set({ audienceId }).where(isOurs);
    });
  }

  /** The platform's answer to one chunk; the chunk is never sent again. */
  async checkpoint(held: ClaimedDelivery, chunk: SentChunk, receipt: Receipt, batch: DeliveryBatch): Promise<void> {
    const outcome = outcomeOf(chunk.users, receipt);
    const { unsent } = chunk;
    const accepted = outcome.accepted + unsent.length;
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, {
        ...wellAgain,
        nextUser: chunk.endUser,
        accepted: sql`${deliveries.accepted} + ${accepted}`,
        rejected: sql`${deliveries.rejected} + ${outcome.rejected}`,
        unchanged: sql`${deliveries.unchanged} + ${unchangedOf(batch, unsent)}`,
      });
      await tx.insert(checkpoints).values({
        delivery: held.id,
        firstUser: chunk.firstUser,
        endUser: chunk.endUser,
        sent: chunk.users.length + unsent.length,
        accepted,
        unchanged: [...unsent],
        remoteJobId: receipt.remoteJobId,
        recordedAt: sql`now()`,
      });
      await this.rejections.add(tx, held.id, chunk.firstUser, outcome.rejections, batch.users);
      await recordChanges(tx, held, await this.members.unsent(tx, batch.members, unsent));
      if (receipt.remoteJobId === undefined)
        await this.recordMembers(tx, held, batch, acceptedOf(chunk.users, receipt));
    });
  }

  /** The last users, who need not be sent: the platform has them, or has not when they were to be taken out. */
  async acceptUnsent(held: ClaimedDelivery, users: readonly number[], batch: DeliveryBatch): Promise<void> {
    if (users.length === 0) return;
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, {
        ...wellAgain,
        nextUser: held.received,
        accepted: sql`${deliveries.accepted} + ${users.length}`,
        unchanged: sql`${deliveries.unchanged} + ${unchangedOf(batch, users)}`,
      });
      await recordChanges(tx, held, await this.members.unsent(tx, batch.members, users));
    });
  }

  /** The platform's answer came later, or at once: these users are in the audience, or out of it. */
  async recordMembers(tx: Transaction, held: ClaimedDelivery, batch: DeliveryBatch, users: readonly number[]) {
    await recordChanges(tx, held, await this.members.accepted(tx, batch.members, users));
  }

  /** The audience is gone: nobody is in it any more. */
  async forgetMembers(tx: Transaction, batch: DeliveryBatch): Promise<void> {
    await this.members.lost(tx, batch.members);
  }

  /** The audience that the chunks went to is gone: all users have to be sent to the new one. */
  async startOver(held: ClaimedDelivery): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { nextUser: 0, accepted: 0, rejected: 0, added: 0, unchanged: 0, audienceId: null });
      await tx.delete(checkpoints).where(eq(checkpoints.delivery, held.id));
      await tx.delete(rejections).where(and(eq(rejections.delivery, held.id), sql`${rejections.stage} >= 0`));
    });
  }
}

/** Whoever is taken out without a word to the platform did change. */
function unchangedOf({ members }: DeliveryBatch, unsent: readonly number[]): number {
  return members.mode === 'remove' ? 0 : unsent.length;
}

const wellAgain = { failures: 0, errorCode: null, errorMessage: null, platformCode: null, retryable: null };

async function recordChanges(tx: Transaction, held: ClaimedDelivery, { added, removed }: MemberChanges): Promise<void> {
  if (added === 0 && removed === 0) return;
  await guarded(tx, held, {
    added: sql`${deliveries.added} + ${added}`,
    removed: sql`${deliveries.removed} + ${removed}`,
  });
}
