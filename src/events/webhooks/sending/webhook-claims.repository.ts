import { Injectable } from '@nestjs/common';
import { and, eq, inArray, lt, ne, type SQL, sql } from 'drizzle-orm';
import { Database } from '../../../storage/database.js';
import { audienceEvents, webhookDeliveries, webhooks } from '../../../storage/event-schema.js';
import type { EventRow } from '../../events.repository.js';
import { giveUpPending, type WebhookRow } from '../webhooks.repository.js';
import type { AttemptResult } from './webhook-outcome.js';

/** Twice the longest attempt; after it the delivery of a process that died is taken over. */
const LEASE_SECONDS = 30;
/** How long what became of settled deliveries can be seen, days. */
const KEEP_DAYS = 30;

/** The right to make one attempt: the end of the lease, which no other claim has. */
interface Claim {
  readonly id: string;
  /** As the database wrote it. */
  readonly leaseEnd: string;
}

/** A delivery that this process, and no other, makes an attempt at. */
export interface ClaimedDelivery extends Claim {
  /** Of this attempt, from 1. */
  readonly attempt: number;
  readonly createdAt: Date;
  readonly webhook: WebhookRow;
  /** Absent: a test. */
  readonly event?: EventRow;
}

/** How many attempts may be made at once. */
export interface FreePlaces {
  readonly inAll: number;
  readonly perWebhook: number;
  /** How many are on their way, by webhook. */
  readonly taken: ReadonlyMap<string, number>;
}

/**
 * Deliveries as workers see them. A claim moves `due_at` on to the end of a lease; what is recorded of an attempt counts only
 * while that still stands there, so a process that was taken for dead changes nothing.
 */
@Injectable()
export class WebhookClaimsRepository {
  constructor(private readonly database: Database) {}

  /** Takes what is due, for each webhook in the order in which it became so. */
  async claim(places: FreePlaces): Promise<ClaimedDelivery[]> {
    const rows = await this.lease(places);
    if (rows.length === 0) return [];
    const [ofWebhooks, ofEvents] = await Promise.all([
      this.database.query
        .select()
        .from(webhooks)
        .where(
          inArray(
            webhooks.id,
            rows.map((row) => row.webhook),
          ),
        ),
      this.database.query
        .select()
        .from(audienceEvents)
        .where(
          inArray(
            audienceEvents.id,
            rows.flatMap(({ event }) => (event === null ? [] : [Number(event)])),
          ),
        ),
    ]);
    return rows.flatMap(({ id, leaseEnd, attempt, createdAt, webhook: webhookId, event: eventId }) => {
      const webhook = ofWebhooks.find((one) => one.id === webhookId);
      const event = ofEvents.find((one) => one.id === Number(eventId));
      // The webhook was deleted since, and its deliveries with it.
      return webhook ? [{ id, leaseEnd, attempt, createdAt: new Date(createdAt), webhook, event }] : [];
    });
  }

  async delivered(claim: Claim, { statusCode }: AttemptResult): Promise<void> {
    await this.settle(claim, { state: 'delivered', statusCode: statusCode ?? null, error: null });
  }

  /** The last attempt failed; or, where the receiver is gone, its webhook is switched off. */
  async failed(claim: ClaimedDelivery, { statusCode, error }: AttemptResult): Promise<void> {
    await this.settle(claim, { state: 'failed', statusCode: statusCode ?? null, error });
    if (error !== 'gone') return;
    const { id, url } = claim.webhook;
    await this.database.transaction(async (tx) => {
      const off = { enabled: false, updatedAt: sql`now()` };
      // Not when it leads elsewhere by now.
      const switchedOff = await tx
        .update(webhooks)
        .set(off)
        .where(and(eq(webhooks.id, id), eq(webhooks.url, url)));
      if (switchedOff.rowCount === 1) await giveUpPending(tx, id);
    });
  }

  /** The next attempt is made after `waitMs`. */
  async postpone(claim: Claim, { statusCode, error }: AttemptResult, waitMs: number): Promise<void> {
    const dueAt = sql`now() + ${waitMs} * interval '1 millisecond'`;
    await this.record(claim, { dueAt, statusCode: statusCode ?? null, error }, eq(webhookDeliveries.state, 'pending'));
  }

  /** The attempt was not made to its end, and does not count: another process may make it at once. */
  async release(claim: Claim): Promise<void> {
    const attempts = sql`${webhookDeliveries.attempts} - 1`;
    await this.record(claim, { dueAt: sql`now()`, attempts }, eq(webhookDeliveries.state, 'pending'));
  }

  /** Forgets what was settled long ago. */
  async cleanUp(): Promise<void> {
    const isOld = lt(webhookDeliveries.settledAt, sql`now() - ${KEEP_DAYS} * interval '1 day'`);
    await this.database.query.delete(webhookDeliveries).where(and(ne(webhookDeliveries.state, 'pending'), isOld));
  }

  private async lease({ inAll, perWebhook, taken }: FreePlaces) {
    const { rows } = await this.database.query.execute<{
      id: string;
      webhook: string;
      event: string | null;
      attempt: number;
      leaseEnd: string;
      createdAt: string;
    }>(sql`
      with due as materialized (
        select d.id from webhooks w
        left join unnest(${sql.param([...taken.keys()])}::uuid[], ${sql.param([...taken.values()])}::int[])
          as busy (webhook, sending) on busy.webhook = w.id
        cross join lateral (
          select id, due_at from webhook_deliveries
          where webhook = w.id and state = 'pending' and due_at <= now() and (w.enabled or event is null)
          order by due_at, id
          limit greatest(0, ${perWebhook}::int - coalesce(busy.sending, 0))
          for update skip locked) d
        order by d.due_at, d.id
        limit ${inAll})
      update webhook_deliveries d set due_at = now() + ${LEASE_SECONDS} * interval '1 second', attempts = attempts + 1
      from due where d.id = due.id
      returning d.id, d.webhook, d.event, d.attempts as attempt, d.due_at::text as "leaseEnd", d.created_at as "createdAt"`);
    return rows.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  private async settle(claim: Claim, change: Partial<typeof webhookDeliveries.$inferInsert>): Promise<void> {
    await this.record(claim, { ...change, dueAt: null, settledAt: sql`now()` });
  }

  private async record(claim: Claim, change: Record<string, unknown>, condition?: SQL): Promise<void> {
    const isOurs = sql`${webhookDeliveries.dueAt} = ${claim.leaseEnd}::timestamptz`;
    await this.database.query
      .update(webhookDeliveries)
      .set(change)
      .where(and(eq(webhookDeliveries.id, claim.id), isOurs, condition));
  }
}
