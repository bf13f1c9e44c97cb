import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { Database } from '../../storage/database.js';
import { checkpoints, deliveries, rejections } from '../../storage/schema.js';
import { RejectionsWriter } from '../rejections/rejections-writer.js';
import { type ClaimedDelivery, guarded } from './delivery-claim.js';
import { outcomeOf, packRejections } from './packed-rejections.js';

/** One chunk as it was sent. */
export interface SentChunk {
  readonly firstUser: number;
  /** The user after the chunk's last. */
  readonly endUser: number;
  /** The users of the chunk's rows, in the order of the rows. */
  readonly users: readonly number[];
}

/** What a worker writes while it delivers. Every write is guarded by its claim. */
@Injectable()
export class DeliveryProgressRepository {
  constructor(
    private readonly database: Database,
    private readonly rejections: RejectionsWriter,
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
      await guarded(tx, held, { skipped });
      await this.rejections.replacePrepared(tx, held.id, packRejections(found), users);
    });
  }

  async recordAudience(held: ClaimedDelivery, audienceId: string): Promise<void> {
    await guarded(this.database.query, held, { audienceId });
  }

  /**
   * The platform's answer to one chunk; the chunk is never sent again.
   *
   * @param users all users of the batch
   */
  async checkpoint(
    held: ClaimedDelivery,
    chunk: SentChunk,
    receipt: Receipt,
    users: readonly AudienceUser[],
  ): Promise<void> {
    const { accepted, rejected, rejections: refused } = outcomeOf(chunk.users, receipt);
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, {
        nextUser: chunk.endUser,
        accepted: sql`${deliveries.accepted} + ${accepted}`,
        rejected: sql`${deliveries.rejected} + ${rejected}`,
        failures: 0,
        errorCode: null,
        errorMessage: null,
        platformCode: null,
        retryable: null,
      });
      await tx.insert(checkpoints).values({
        delivery: held.id,
        firstUser: chunk.firstUser,
        endUser: chunk.endUser,
        sent: chunk.users.length,
        accepted,
        remoteJobId: receipt.remoteJobId,
        recordedAt: sql`now()`,
      });
      await this.rejections.add(tx, held.id, chunk.firstUser, refused, users);
    });
  }

  /** The audience that the chunks went to is gone: all users have to be sent to the new one. */
  async startOver(held: ClaimedDelivery): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { nextUser: 0, accepted: 0, rejected: 0, audienceId: null });
      await tx.delete(checkpoints).where(eq(checkpoints.delivery, held.id));
      await tx.delete(rejections).where(and(eq(rejections.delivery, held.id), sql`${rejections.stage} >= 0`));
    });
  }
}
