import { Injectable } from '@nestjs/common';
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { PreparedRow, ProviderClient, Receipt } from '../../providers/contract/audience-provider.js';
import { Database, type Transaction } from '../../storage/database.js';
import { checkpoints, deliveries, rejections } from '../../storage/schema.js';
import { RejectionsWriter } from '../rejections/rejections-writer.js';
import type { DeliveryBatch } from './batch/delivery-batch-reader.js';
import { type ClaimedDelivery, guarded } from './delivery-claim.js';
import { DeliveryProgressRepository } from './delivery-progress.repository.js';
import { acceptedOf, outcomeOf } from './packed-rejections.js';

/** The platform has not decided about all chunks yet: ask again after so long. */
export class StillProcessingError extends Error {
  constructor(readonly delayMs: number) {
    super(`The platform is still processing; asked again in ${delayMs} ms`);
  }
}

/** How a delivery's jobs are asked for. */
export interface Asking {
  readonly pollMs: number;
  readonly signal: AbortSignal;
  readonly beforeCall: () => Promise<void>;
  readonly batch: DeliveryBatch;
}

type PendingChunk = typeof checkpoints.$inferSelect & { readonly remoteJobId: string };

/** The slowest pace of asking, in multiples of the platform's `pollMs`. */
const SLOWEST = 20;

/**
 * Chunks that a platform decides about later. Asking is a durable step of its own: no worker waits for a job, and the outcome
 * of each is recorded once.
 */
@Injectable()
export class RemoteJobsService {
  constructor(
    private readonly database: Database,
    private readonly rejections: RejectionsWriter,
    private readonly progress: DeliveryProgressRepository,
  ) {}

  /**
   * Asks for every job of the delivery that is still open and records what was decided.
   *
   * @throws StillProcessingError when some are still open afterwards
   */
  async settle(
    held: ClaimedDelivery,
    rows: readonly PreparedRow<unknown>[],
    client: ProviderClient,
    { pollMs, signal, beforeCall, batch }: Asking,
  ): Promise<void> {
    let waitMs: number | undefined;
    for (const chunk of await this.pending(held.id)) {
      if (!client.pollUpload) throw new Error(`${held.provider} gives jobs but cannot be asked for them`);
      await beforeCall();
      const receipt = await client.pollUpload(chunk.remoteJobId, { deliveryId: held.id, signal });
      if (receipt === 'pending') waitMs = Math.min(waitMs ?? Infinity, pollDelay(chunk, pollMs));
      else await this.record(held, chunk, rows, receipt, batch);
    }
    if (waitMs !== undefined) throw new StillProcessingError(waitMs);
  }

  private async pending(delivery: string): Promise<PendingChunk[]> {
    const found = await this.database.query
      .select()
      .from(checkpoints)
      .where(and(eq(checkpoints.delivery, delivery), isNotNull(checkpoints.remoteJobId)))
      .orderBy(asc(checkpoints.firstUser));
    return found as PendingChunk[];
  }

  private async record(
    held: ClaimedDelivery,
    chunk: PendingChunk,
    rows: readonly PreparedRow<unknown>[],
    receipt: Receipt,
    batch: DeliveryBatch,
  ) {
    await this.database.transaction(async (tx) => {
      const users = await usersOf(tx, held.id, chunk, rows);
      const { accepted, rejected, rejections: refused } = outcomeOf(users, { ...receipt, remoteJobId: undefined });
      await guarded(tx, held, {
        accepted: sql`${deliveries.accepted} + ${accepted}`,
        rejected: sql`${deliveries.rejected} + ${rejected}`,
        failures: 0,
      });
      await tx
        .update(checkpoints)
        .set({ remoteJobId: null, accepted: sql`${checkpoints.accepted} + ${accepted}` })
        .where(and(eq(checkpoints.delivery, held.id), eq(checkpoints.firstUser, chunk.firstUser)));
      await this.rejections.add(tx, held.id, chunk.firstUser, refused, batch.users);
      await this.progress.recordMembers(tx, held, batch, acceptedOf(users, receipt));
    });
  }
}

/** The users of the chunk's rows that the upload left pending: all but those it had refused at once or need not send. */
async function usersOf(tx: Transaction, delivery: string, chunk: PendingChunk, rows: readonly PreparedRow<unknown>[]) {
  const refused = await tx
    .select({ users: rejections.users })
    .from(rejections)
    .where(and(eq(rejections.delivery, delivery), eq(rejections.stage, chunk.firstUser)));
  const gone = new Set([...refused.flatMap(({ users }) => users), ...chunk.unchanged]);
  return rows
    .map(({ user }) => user)
    .filter((user) => user >= chunk.firstUser && user < chunk.endUser && !gone.has(user));
}

/** The longer a job takes, the less often it is asked for. */
function pollDelay({ recordedAt }: PendingChunk, pollMs: number): number {
  return Math.round(Math.min(Math.max(pollMs, (Date.now() - recordedAt.getTime()) / 2), pollMs * SLOWEST));
}
