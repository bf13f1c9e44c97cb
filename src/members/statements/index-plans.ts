import { sql } from 'drizzle-orm';
import type { Queryable } from '../../storage/database.js';

/** Ways to join that read a whole table, and compiling, which costs more than looking 10,000 members up. */
const UNWANTED = ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan', 'jit'];

/**
 * Runs statements that join a few members with their table so that each is looked up by the primary key. What PostgreSQL would
 * choose by itself depends on what it knows of the table: of one that was not analysed yet it may join every member with every
 * key. `key = any(...)` would need no help, but looks for each key in every partition: four times as slow.
 *
 * A statement that writes has to take `audience` from the join as well. A condition on it alone can be looked up too, and few are
 * expected to meet it in a table that was not analysed: again every one of them would be joined with every key.
 *
 * In a transaction; what follows in it is planned as ever.
 */
export async function byIndex<T>(tx: Queryable, work: () => Promise<T>): Promise<T> {
  const set = (to: 'off' | 'default') =>
    tx.execute(sql.raw(UNWANTED.map((name) => `set local ${name} to ${to}`).join(';')));
  await set('off');
  const result = await work();
  await set('default');
  return result;
}
