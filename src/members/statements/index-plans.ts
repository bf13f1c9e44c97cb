import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../../storage/database.js';

/** Ways to join that read a whole table. */
const WHOLE_TABLE_PLANS = ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan'];

/**
 * Runs a statement that joins a few members with their table so that each is looked up by the primary key. What PostgreSQL would
 * choose by itself depends on what it knows of the table: of one that was not analysed yet it may join every member with every
 * key. `key = any(...)` would need no help, but looks for each key in every partition: four times as slow.
 *
 * In a transaction; what follows in it is planned as ever.
 */
export async function byIndex<Row extends Record<string, unknown>>(tx: Queryable, statement: SQL) {
  const set = (to: 'off' | 'default') =>
    tx.execute(sql.raw(WHOLE_TABLE_PLANS.map((name) => `set local ${name} to ${to}`).join(';')));
  await set('off');
  const result = await tx.execute<Row>(statement);
  await set('default');
  return result;
}
