import { Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../storage/database.js';
import { deliveries } from '../storage/schema.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { OPEN_STATES } from './delivery-state.js';

/** The deliveries of one custom audience, for what happens to it as a whole. */
@Injectable()
export class AudienceDeliveries {
  constructor(private readonly repository: DeliveriesRepository) {}

  /** Ends the first open ones; returns how many they were. What was delivered stays delivered. */
  async cancelOpen(tx: Transaction, customAudience: string, atMost: number): Promise<number> {
    const open = await tx
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.customAudience, customAudience), inArray(deliveries.state, OPEN_STATES)))
      .orderBy(deliveries.id)
      .limit(atMost);
    for (const { id } of open) await this.repository.cancel(tx, id);
    return open.length;
  }

  /** The audience is no more: nothing points at it. */
  async detach(tx: Queryable, customAudience: string): Promise<void> {
    await tx.update(deliveries).set({ customAudience: null }).where(eq(deliveries.customAudience, customAudience));
  }

  /** The audience is called otherwise: what is still to be delivered, or may be retried, goes to it by its new name. */
  async rename(tx: Queryable, customAudience: string, segment: string): Promise<void> {
    await tx.update(deliveries).set({ segment }).where(eq(deliveries.customAudience, customAudience));
  }

  /** In how many sessions each audience was sent something; those in none are left out. */
  async sessionCounts(tx: Queryable, customAudiences: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (customAudiences.length === 0) return new Map();
    const { customAudience, session } = deliveries;
    const rows = await tx
      .select({ id: customAudience, count: sql<number>`count(distinct ${session})::int` })
      .from(deliveries)
      .where(inArray(customAudience, [...customAudiences]))
      .groupBy(customAudience);
    return new Map(rows.map(({ id, count }) => [id!, count]));
  }
}
