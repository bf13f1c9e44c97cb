import { Injectable } from '@nestjs/common';
import { and, desc, eq, lt, ne, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import { Database, type Queryable } from '../../storage/database.js';
import { audienceEvents, webhookDeliveries } from '../../storage/event-schema.js';
import { tellOfEvents } from '../event-watcher.js';

/** A delivery with the type of its event; null: a test. */
export type WebhookDeliveryRow = typeof webhookDeliveries.$inferSelect & { readonly type: string | null };

export type WebhookDeliveryState = WebhookDeliveryRow['state'];

/** Deliveries as an operator sees them; what a worker writes is in `sending/`. */
@Injectable()
export class WebhookDeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Newest first: ids are time-ordered. */
  async list(
    webhook: string,
    { state, before }: { readonly state?: WebhookDeliveryState; readonly before?: string },
    limit: number,
  ): Promise<WebhookDeliveryRow[]> {
    const { id } = webhookDeliveries;
    const found = await this.selectWithType()
      .where(
        and(
          eq(webhookDeliveries.webhook, webhook),
          state && eq(webhookDeliveries.state, state),
          before === undefined ? undefined : lt(id, before),
        ),
      )
      .orderBy(desc(id))
      .limit(limit);
    return found.map(({ delivery, type }) => ({ ...delivery, type }));
  }

  async find(webhook: string, id: string): Promise<WebhookDeliveryRow | undefined> {
    const [found] = await this.selectWithType().where(
      and(eq(webhookDeliveries.webhook, webhook), eq(webhookDeliveries.id, id)),
    );
    return found && { ...found.delivery, type: found.type };
  }

  /** A delivery without an event, due now. */
  async insertTest(webhook: string): Promise<string> {
    const id = uuid();
    await this.inTurn(async (tx) => {
      const due = { dueAt: sql`now()`, createdAt: sql`now()` };
      await tx.insert(webhookDeliveries).values({ id, webhook, state: 'pending', ...due });
    });
    return id;
  }

  /** Starts the schedule of a settled delivery anew. @returns false when it is not settled */
  async retry(webhook: string, id: string): Promise<boolean> {
    return this.inTurn(async (tx) => {
      const retried = await tx
        .update(webhookDeliveries)
        .set({ state: 'pending', attempts: 0, dueAt: sql`now()`, settledAt: null })
        .where(
          and(
            eq(webhookDeliveries.webhook, webhook),
            eq(webhookDeliveries.id, id),
            ne(webhookDeliveries.state, 'pending'),
          ),
        );
      return retried.rowCount === 1;
    });
  }

  private inTurn<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      const result = await work(tx);
      await tellOfEvents(tx);
      return result;
    });
  }

  private selectWithType() {
    return this.database.query
      .select({ delivery: webhookDeliveries, type: audienceEvents.type })
      .from(webhookDeliveries)
      .leftJoin(audienceEvents, eq(audienceEvents.id, webhookDeliveries.event))
      .$dynamic();
  }
}
