import { Injectable, Logger, type OnModuleInit, type OnApplicationShutdown } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss, type Job } from 'pg-boss';
import { AppConfig } from '../config/config.js';
import { ProviderCatalogue } from '../providers/provider-catalogue.service.js';
import { Database, type Transaction } from '../storage/database.js';

/** One configured account: a provider and one of its tags. */
export interface Target {
  readonly provider: string;
  readonly tag: string;
}

/** One call to a worker to take a delivery up. */
export interface DeliveryJob {
  /** The same when the queue gives the job to another worker because this one seems dead. */
  readonly id: string;
  readonly deliveryId: string;
  /** Aborted when the queue has taken the job away. */
  readonly signal: AbortSignal;
}

export type DeliveryHandler = (job: DeliveryJob) => Promise<void>;

/** A delivery with its place in the fair order of its tag: the lower, the sooner. */
export interface QueuedDelivery {
  readonly id: string;
  readonly turn: number;
}

interface DeliveryData {
  readonly deliveryId: string;
}

/** A worker that gave no sign of life for so long is taken for dead; its job goes to another. pg-boss allows no less than 10. */
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 3;
/** Jobs wake workers by NOTIFY; polling only finds those whose time has come and those that a lost connection hid. */
const POLL_SECONDS = 2;
/** Workers are drained before: nothing is left to wait for. */
const STOP_MS = 5_000;

const QUEUE_OPTIONS = {
  notify: true,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: 6 * 3600,
  // A job is repeated until its delivery says that it is settled: giving up is the retry policy's decision, not the queue's.
  retryLimit: 1_000_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  retentionSeconds: 60 * 24 * 3600,
  deleteAfterSeconds: 3600,
} as const;

/** Jobs in one statement, when many are sent. */
const SENT_TOGETHER = 1_000;
/** All jobs of a queue are one group, whose running jobs pg-boss counts over all processes. */
const GROUP = { id: 'tag' };

const { heartbeatSeconds: _unchangeable, retryDelayMax: _fixed, ...UPDATABLE_OPTIONS } = QUEUE_OPTIONS;

/**
 * The durable queue, one per tag so that a slow or broken tag never holds up another. The only file that knows pg-boss.
 * Jobs hold nothing but the delivery's id: what is true of a delivery stands in its row.
 */
@Injectable()
export class DeliveryQueue implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DeliveryQueue.name);
  private readonly boss: PgBoss;

  constructor(
    private readonly database: Database,
    config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
  ) {
    this.boss = new PgBoss({
      connectionString: database.url,
      application_name: 'audience-api',
      schema: 'queue',
      backend: config.queueBackend,
      max: 6,
      useListenNotify: true,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    });
    this.boss.on('error', (error) => this.logger.warn(`Queue: ${error.message}`));
  }

  /** Installs the queue's tables and one queue per configured tag. */
  async onModuleInit(): Promise<void> {
    await this.boss.start();
    for (const name of this.catalogue.targets().map(queueName)) {
      await this.boss.createQueue(name, QUEUE_OPTIONS);
      // An existing queue keeps its options otherwise.
      await this.boss.updateQueue(name, UPDATABLE_OPTIONS);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: STOP_MS });
  }

  /** Queues a delivery in the caller's transaction: no job without its rows, no rows without their job. */
  async send(tx: Transaction, delivery: QueuedDelivery & Target, startAfter?: Date): Promise<void> {
    const { data, priority, group } = jobOf(delivery);
    const options = { priority, group, db: fromDrizzle(tx, sql), ...(startAfter && { startAfter }) };
    await this.boss.send(queueName(delivery), data, options);
  }

  /** Queues many deliveries of one tag. */
  async sendAll(tx: Transaction, target: Target, deliveries: readonly QueuedDelivery[]): Promise<void> {
    for (let from = 0; from < deliveries.length; from += SENT_TOGETHER) {
      const jobs = deliveries.slice(from, from + SENT_TOGETHER).map(jobOf);
      await this.boss.insert(queueName(target), jobs, { db: fromDrizzle(tx, sql) });
    }
  }

  /** Takes up deliveries of one tag, at most `concurrency` at a time, about so over all processes (see `deliveries.slot`). */
  async work(target: Target, concurrency: number, handler: DeliveryHandler): Promise<void> {
    const options = {
      batchSize: 1,
      pollingIntervalSeconds: POLL_SECONDS,
      notifyPollingIntervalSeconds: POLL_SECONDS,
      groupConcurrency: concurrency,
    };
    for (let i = 0; i < concurrency; i++) {
      const workerId: string = await this.boss.work(queueName(target), options, async (jobs: Job<DeliveryData>[]) => {
        try {
          for (const { id, data, signal } of jobs) await handler({ id, ...data, signal });
        } finally {
          // Look for the next job at once: pg-boss would otherwise sleep a polling interval after each one.
          this.boss.notifyWorker(workerId);
        }
      });
    }
  }

  /** The jobs of a tag that workers have in hand; those of a dead worker until the queue has noticed. */
  async activeJobs(target: Target): Promise<string[]> {
    const { rows } = await this.database.query.execute<{ id: string }>(
      sql`select id from queue.job where name = ${queueName(target)} and state = 'active'`,
    );
    return rows.map(({ id }) => id);
  }

  /** Takes up nothing more and waits for what is being delivered. */
  async drain(): Promise<void> {
    await Promise.all(this.catalogue.targets().map((target) => this.boss.offWork(queueName(target), { wait: true })));
  }

  /** Whether the queue's tables answer. */
  async isHealthy(): Promise<boolean> {
    return this.boss.isInstalled();
  }
}

function jobOf({ id, turn }: QueuedDelivery) {
  const data: DeliveryData = { deliveryId: id };
  return { data, priority: -turn, group: GROUP };
}

function queueName({ provider, tag }: Target): string {
  return `deliveries/${provider}/${tag}`;
}
