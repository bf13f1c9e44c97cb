import type { Receipt, Rejection } from '../../providers/contract/audience-provider.js';

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
