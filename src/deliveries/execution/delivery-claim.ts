import { and, eq, type SQL } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Queryable } from '../../storage/database.js';
import { deliveries } from '../../storage/schema.js';

/** A delivery that this worker holds, until another one claims it. */
export type ClaimedDelivery = typeof deliveries.$inferSelect & { readonly claim: string; readonly upload: UploadFacts };

/** What the delivery's batch is, in the words of the caller, for the log. */
export interface UploadFacts {
  readonly audience: string;
  readonly type: string;
  readonly sessionId: number;
  readonly sequence: number;
  readonly requestId: string | null;
}

export interface SettledCounts {
  readonly accepted: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** Another worker took the delivery over: whatever this one still does for it must not be recorded. */
export class ClaimLostError extends Error {}

/** The delivery is given back to the queue between two chunks: the worker is to stop, or what it goes by has changed. */
export class HandBackError extends Error {}

type DeliveryColumns = PgUpdateSetSource<typeof deliveries>;

function heldBy(held: ClaimedDelivery) {
  return and(eq(deliveries.id, held.id), eq(deliveries.claim, held.claim), eq(deliveries.state, 'running'));
}

/**
 * Writes to a delivery only while this worker holds it: one that was slow enough to be taken for dead changes nothing.
 *
 * @param more what else is to be returned by the statement
 *
 * @throws ClaimLostError
 */
export async function guarded(
  tx: Queryable,
  held: ClaimedDelivery,
  columns: DeliveryColumns,
  more: Readonly<Record<string, SQL>> = {},
): Promise<SettledCounts> {
  const { accepted, skipped, rejected } = deliveries;
  const [row] = await tx
    .update(deliveries)
    .set(columns)
    .where(heldBy(held))
    .returning({ accepted, skipped, rejected, ...more });
  if (!row) throw new ClaimLostError(`Delivery ${held.id} is no longer held by this worker`);
  return row;
}
