import type { PreparedRow } from '../../../providers/contract/audience-provider.js';

/** The largest chunk a platform takes. */
export interface ChunkBudget<Row> {
  readonly rows: number;
  readonly bytes?: number;
  readonly rowBytes?: (row: Row) => number;
}

/**
 * The next chunk: the rows of users from `fromUser` on, as many as the budget allows, at least one.
 * Empty when nothing is left.
 */
export function nextChunk<Row>(
  rows: readonly PreparedRow<Row>[],
  fromUser: number,
  budget: ChunkBudget<Row>,
): readonly PreparedRow<Row>[] {
  const start = firstRowOf(rows, fromUser);
  const most = Math.min(rows.length, start + budget.rows);
  if (budget.bytes === undefined || !budget.rowBytes) return rows.slice(start, most);
  let bytes = 0;
  let end = start;
  for (; end < most; end++) {
    bytes += budget.rowBytes(rows[end]!.row);
    if (bytes > budget.bytes && end > start) break;
  }
  return rows.slice(start, end);
}

/** Rows stand in ascending order of user, but not every user has one: binary search. */
function firstRowOf<Row>(rows: readonly PreparedRow<Row>[], user: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.user < user) low = middle + 1;
    else high = middle;
  }
  return low;
}
