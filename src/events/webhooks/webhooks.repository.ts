import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { Database, type Transaction } from '../../storage/database.js';
import { webhookDeliveries, webhooks } from '../../storage/event-schema.js';

export type WebhookRow = typeof webhooks.$inferSelect;

/** What a caller decides of a webhook. */
export type WebhookSettings = Pick<WebhookRow, 'url' | 'description' | 'events' | 'enabled'>;

/** The secret of before a rotation signs as well for so long, so that receivers can change theirs in peace. */
const PREVIOUS_HOURS = 24;
/** Events from now on. */
const NOW = sql<number>`(select last from event_clock)`;

/** The table `webhooks`. */
@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  /** Is told of what happens from now on. Nothing when there are `most` already. */
  async insert(
    webhook: WebhookSettings & Pick<WebhookRow, 'id' | 'secret'>,
    most: number,
  ): Promise<WebhookRow | undefined> {
    const times = { createdAt: sql`now()`, updatedAt: sql`now()` };
    const count = await this.database.query.$count(webhooks);
    if (count >= most) return undefined;
    const [row] = await this.database.query
      .insert(webhooks)
      .values({ ...webhook, lastEvent: NOW, ...times })
      .returning();
    return row;
  }

  async find(id: string): Promise<WebhookRow | undefined> {
    const [row] = await this.database.query.select().from(webhooks).where(eq(webhooks.id, id));
    return row;
  }

  /** Oldest first: ids are time-ordered. */
  async list(after: string | undefined, limit: number): Promise<WebhookRow[]> {
    return this.database.query
      .select()
      .from(webhooks)
      .where(after === undefined ? undefined : gt(webhooks.id, after))
      .orderBy(asc(webhooks.id))
      .limit(limit);
  }

  /**
   * Changes what is given. A webhook that is switched off gives up what it was still to be told; one that is switched on is told
   * of what happens from then on.
   */
  async update(id: string, change: Partial<WebhookSettings>): Promise<WebhookRow | undefined> {
    return this.database.transaction(async (tx) => {
      const [before] = await tx.select().from(webhooks).where(eq(webhooks.id, id)).for('update');
      if (!before) return undefined;
      const isSwitchedOn = change.enabled === true && !before.enabled;
      const lastEvent = isSwitchedOn ? sql<number>`greatest(last_event, ${NOW})` : before.lastEvent;
      const [row] = await tx
        .update(webhooks)
        .set({ ...change, lastEvent, updatedAt: sql`now()` })
        .where(eq(webhooks.id, id))
        .returning();
      if (change.enabled === false) await giveUpPending(tx, id);
      return row;
    });
  }

  /** The secret of now becomes that of before, and signs for a while. */
  async rotate(id: string, sealed: Buffer): Promise<WebhookRow | undefined> {
    const [row] = await this.database.query
      .update(webhooks)
      .set({
        previousSecret: sql`${webhooks.secret}`,
        previousUntil: sql`now() + ${PREVIOUS_HOURS} * interval '1 hour'`,
        secret: sealed,
        updatedAt: sql`now()`,
      })
      .where(eq(webhooks.id, id))
      .returning();
    return row;
  }

  /** @returns false when it is not there */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.database.query.delete(webhooks).where(eq(webhooks.id, id));
    return deleted.rowCount === 1;
  }
}

/** Deliveries of a webhook that is switched off end; `due_at` stays, so that one on its way can still tell how it ended. */
export async function giveUpPending(tx: Transaction, webhook: string): Promise<void> {
  await tx
    .update(webhookDeliveries)
    .set({ state: 'failed', error: 'webhook-disabled', settledAt: sql`now()` })
    .where(and(eq(webhookDeliveries.webhook, webhook), eq(webhookDeliveries.state, 'pending')));
}
