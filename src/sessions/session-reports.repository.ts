import { Injectable } from '@nestjs/common';
import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { DeliveryState } from '../deliveries/delivery-state.js';
import type { AudienceType, IdentifierField, RejectionReason } from '../providers/contract/audience-provider.js';
import { Database } from '../storage/database.js';
import { batches, deliveries, rejections, sessions } from '../storage/schema.js';
import { MISSING_SHOWN, type SequenceBounds, type SequenceGap } from './missing-batches.js';
import { type SessionState, type SessionTime } from './session-progress.js';
import { sessionStateSql } from './session-state-sql.js';
import type { SessionRow } from './sessions.repository.js';
import { firstIdOf } from '../common/paging/first-id.js';

const DAY_MS = 24 * 3_600_000;
/** A draft may still be thrown away: nobody is told of it. */
const isWhole = eq(sessions.draft, false);

export interface SessionFilter {
  readonly name?: string;
  readonly type?: AudienceType;
  readonly sessionId?: number;
  readonly state?: SessionState;
}

export interface BatchTotals {
  readonly session: string;
  readonly batches: number;
  readonly users: number;
  /** When the newest came, ms since the epoch. */
  readonly lastBatchAt: number;
}

/** Totals of one session's deliveries in one state at one tag. */
export interface DeliveryTotals {
  readonly session: string;
  readonly provider: string;
  readonly tag: string;
  readonly state: DeliveryState;
  readonly deliveries: number;
  readonly received: number;
  readonly accepted: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly added: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly audienceId: string | null;
  /** Of the newest delivery that has one. */
  readonly lastError: {
    readonly code: string;
    readonly message: string;
    readonly dueAt: string | null;
    readonly id: string;
  } | null;
}

export interface RejectionTotals {
  readonly provider: string;
  readonly tag: string;
  readonly field: IdentifierField | '';
  readonly reason: RejectionReason;
  readonly users: number;
}

/** What is told of sessions, read from their batches and deliveries. */
@Injectable()
export class SessionReportsRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<SessionRow | undefined> {
    const [row] = await this.database.query
      .select()
      .from(sessions)
      .where(and(eq(sessions.id, id), isWhole));
    return row;
  }

  /** Newest first: ids are time-ordered. */
  async list(
    filter: SessionFilter,
    time: SessionTime,
    before: string | undefined,
    limit: number,
  ): Promise<SessionRow[]> {
    const conditions: (SQL | undefined)[] = [
      isWhole,
      filter.name === undefined ? undefined : eq(sessions.name, filter.name),
      filter.type ? eq(sessions.type, filter.type) : undefined,
      filter.sessionId === undefined ? undefined : eq(sessions.sessionId, filter.sessionId),
      filter.state && sql`${sessionStateSql(time)} = ${filter.state}`,
      before ? lt(sessions.id, before) : undefined,
    ];
    return this.database.query
      .select()
      .from(sessions)
      .where(and(...conditions))
      .orderBy(desc(sessions.id))
      .limit(limit);
  }

  async batchTotals(ids: readonly string[]): Promise<BatchTotals[]> {
    const { rows } = await this.database.query.execute<BatchTotals & Record<string, unknown>>(sql`
      select session, count(*) filter (where part = 0)::int as batches, sum(user_count)::float8 as users,
        (extract(epoch from max(created_at)) * 1000)::float8 as "lastBatchAt"
      from ${batches} where session = any(${sql.param(ids)}::uuid[]) group by session`);
    return rows;
  }

  /** The least and the greatest sequence that came. */
  async sequenceBounds(session: string): Promise<SequenceBounds> {
    const [row] = await this.database.query
      .select({ first: sql<number>`min(${batches.sequence})`, last: sql<number>`max(${batches.sequence})` })
      .from(batches)
      .where(eq(batches.session, session));
    return row!;
  }

  /** The first gaps among the sequences of this range that came, in one pass over the index. */
  async gaps(session: string, { from, to }: SequenceGap): Promise<SequenceGap[]> {
    const { rows } = await this.database.query.execute<SequenceGap & Record<string, unknown>>(sql`
      select before + 1 as "from", sequence - 1 as "to" from (
        select sequence, lag(sequence, 1, ${from - 1}::int) over (order by sequence) as before from (
          select sequence from ${batches}
          where session = ${session} and part = 0 and sequence between ${from}::int and ${to}::int
          union all select ${to + 1}::int) present) neighbours
      where sequence > before + 1 order by sequence limit ${MISSING_SHOWN}`);
    return rows;
  }

  /** How many sessions begun in the last days are in each state. */
  async countByState(time: SessionTime, days: number): Promise<Map<SessionState, number>> {
    const states = this.database.query
      .select({ state: sessionStateSql(time).as('state') })
      .from(sessions)
      .where(and(isWhole, gte(sessions.id, firstIdOf(time.now.getTime() - days * DAY_MS))))
      .as('states');
    const counted = await this.database.query
      .select({ state: states.state, count: sql<number>`count(*)::int` })
      .from(states)
      .groupBy(states.state);
    return new Map(counted.map(({ state, count }) => [state, count]));
  }

  async deliveryTotals(ids: readonly string[]): Promise<DeliveryTotals[]> {
    const { rows } = await this.database.query.execute<DeliveryTotals & Record<string, unknown>>(sql`
      select session, provider, tag, state, count(*)::int as deliveries, sum(received)::float8 as received,
        sum(accepted)::float8 as accepted, sum(skipped)::float8 as skipped, sum(rejected)::float8 as rejected,
        sum(added)::float8 as added, sum(unchanged)::float8 as unchanged, sum(removed)::float8 as removed,
        (array_agg(audience_id order by id desc) filter (where audience_id is not null))[1] as "audienceId",
        (array_agg(json_build_object('code', error_code, 'message', error_message, 'dueAt', case when held then null else due_at end, 'id', id)
          order by id desc) filter (where error_code is not null))[1] as "lastError"
      from ${deliveries} where session = any(${sql.param(ids)}::uuid[])
      group by session, provider, tag, state order by provider, tag, state`);
    return rows;
  }

  async rejectionTotals(session: string): Promise<RejectionTotals[]> {
    const { rows } = await this.database.query.execute<RejectionTotals & Record<string, unknown>>(sql`
      select d.provider, d.tag, r.field, r.reason, sum(cardinality(r.users) + r.unnamed)::float8 as users
      from ${rejections} r join ${deliveries} d on d.id = r.delivery where d.session = ${session}
      group by d.provider, d.tag, r.field, r.reason order by d.provider, d.tag, r.field, r.reason`);
    return rows;
  }
}
