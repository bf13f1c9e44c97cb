import { Injectable } from '@nestjs/common';
import { and, eq, getTableColumns, inArray, isNull, or, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { Database, type Transaction } from '../../storage/database.js';
import { sqlState } from '../../storage/query-error.js';
import { batches, deliveries, sessions } from '../../storage/schema.js';
import { type DeliveryJob, DeliveryQueue, type Target } from '../delivery-queue.js';
import { OPEN_STATES, predecessors } from '../delivery-state.js';
import type { ClaimedDelivery } from './delivery-claim.js';

const UNIQUE_VIOLATION = '23505';
const TRIES = 10;
/** After so long a delivery that found no place, or has to let another one go first, asks again, ms. */
const ASK_AGAIN_MS = 500;
/** The longer another one goes first, the less often: a platform may take hours to decide about it. */
const SLOWEST_MS = 30_000;

/** How a worker takes a delivery up. A tag has a number of places for running deliveries; a unique index keeps each for one. */
@Injectable()
export class DeliveryClaimsRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: DeliveryQueue,
  ) {}

  /**
   * Takes up a delivery whose time has come, or whose worker died: then the queue gives the very same job again. When all
   * places are taken the delivery is queued once more.
   *
   * @param places how many deliveries of the tag may run at once, over all processes
   * @returns nothing when it was not taken up
   */
  async claim(job: DeliveryJob, places: number): Promise<ClaimedDelivery | undefined> {
    for (let tries = 1; tries <= TRIES; tries++) {
      try {
        const claimed = await this.tryClaim(job, places);
        if (claimed) return claimed;
        break;
      } catch (error) {
        // Another worker took the same place in this moment.
        if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      }
    }
    await this.queueAgain(job.deliveryId);
    return undefined;
  }

  private async tryClaim({ deliveryId, id: job }: DeliveryJob, places: number): Promise<ClaimedDelivery | undefined> {
    const freePlace = sql`(select place from generate_series(1, ${places}::int) place
      where not exists (select 1 from deliveries other where other.provider = deliveries.provider
        and other.tag = deliveries.tag and other.state = 'running' and other.slot = place)
      order by random() limit 1)`;
    const isRunning = eq(deliveries.state, 'running');
    const [found] = await this.database.query
      .update(deliveries)
      .set({
        state: 'running',
        claim: uuid(),
        job,
        slot: sql`case when ${isRunning} then deliveries.slot else ${freePlace} end`,
        held: false,
        attempts: sql`deliveries.attempts + 1`,
        dueAt: null,
        startedAt: sql`coalesce(deliveries.started_at, now())`,
      })
      .from(batches)
      .innerJoin(sessions, eq(sessions.id, batches.session))
      .where(
        and(
          eq(deliveries.id, deliveryId),
          eq(batches.id, deliveries.batch),
          or(and(isDue(), mayGo(), sql`${freePlace} is not null`), and(isRunning, eq(deliveries.job, job))),
        ),
      )
      .returning({
        ...getTableColumns(deliveries),
        audience: sessions.name,
        type: sessions.type,
        sessionId: sessions.sessionId,
        sequence: batches.sequence,
        requestId: batches.requestId,
      });
    if (!found) return undefined;
    const { audience, type, sessionId, sequence, requestId, ...delivery } = found;
    return { ...delivery, upload: { audience, type, sessionId, sequence, requestId } } as ClaimedDelivery;
  }

  /** Unless it is settled, not due yet, or another job has it. */
  private async queueAgain(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [found] = await tx
        .select({ waiting: deliveries, mayGo: sql<boolean>`${mayGo()}` })
        .from(deliveries)
        .innerJoin(sessions, eq(sessions.id, deliveries.session))
        .where(and(eq(deliveries.id, id), isDue()));
      if (!found) return;
      const { waiting } = found;
      const delay = found.mayGo ? ASK_AGAIN_MS : paceOf(waiting.queuedAt);
      await this.queue.send(tx, waiting, new Date(Date.now() + delay * (0.5 + Math.random())));
      await this.freePlacesOfTheDead(tx, waiting);
    });
  }

  /**
   * A killed worker's delivery keeps its place until its job comes again, and that may stand behind all that wait for the place:
   * it is given back on the worker's behalf. One that lives after all has lost its claim, and can record nothing more.
   */
  private async freePlacesOfTheDead(tx: Transaction, { provider, tag }: Target): Promise<void> {
    const isRunning = and(eq(deliveries.provider, provider), eq(deliveries.tag, tag), eq(deliveries.state, 'running'));
    // Before the jobs: what is claimed in between is not among these, and its job need not be among those.
    const running = await tx.select({ job: deliveries.job, claim: deliveries.claim }).from(deliveries).where(isRunning);
    const active = new Set(await this.queue.activeJobs({ provider, tag }));
    const dead = running.flatMap(({ job, claim }) => (claim && !(job && active.has(job)) ? [claim] : []));
    if (dead.length === 0) return;
    const freed = await tx
      .update(deliveries)
      .set({ state: 'waiting', claim: null, dueAt: sql`now()` })
      .where(and(isRunning, inArray(deliveries.claim, dead)))
      .returning();
    for (const delivery of freed) await this.queue.send(tx, delivery);
  }
}

/**
 * Users are brought to one audience and taken out of it in turns, first come, first served. Side by side, a platform might take
 * somebody in whom it was told before to take out, and the members store would say otherwise. What only waits for the
 * platform's decision was let through before.
 */
function mayGo() {
  return sql`(deliveries.state = 'processing' or not exists (
    select 1 from deliveries other join sessions theirs on theirs.id = other.session
    where other.custom_audience = deliveries.custom_audience and other.state in ${OPEN_STATES}
      and (theirs.mode = 'remove') <> (sessions.mode = 'remove')
      and (other.state = 'running' or (other.queued_at, other.id) < (deliveries.queued_at, deliveries.id))))`;
}

function paceOf(queuedAt: Date): number {
  return Math.min(Math.max(ASK_AGAIN_MS, (Date.now() - queuedAt.getTime()) / 8), SLOWEST_MS);
}

function isDue() {
  const waiting = predecessors('running').filter((state) => state !== 'running');
  return and(inArray(deliveries.state, waiting), or(isNull(deliveries.dueAt), sql`deliveries.due_at <= now()`));
}
