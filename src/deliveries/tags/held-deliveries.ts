import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database, type Transaction } from '../../storage/database.js';
import { deliveries } from '../../storage/schema.js';
import { DeliveryQueue, type Target } from '../delivery-queue.js';
import { PROBE_LEASE_SECONDS } from './probe-pace.js';

/** Deliveries that wait for their tag: freed all together when it works again, or one by one to try whether it does. */
@Injectable()
export class HeldDeliveries {
  constructor(
    private readonly database: Database,
    private readonly queue: DeliveryQueue,
  ) {}

  /** Queues all of the tag's; returns how many they were. */
  async free(tx: Transaction, target: Target): Promise<number> {
    const freed = await tx
      .update(deliveries)
      .set({ held: false, dueAt: sql`now()` })
      .where(this.heldBy(target))
      .returning({ id: deliveries.id, turn: deliveries.turn });
    await this.queue.sendAll(tx, target, freed);
    return freed.length;
  }

  /** Queues the first in line of a stopped tag whose time for a try has come; false when there is none. */
  async freeOneToTry(target: Target): Promise<boolean> {
    const { provider, tag } = target;
    return this.database.transaction(async (tx) => {
      const first = sql`(select id from deliveries
        where provider = ${provider} and tag = ${tag} and held and state = 'waiting' order by turn, id limit 1)`;
      const { rows } = await tx.execute<{ id: string }>(sql`
        update tag_health set probe_delivery = ${first}, probes = probes + 1,
          probe_at = now() + ${PROBE_LEASE_SECONDS} * interval '1 second'
        where provider = ${provider} and tag = ${tag} and stopped_at is not null and probe_at <= now()
          and exists ${first}
        returning probe_delivery as id`);
      const id = rows[0]?.id;
      if (id === undefined) return false;
      const [freed] = await tx
        .update(deliveries)
        .set({ held: false, dueAt: sql`now()` })
        .where(and(eq(deliveries.id, id), this.heldBy(target)))
        .returning({ id: deliveries.id, turn: deliveries.turn });
      if (freed) await this.queue.sendAll(tx, target, [freed]);
      return freed !== undefined;
    });
  }

  private heldBy({ provider, tag }: Target) {
    const isHeld = and(deliveries.held, eq(deliveries.state, 'waiting'));
    return and(eq(deliveries.provider, provider), eq(deliveries.tag, tag), isHeld);
  }
}
