import { sql } from 'drizzle-orm';
import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';
import type { Transaction } from '../../storage/database.js';
import { rejections } from '../../storage/schema.js';

/** All users of one field and reason: what is stored as one row. `field` is empty for the whole user. */
export interface PackedRejections {
  readonly field: string;
  readonly reason: string;
  readonly users: readonly number[];
  readonly unnamed: number;
}

/** Pure: rejections found while preparing, grouped by field and reason. */
export function packRejections(found: readonly Rejection[]): PackedRejections[] {
  const groups = new Map<string, PackedRejections & { users: number[] }>();
  for (const { user, field = '', reason } of found) {
    const key = `${field} ${reason}`;
    const group = groups.get(key);
    if (group) group.users.push(user);
    else groups.set(key, { field, reason, users: [user], unnamed: 0 });
  }
  return [...groups.values()];
}

/**
 * Pure: what a platform refused of one chunk, row numbers turned into users.
 *
 * @param users the chunk's users, in the order of its rows
 */
export function packRefusals(users: readonly number[], receipt: Receipt): PackedRejections[] {
  const named = packRejections(
    receipt.refused.flatMap(({ row, reason }) => {
      const user = users[row];
      return user === undefined ? [] : [{ user, reason }];
    }),
  );
  const unnamed = Math.min(receipt.refusedUnnamed ?? 0, users.length);
  if (unnamed === 0) return named;
  const byPlatform = named.find(({ reason }) => reason === 'refused-by-platform');
  if (!byPlatform) return [...named, { field: '', reason: 'refused-by-platform', users: [], unnamed }];
  return named.map((group) => (group === byPlatform ? { ...group, unnamed } : group));
}

/** Rejections found while preparing are found again by every attempt; a chunk's are added to what it has. */
export const PREPARED = -1;

/** @param stage {@link PREPARED}, or the first user of the chunk that the platform answered */
export async function insertRejections(
  tx: Transaction,
  delivery: string,
  stage: number,
  packed: readonly PackedRejections[],
): Promise<void> {
  if (packed.length === 0) return;
  const rows = packed.map((group) => ({ delivery, stage, ...group, users: [...group.users] }));
  const insert = tx.insert(rejections).values(rows);
  if (stage === PREPARED) await insert.onConflictDoNothing();
  else {
    await insert.onConflictDoUpdate({
      target: [rejections.delivery, rejections.stage, rejections.field, rejections.reason],
      set: {
        users: sql`${rejections.users} || excluded.users`,
        unnamed: sql`${rejections.unnamed} + excluded.unnamed`,
      },
    });
  }
}
