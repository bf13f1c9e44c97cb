import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database, type Transaction } from '../../storage/database.js';
import { deliveries } from '../../storage/schema.js';
import { tagHealth } from '../../storage/tag-schema.js';
import { notifySettled } from '../delivery-watcher.js';
import { purgeWhenDone } from './payload-purge.service.js';
import { SessionEnd } from './session-end.service.js';
import { type ClaimedDelivery, guarded, type SettledCounts } from '../execution/delivery-claim.js';

export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly platformCode?: string;
  readonly retryable: boolean;
}

/** How a worker lets go of a delivery: done, given up, or to be taken up again. Every write is guarded by its claim. */
@Injectable()
export class DeliverySettlementRepository {
  constructor(
    private readonly database: Database,
    private readonly sessionEnd: SessionEnd,
  ) {}

  /** Done. The batch's payload is purged when this was its last open delivery. */
  async succeed(held: ClaimedDelivery): Promise<SettledCounts> {
    return this.database.transaction(async (tx) => {
      const counts = await guarded(tx, held, {
        ...cleared,
        state: 'succeeded',
        // Everything is decided: who is neither accepted nor refused was skipped, be it that an erasure took them out meanwhile.
        skipped: sql`${deliveries.received} - ${deliveries.accepted} - ${deliveries.rejected}`,
        nextUser: held.received,
        settledAt: sql`now()`,
      });
      await purgeWhenDone(tx, held.batch);
      await notifySettled(tx, held.batch);
      await this.sessionEnd.tell(tx, held);
      return counts;
    });
  }

  /** Given up. The payload stays for a while, so that the delivery can be retried by hand. */
  async fail(held: ClaimedDelivery, failure: DeliveryFailure): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { ...errorColumns(failure), state: 'failed', settledAt: sql`now()` });
      await notifySettled(tx, held.batch);
      await this.sessionEnd.tell(tx, held);
    });
  }

  /** To be tried again at `dueAt`; `requeue` sends the job in the same transaction. */
  async wait(
    held: ClaimedDelivery,
    failure: DeliveryFailure,
    dueAt: Date,
    requeue: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      // A rate limit is no failure: the pace of retries is the platform's then.
      const failures = sql`${deliveries.failures} + ${failure.code === 'rate-limited' ? 0 : 1}`;
      await guarded(tx, held, { ...errorColumns(failure), state: 'waiting', dueAt, failures });
      await requeue(tx);
      await notifySettled(tx, held.batch);
    });
  }

  /**
   * To wait until its tag works again, at most until `deadline`. Unless the tag does so already: then it is tried again soon.
   */
  async hold(
    held: ClaimedDelivery,
    failure: DeliveryFailure,
    { soon, deadline }: { readonly soon: Date; readonly deadline: Date },
    requeue: (tx: Transaction, dueAt: Date) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      // The lock keeps the tag from being freed between this look and the write.
      const [tag] = await tx
        .select({ stoppedAt: tagHealth.stoppedAt })
        .from(tagHealth)
        .where(and(eq(tagHealth.provider, held.provider), eq(tagHealth.tag, held.tag)))
        .for('share');
      const isStopped = tag?.stoppedAt != null;
      const dueAt = isStopped ? deadline : soon;
      await guarded(tx, held, { ...errorColumns(failure), state: 'waiting', held: isStopped, dueAt });
      await requeue(tx, dueAt);
      await notifySettled(tx, held.batch);
    });
  }

  /** All was handed over and the platform is still at it; asked again at `dueAt`. */
  async process(held: ClaimedDelivery, dueAt: Date, requeue: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { ...cleared, state: 'processing', dueAt });
      await requeue(tx);
      await notifySettled(tx, held.batch);
    });
  }

  /** Given back unfinished at shutdown, for another worker or the next start. */
  async handBack(held: ClaimedDelivery, requeue: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { state: 'waiting', dueAt: sql`now()` });
      await requeue(tx);
    });
  }
}

const cleared = { dueAt: null, claim: null, errorCode: null, errorMessage: null, platformCode: null, retryable: null };

function errorColumns({ code, message, platformCode, retryable }: DeliveryFailure) {
  return { claim: null, errorCode: code, errorMessage: message, platformCode: platformCode ?? null, retryable };
}
