import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem.exception.js';
import { Database, type Transaction } from '../storage/database.js';
import {
  DeliveriesRepository,
  type DeliveryFilter,
  type DeliveryRow,
  type NewDeliveries,
} from './deliveries.repository.js';
import { DeliveryQueue } from './delivery-queue.js';
import { isSettled } from './delivery-state.js';
import { DeliveryWatcher } from './delivery-watcher.js';

/** How the deliveries of a batch stood when the caller's wait ended. */
export interface BatchOutcome {
  readonly deliveries: readonly DeliveryRow[];
  /** False at the timeout: some are still being delivered. */
  readonly decided: boolean;
}

/** Creates deliveries, waits for them, and lets an operator retry and cancel them. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly database: Database,
    private readonly repository: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
    private readonly watcher: DeliveryWatcher,
  ) {}

  /** One delivery and one job per target, in the transaction that stores the batch. */
  async create(tx: Transaction, deliveries: NewDeliveries): Promise<void> {
    for (const row of await this.repository.insert(tx, deliveries)) await this.queue.send(tx, row);
  }

  /**
   * Waits until every delivery of the batch is settled, or has to wait beyond the time left (a rate limit, a platform that is
   * down, one that decides later): there is nothing to wait for then, and the work goes on in the background.
   */
  async outcome(batch: string, timeoutMs: number): Promise<BatchOutcome> {
    const deadline = Date.now() + timeoutMs;
    const decided = await this.watcher.until(batch, timeoutMs, async () => {
      const rows = await this.repository.ofBatch(batch);
      return rows.every((row) => isSettled(row.state) || waitsBeyond(row, deadline)) ? rows : undefined;
    });
    return decided
      ? { deliveries: decided, decided: true }
      : { deliveries: await this.repository.ofBatch(batch), decided: false };
  }

  /** The same for batches that are one to the caller: the parts of a large one, all of a session. */
  async outcomeOfAll(batches: readonly string[], timeoutMs: number): Promise<BatchOutcome> {
    const deadline = Date.now() + timeoutMs;
    const outcomes: BatchOutcome[] = [];
    for (const batch of batches) outcomes.push(await this.outcome(batch, Math.max(1, deadline - Date.now())));
    return {
      deliveries: outcomes.flatMap(({ deliveries }) => deliveries),
      decided: outcomes.every(({ decided }) => decided),
    };
  }

  async get(id: string): Promise<DeliveryRow> {
    const row = await this.repository.find(id);
    if (!row) throw new ProblemException(404, 'delivery-not-found', 'There is no delivery with this id');
    return row;
  }

  async list(filter: DeliveryFilter, after: string | undefined, limit: number): Promise<DeliveryRow[]> {
    return this.repository.list(filter, after, limit);
  }

  /** Queues a failed delivery again, from its last checkpoint. */
  async retry(id: string): Promise<DeliveryRow> {
    const before = await this.get(id);
    const row = await this.database.transaction(async (tx) => {
      const queued = await this.repository.requeue(tx, id);
      if (queued) await this.queue.send(tx, queued);
      return queued;
    });
    if (row) return row;
    const reason = before.state === 'failed' ? 'its payload is no longer stored' : `it is ${before.state}, not failed`;
    throw new ProblemException(409, 'delivery-not-retryable', `This delivery cannot be retried: ${reason}`);
  }

  /** Ends a delivery that is not settled, or one that failed. */
  async cancel(id: string): Promise<DeliveryRow> {
    const before = await this.get(id);
    const row = await this.database.transaction((tx) => this.repository.cancel(tx, id));
    if (row) return row;
    throw new ProblemException(409, 'delivery-not-cancellable', `This delivery is already ${before.state}`);
  }
}

function waitsBeyond({ state, dueAt, errorCode }: DeliveryRow, deadline: number): boolean {
  const waits = state === 'processing' || (state === 'waiting' && errorCode !== null);
  return waits && dueAt !== null && dueAt.getTime() >= deadline;
}
