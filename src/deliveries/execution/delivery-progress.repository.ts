import { Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { v7 as uuid } from 'uuid';
import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';
import { Database, type Queryable, type Transaction } from '../../storage/database.js';
import { batches, checkpoints, deliveries, rejections } from '../../storage/schema.js';
import { predecessors } from '../delivery-state.js';
import { notifySettled } from '../delivery-watcher.js';
import { packRefusals, packRejections, type PackedRejections } from './packed-rejections.js';

/** A delivery that this worker holds, until another one claims it. */
export type ClaimedDelivery = typeof deliveries.$inferSelect & { readonly claim: string };

/** One chunk as it was sent. */
export interface SentChunk {
  readonly firstUser: number;
  /** The user after the chunk's last. */
  readonly endUser: number;
  /** The users of the chunk's rows, in the order of the rows. */
  readonly users: readonly number[];
}

export interface DeliveryFailure {
  readonly code: string;
  readonly message: string;
  readonly platformCode?: string;
  readonly retryable: boolean;
}

export interface SettledCounts {
  readonly accepted: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** Another worker took the delivery over: whatever this one still does for it must not be recorded. */
export class ClaimLostError extends Error {}

/**
 * All that a worker writes about a delivery. Every write is guarded by the claim, so a worker that was slow enough to be
 * taken for dead changes nothing.
 */
@Injectable()
export class DeliveryProgressRepository {
  constructor(private readonly database: Database) {}

  /** Takes up a delivery that waits for a worker or whose worker died; nothing when it is settled or not there. */
  async claim(id: string): Promise<ClaimedDelivery | undefined> {
    const [claimed] = await this.database.query
      .update(deliveries)
      .set({
        state: 'running',
        claim: uuid(),
        attempts: sql`${deliveries.attempts} + 1`,
        dueAt: null,
        startedAt: sql`coalesce(${deliveries.startedAt}, now())`,
      })
      .where(and(eq(deliveries.id, id), inArray(deliveries.state, [...predecessors('running')])))
      .returning();
    return claimed as ClaimedDelivery | undefined;
  }

  /** What was found before anything was sent. Repeated by every attempt with the same outcome. */
  async recordPrepared(held: ClaimedDelivery, found: readonly Rejection[]): Promise<void> {
    const skipped = new Set(found.filter(({ field }) => field === undefined).map(({ user }) => user)).size;
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, { skipped });
      await insertRejections(tx, held.id, -1, packRejections(found));
    });
  }

  async recordAudience(held: ClaimedDelivery, audienceId: string): Promise<void> {
    await guarded(this.database.query, held, { audienceId });
  }

  /** The platform's answer to one chunk; the chunk is never sent again. */
  async checkpoint(held: ClaimedDelivery, chunk: SentChunk, receipt: Receipt): Promise<void> {
    const sent = chunk.users.length;
    const accepted = Math.min(receipt.accepted, sent);
    await this.database.transaction(async (tx) => {
      await guarded(tx, held, {
        nextUser: chunk.endUser,
        accepted: sql`${deliveries.accepted} + ${accepted}`,
        rejected: sql`${deliveries.rejected} + ${sent - accepted}`,
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
      const failures = sql`${deliveries.failures} + 1`;
      await guarded(tx, held, { ...errorColumns(failure), state: 'waiting', dueAt, failures });
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

type DeliveryColumns = PgUpdateSetSource<typeof deliveries>;

function heldBy(held: ClaimedDelivery) {
  return and(eq(deliveries.id, held.id), eq(deliveries.claim, held.claim), eq(deliveries.state, 'running'));
}

async function guarded(tx: Queryable, held: ClaimedDelivery, columns: DeliveryColumns): Promise<SettledCounts> {
  const { accepted, skipped, rejected } = deliveries;
  const [row] = await tx.update(deliveries).set(columns).where(heldBy(held)).returning({ accepted, skipped, rejected });
  if (!row) throw new ClaimLostError(`Delivery ${held.id} is no longer held by this worker`);
  return row;
}

function errorColumns({ code, message, platformCode, retryable }: DeliveryFailure) {
  return { claim: null, errorCode: code, errorMessage: message, platformCode: platformCode ?? null, retryable };
}

async function insertRejections(tx: Transaction, delivery: string, stage: number, packed: readonly PackedRejections[]) {
  if (packed.length === 0) return;
  const rows = packed.map((group) => ({ delivery, stage, ...group, users: [...group.users] }));
  await tx.insert(rejections).values(rows).onConflictDoNothing();
}

/** The row lock keeps two deliveries that end together from each taking the other for unfinished. */
async function purgeWhenDone(tx: Transaction, batch: string): Promise<void> {
  await tx.select({ id: batches.id }).from(batches).where(eq(batches.id, batch)).for('update');
  await tx.execute(sql`
    update batches set payload = null, purged_at = now()
    where id = ${batch} and payload is not null and not exists (
      select 1 from deliveries where batch = ${batch} and state not in ('succeeded', 'cancelled'))`);
}
