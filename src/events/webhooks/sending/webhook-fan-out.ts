import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { Database, type Transaction } from '../../../storage/database.js';
import { audienceEvents, webhookDeliveries, webhooks } from '../../../storage/event-schema.js';

/** Of one webhook in one transaction. */
const EVENTS_TOGETHER = 500;

/** Makes deliveries of events: each event once for each webhook that wants it, whichever processes are at it. */
@Injectable()
export class WebhookFanOut {
  constructor(private readonly database: Database) {}

  /** Until every webhook has all events that there are; those that another process is at are left to it. */
  async run(): Promise<void> {
    for (;;) {
      if (!(await this.database.transaction((tx) => this.advance(tx)))) return;
    }
  }

  /** The row of the webhook is held until its deliveries and its place in the events are committed together. */
  private async advance(tx: Transaction): Promise<boolean> {
    const [webhook] = await tx
      .select({ id: webhooks.id, lastEvent: webhooks.lastEvent, events: webhooks.events })
      .from(webhooks)
      .where(and(eq(webhooks.enabled, true), lt(webhooks.lastEvent, sql`(select last from event_clock)`)))
      .orderBy(asc(webhooks.lastEvent))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!webhook) return false;
    const found = await tx
      .select({ id: audienceEvents.id, type: audienceEvents.type })
      .from(audienceEvents)
      .where(gt(audienceEvents.id, webhook.lastEvent))
      .orderBy(asc(audienceEvents.id))
      .limit(EVENTS_TOGETHER);
    const wanted = found.filter(({ type }) => webhook.events === null || webhook.events.includes(type));
    if (wanted.length > 0) await this.insert(tx, webhook.id, wanted);
    const lastEvent = found.at(-1)?.id;
    if (lastEvent === undefined) return false;
    await tx.update(webhooks).set({ lastEvent }).where(eq(webhooks.id, webhook.id));
    return true;
  }

  private async insert(tx: Transaction, webhook: string, events: readonly { id: number }[]): Promise<void> {
    const due = { state: 'pending' as const, dueAt: sql`now()`, createdAt: sql`now()` };
    await tx
      .insert(webhookDeliveries)
      .values(events.map(({ id: event }) => ({ id: uuid(), webhook, event, ...due })))
      .onConflictDoNothing();
  }
}
