import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../storage/database.js';

/** `bytea[]` of hexadecimal texts. Written out here: the driver takes ten times as long with an array of buffers. */
export function hexArray(values: readonly (string | null)[]): SQL {
  const elements = values.map((digits) => (digits === null ? 'null' : `"\\\\x${digits}"`));
  return sql`${`{${elements.join(',')}}`}::bytea[]`;
}

/**
 * The rest of the transaction joins by looking each row up. The planner does not know how many rows an array has, nor of a
 * table that has grown since it was analysed, and would rather read a whole audience. No effect outside a transaction.
 */
export async function joinByIndex(tx: Queryable): Promise<void> {
  await tx.execute(sql`select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`);
}
