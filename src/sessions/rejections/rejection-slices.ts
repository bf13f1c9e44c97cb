import type { PackedOrder, PackedRow } from './rejections.repository.js';

/** What a page takes of one packed row. */
export interface Slice {
  readonly row: PackedRow;
  /** Whether the users that a platform counted without naming them are shown: one entry, before the named ones. */
  readonly counted: boolean;
  /** Of the named users, those from here on, */
  readonly first: number;
  /** and before this one. */
  readonly last: number;
}

/**
 * Where a page ends: in a packed row, after so many of its places. The first place is that of the unnamed users, whether there
 * are any or not: users that are added to the row meanwhile move no other.
 */
export type PagePosition = readonly [...PackedOrder, places: number];

/**
 * How many packed rows are needed for a page: each gives an entry at least, but for the one in which the page before ended, and
 * one more tells whether there is a next page.
 */
export function rowsForPage(limit: number): number {
  return limit + 2;
}

/** Pure: the next `limit` entries of the rows, and where they end; no `end` when there are no more. */
export function sliceRows(
  rows: readonly PackedRow[],
  after: PagePosition | undefined,
  limit: number,
): { readonly slices: readonly Slice[]; readonly end?: PagePosition } {
  const slices: Slice[] = [];
  let left = limit;
  for (const row of rows) {
    const rest = restOf(row, placesBefore(row, after));
    if (entriesIn(rest) === 0) continue;
    const slice = left > 0 ? cut(rest, left) : undefined;
    if (slice) slices.push(slice);
    left -= slice ? entriesIn(slice) : 0;
    if (slice?.last !== rest.last) return { slices, end: endOf(slices) };
  }
  return { slices };
}

/** All of a row that earlier pages have not shown. */
function restOf(row: PackedRow, shown: number): Slice {
  const first = Math.min(row.named, Math.max(0, shown - 1));
  return { row, counted: shown === 0 && row.unnamed > 0, first, last: row.named };
}

function cut(slice: Slice, most: number): Slice {
  return { ...slice, last: Math.min(slice.last, slice.first + most - Number(slice.counted)) };
}

function entriesIn({ counted, first, last }: Slice): number {
  return Number(counted) + last - first;
}

/** Places of the row that earlier pages have shown. */
function placesBefore(row: PackedRow, after: PagePosition | undefined): number {
  const isThere = after && orderOf(row).every((part, index) => part === after[index]);
  return isThere ? after[7] : 0;
}

function endOf(slices: readonly Slice[]): PagePosition | undefined {
  const slice = slices.at(-1);
  return slice && [...orderOf(slice.row), slice.last + 1];
}

function orderOf({ sequence, part, provider, tag, stage, field, reason }: PackedRow): PackedOrder {
  return [sequence, part, provider, tag, stage, field, reason];
}
