import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { AudienceType, IdentifierField, RejectionReason } from '../providers/contract/audience-provider.js';
import { Database, type Transaction } from '../storage/database.js';
import { batches, deliveries, rejections, sessions } from '../storage/schema.js';
import type { DeliveryState } from '../deliveries/delivery-state.js';

export type SessionRow = typeof sessions.$inferSelect;
export type BatchRow = typeof batches.$inferSelect;

/** What makes two batches parts of one upload, and what they must agree on. */
export interface SessionIdentity {
  readonly name: string;
  readonly type: AudienceType;
  readonly sessionId: number;
  readonly totalBatches: number;
  readonly totalUsers: number;
}

export interface SessionFilter {
  readonly name?: string;
  readonly type?: AudienceType;
  readonly sessionId?: number;
}

export interface BatchTotals {
  readonly session: string;
  readonly batches: number;
  readonly users: number;
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

/** Sessions and batches. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /** Finds or makes the session and holds its row until the transaction ends: batches of one session register in turn. */
  async open(tx: Transaction, identity: SessionIdentity): Promise<SessionRow> {
    await tx
      .insert(sessions)
      .values({ id: uuid(), ...identity, createdAt: sql`now()` })
      .onConflictDoNothing();
    const [row] = await tx
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.name, identity.name),
          eq(sessions.type, identity.type),
          eq(sessions.sessionId, identity.sessionId),
        ),
      )
      .for('update');
    return row!;
  }

  async findBatch(tx: Transaction, session: string, sequence: number) {
    const [row] = await tx
      .select({ id: batches.id, fingerprint: batches.fingerprint })
      .from(batches)
      .where(and(eq(batches.session, session), eq(batches.sequence, sequence)));
    return row;
  }

  async insertBatch(tx: Transaction, batch: typeof batches.$inferInsert): Promise<void> {
    await tx.insert(batches).values(batch);
  }

  async find(id: string): Promise<SessionRow | undefined> {
    const [row] = await this.database.query.select().from(sessions).where(eq(sessions.id, id));
    return row;
  }

  /** Newest first: ids are time-ordered. */
  async list(filter: SessionFilter, before: string | undefined, limit: number): Promise<SessionRow[]> {
    const conditions: (SQL | undefined)[] = [
      filter.name === undefined ? undefined : eq(sessions.name, filter.name),
      filter.type ? eq(sessions.type, filter.type) : undefined,
      filter.sessionId === undefined ? undefined : eq(sessions.sessionId, filter.sessionId),
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
      select session, count(*)::int as batches, sum(user_count)::float8 as users
      from ${batches} where session = any(${sql.param(ids)}::uuid[]) group by session`);
    return rows;
  }

  async deliveryTotals(ids: readonly string[]): Promise<DeliveryTotals[]> {
    const { rows } = await this.database.query.execute<DeliveryTotals & Record<string, unknown>>(sql`
      select session, provider, tag, state, count(*)::int as deliveries, sum(received)::float8 as received,
        sum(accepted)::float8 as accepted, sum(skipped)::float8 as skipped, sum(rejected)::float8 as rejected,
        (array_agg(audience_id order by id desc) filter (where audience_id is not null))[1] as "audienceId",
        (array_agg(json_build_object('code', error_code, 'message', error_message, 'dueAt', due_at, 'id', id)
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
