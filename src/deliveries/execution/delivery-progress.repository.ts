import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';
import { Database } from '../../storage/database.js';
import { checkpoints, deliveries, rejections } from '../../storage/schema.js';
import { type ClaimedDelivery, guarded } from './delivery-claim.js';
import { insertRejections, packRefusals, packRejections, PREPARED } from './packed-rejections.js';

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
  constructor(private readonly database: Database) {}

  /** What was found before anything was sent. Repeated by every attempt with the same outcome. */
  async recordPrepared(held: ClaimedDelivery, found: readonly Rejection[]): Promise<void> {
    const skipped = new Set(found.filter(({ field }) => field === undefined).map(({ user }) => user)).size;
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { skipped });
      await insertRejections(tx, held.id, PREPARED, packRejections(found));
    });
  }

  async recordAudience(held: ClaimedDelivery, audienceId: string): Promise<void> {
    await guarded(this.database.query, held, { audienceId });
  }

  /** The platform's answer to one chunk; the chunk is never sent again. */
  async checkpoint(held: ClaimedDelivery, chunk: SentChunk, receipt: Receipt): Promise<void> {
    const sent = chunk.users.length;
    const { remoteJobId } = receipt;
    const refused = Math.min(receipt.refused.length + (receipt.refusedUnnamed ?? 0), sent);
    // What the platform still decides is neither accepted nor rejected.
    const accepted = remoteJobId === undefined ? Math.min(receipt.accepted, sent) : 0;
    const rejected = remoteJobId === undefined ? sent - accepted : refused;
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
        sent,
        accepted,
        remoteJobId,
        recordedAt: sql`now()`,
      });
      await insertRejections(tx, held.id, chunk.firstUser, packRefusals(chunk.users, receipt));
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
