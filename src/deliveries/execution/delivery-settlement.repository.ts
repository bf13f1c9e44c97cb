import { Injectable } from '@nestjs/common';
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { Database, type Transaction } from '../../storage/database.js';
import { deliveries } from '../../storage/schema.js';
import { predecessors } from '../delivery-state.js';
import { notifySettled } from '../delivery-watcher.js';
import { purgeWhenDone } from '../payload-purge.service.js';
import { type ClaimedDelivery, guarded, type SettledCounts } from './delivery-claim.js';

export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly platformCode?: string;
  readonly retryable: boolean;
}

/**
 * How a worker takes a delivery up and lets go of it: done, given up, or to be taken up again. Every write after the claim is
 * guarded by it.
 */
@Injectable()
export class DeliverySettlementRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes up a delivery whose time has come, or whose worker died: then the queue gives the very same job again. Nothing when it
   * is settled, when it is not due, and when another job has it.
   */
  async claim(id: string, job: string): Promise<ClaimedDelivery | undefined> {
    const isDue = sql`(${deliveries.dueAt} is null or ${deliveries.dueAt} <= now())`;
    const waiting = predecessors('running').filter((state) => state !== 'running');
    const isOpen = and(inArray(deliveries.state, waiting), isDue);
    const [claimed] = await this.database.query
      .update(deliveries)
      .set({
        state: 'running',
        claim: uuid(),
        job,
        attempts: sql`${deliveries.attempts} + 1`,
        dueAt: null,
        startedAt: sql`coalesce(${deliveries.startedAt}, now())`,
      })
      .where(and(eq(deliveries.id, id), or(isOpen, and(eq(deliveries.state, 'running'), eq(deliveries.job, job)))))
      .returning();
    return claimed as ClaimedDelivery | undefined;
  }

  /** Done. The batch's payload is purged when this was its last open delivery. */
  async succeed(held: ClaimedDelivery): Promise<SettledCounts> {
    return this.database.transaction(async (tx) => {
      const counts = await guarded(tx, held, {
        ...cleared,
        state: 'succeeded',
        nextUser: held.received,
        settledAt: sql`now()`,
      });
      await purgeWhenDone(tx, held.batch);
      await notifySettled(tx, held.batch);
      return counts;
    });
  }

  /** Given up. The payload stays for a while, so that the delivery can be retried by hand. */
  async fail(held: ClaimedDelivery, failure: DeliveryFailure): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { ...errorColumns(failure), state: 'failed', settledAt: sql`now()` });
      await notifySettled(tx, held.batch);
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
