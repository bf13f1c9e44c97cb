import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, gte, inArray, isNotNull, type SQL, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { Database, type Transaction } from '../storage/database.js';
import { batches, checkpoints, deliveries, rejections } from '../storage/schema.js';
import type { Target } from './delivery-queue.js';
import { type DeliveryState, OPEN_STATES, predecessors } from './delivery-state.js';
import { notifySettled } from './delivery-watcher.js';
import { purgeWhenDone } from './settlement/payload-purge.service.js';
import { SessionEnd } from './settlement/session-end.service.js';

export type DeliveryRow = typeof deliveries.$inferSelect;

/** What `GET /deliveries` may ask for. */
export interface DeliveryFilter {
  readonly session?: string;
  readonly provider?: string;
  readonly tag?: string;
  readonly state?: DeliveryState;
  readonly customAudience?: string;
}

export interface NewDeliveries {
  readonly batch: string;
  readonly session: string;
  readonly segment: string;
  readonly received: number;
  readonly targets: readonly DeliveryTarget[];
}

/** A tag, and the record of the audience that the users go to there. */
export interface DeliveryTarget extends Target {
  readonly customAudience?: string;
}

/** The deliveries table as the API sees it; what a worker writes is in `execution/`. */
@Injectable()
export class DeliveriesRepository {
  constructor(
    private readonly database: Database,
    private readonly sessionEnd: SessionEnd,
  ) {}

  /** One delivery per target. */
  async insert(tx: Transaction, { batch, session, segment, received, targets }: NewDeliveries): Promise<DeliveryRow[]> {
    const rows = targets.map(({ provider, tag, customAudience }) => ({
      id: uuid(),
      batch,
      session,
      provider,
      tag,
      segment,
      customAudience,
      state: 'queued' as const,
      turn: nextTurn(session, provider, tag),
      received,
      createdAt: sql`now()`,
      queuedAt: sql`now()`,
    }));
    return tx.insert(deliveries).values(rows).returning();
  }

  async find(id: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query.select().from(deliveries).where(eq(deliveries.id, id));
    return row;
  }

  async ofBatch(batch: string): Promise<DeliveryRow[]> {
    return this.database.query
      .select()
      .from(deliveries)
      .where(eq(deliveries.batch, batch))
      .orderBy(asc(deliveries.provider), asc(deliveries.tag));
  }

  /** Oldest first: ids are time-ordered. */
  async list(filter: DeliveryFilter, after: string | undefined, limit: number): Promise<DeliveryRow[]> {
    const conditions: (SQL | undefined)[] = [
      filter.session ? eq(deliveries.session, filter.session) : undefined,
      filter.provider ? eq(deliveries.provider, filter.provider) : undefined,
      filter.tag ? eq(deliveries.tag, filter.tag) : undefined,
      filter.state ? eq(deliveries.state, filter.state) : undefined,
      filter.customAudience ? eq(deliveries.customAudience, filter.customAudience) : undefined,
      after ? gt(deliveries.id, after) : undefined,
    ];
    return this.database.query
      .select()
      .from(deliveries)
      .where(and(...conditions))
      .orderBy(asc(deliveries.id))
      .limit(limit);
  }

  /** Puts a failed delivery back into the queue, where its payload is still there; nothing otherwise. */
  async requeue(tx: Transaction, id: string): Promise<DeliveryRow | undefined> {
    await tx.execute(sql`
      select 1 from batches where id = (select batch from deliveries where id = ${id}) for update`);
    const [row] = await tx
      .update(deliveries)
      .set({ state: 'queued', failures: 0, held: false, dueAt: null, settledAt: null, queuedAt: sql`now()` })
      .where(
        and(
          eq(deliveries.id, id),
          inArray(deliveries.state, [...predecessors('queued')]),
          sql`exists (select 1 from ${batches} where ${batches.id} = ${deliveries.batch} and ${batches.payload} is not null)`,
        ),
      )
      .returning();
    if (row?.errorCode !== 'request-rejected') return row;
    await forgetOpenJobs(tx, id);
    const [changed] = await tx.select().from(deliveries).where(eq(deliveries.id, id));
    return changed;
  }

  /** Ends a delivery that is not settled well; what was delivered stays delivered. */
  async cancel(tx: Transaction, id: string): Promise<DeliveryRow | undefined> {
    const [row] = await tx
      .update(deliveries)
      .set({ state: 'cancelled', claim: null, held: false, dueAt: null, settledAt: sql`now()` })
      .where(and(eq(deliveries.id, id), inArray(deliveries.state, [...predecessors('cancelled')])))
      .returning();
    if (!row) return undefined;
    await purgeWhenDone(tx, row.batch);
    await notifySettled(tx, row.batch);
    await this.sessionEnd.tell(tx, row);
    return row;
  }

  /** Open and failed deliveries by tag, for metrics. */
  async countByState(): Promise<{ provider: string; tag: string; state: DeliveryState; count: number }[]> {
    return this.database.query
      .select({
        provider: deliveries.provider,
        tag: deliveries.tag,
        state: deliveries.state,
        count: sql<number>`count(*)::int`,
      })
      .from(deliveries)
      .where(inArray(deliveries.state, [...OPEN_STATES, 'failed']))
      .groupBy(deliveries.provider, deliveries.tag, deliveries.state);
  }

  /** Since when each tag has had something to deliver, for metrics. */
  async oldestOpen(): Promise<{ provider: string; tag: string; seconds: number }[]> {
    const { provider, tag, queuedAt } = deliveries;
    return this.database.query
      .select({ provider, tag, seconds: sql<number>`extract(epoch from now() - min(${queuedAt}))::float8` })
      .from(deliveries)
      .where(inArray(deliveries.state, OPEN_STATES))
      .groupBy(provider, tag);
  }
}

/**
 * Start-time fair queueing: sessions take turns at a tag, each in proportion to the users it brings. A session's next delivery
 * starts where its last one ends (a turn is a thousand users), a new session's where the tag's queue stands now: a small one
 * overtakes what a huge one still has to send.
 */
function nextTurn(session: string, provider: string, tag: string): SQL {
  const ofTag = sql`select turn from deliveries where provider = ${provider} and tag = ${tag}`;
  return sql`greatest(
    coalesce((${ofTag} and state = 'queued' order by turn limit 1), (${ofTag} order by turn desc limit 1), 0),
    coalesce((select turn + greatest(1, (received + 999) / 1000) from deliveries
      where session = ${session} and provider = ${provider} and tag = ${tag} order by turn desc limit 1), 0))`;
}

/**
 * A job that a platform will not finish is not asked for again: the users from its chunk on are sent once more, in new jobs.
 */
async function forgetOpenJobs(tx: Transaction, delivery: string): Promise<void> {
  const [open] = await tx
    .select({ firstUser: sql<number | null>`min(${checkpoints.firstUser})` })
    .from(checkpoints)
    .where(and(eq(checkpoints.delivery, delivery), isNotNull(checkpoints.remoteJobId)));
  const firstUser = open?.firstUser;
  if (firstUser == null) return;
  await tx.delete(checkpoints).where(and(eq(checkpoints.delivery, delivery), gte(checkpoints.firstUser, firstUser)));
  await tx.delete(rejections).where(and(eq(rejections.delivery, delivery), gte(rejections.stage, firstUser)));
  const ofRest = (column: SQL) =>
    sql`(select coalesce(sum(${column}), 0)::int from checkpoints where delivery = ${delivery})`;
  await tx
    .update(deliveries)
    .set({
      nextUser: firstUser,
      accepted: ofRest(sql`accepted`),
      rejected: ofRest(sql`sent - accepted`),
      unchanged: ofRest(sql`cardinality(unchanged)`),
    })
    .where(eq(deliveries.id, delivery));
}
