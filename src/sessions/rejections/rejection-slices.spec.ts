import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PagePosition, rowsForPage, sliceRows } from './rejection-slices.js';
import type { PackedRow } from './rejections.repository.js';

/** Rows of one session in their order, with so many named and unnamed users. */
function rowsWith(sizes: readonly (readonly [named: number, unnamed: number])[]): PackedRow[] {
  return sizes.map(([named, unnamed], stage) => {
    const place = { sequence: 1, part: 0, firstUser: 0, provider: 'facebook', tag: 'default', delivery: 'd', stage };
    return { ...place, field: '', reason: 'refused-by-platform', named, unnamed };
  });
}

/** As the repository: rows from the position on, no more than a page needs. */
function fetched(rows: readonly PackedRow[], after: PagePosition | undefined, limit: number): PackedRow[] {
  return rows.filter(({ stage }) => !after || stage >= after[4]).slice(0, rowsForPage(limit));
}

/** All entries as `row:user`, page by page; `grow` may change the rows between two pages. */
function pagesOf(rows: readonly PackedRow[], limit: number, grow = (seen: readonly PackedRow[]) => seen): string[][] {
  const pages: string[][] = [];
  let known = rows;
  for (let after: PagePosition | undefined; ;) {
    const { slices, end } = sliceRows(fetched(known, after, limit), after, limit);
    const entries = slices.flatMap(({ row, counted, first, last }) => [
      ...(counted ? [`${row.stage}:counted`] : []),
      ...Array.from({ length: last - first }, (_, index) => `${row.stage}:${first + index}`),
    ]);
    if (entries.length > 0) pages.push(entries);
    if (!end) return pages;
    after = end;
    known = grow(known);
  }
}

const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 2 })), { maxLength: 8 });
const limits = fc.integer({ min: 1, max: 9 });
const withEntries = (rows: readonly PackedRow[]) => rows.filter(({ named, unnamed }) => named + unnamed > 0);

describe('sliceRows', () => {
  it('shows the unnamed of a row once, before its named users', () => {
    expect(pagesOf(rowsWith([[2, 5]]), 2)).toEqual([['0:counted', '0:0'], ['0:1']]);
  });

  it('has no further page when the last one is full', () => {
    expect(pagesOf(rowsWith([[2, 0]]), 2)).toHaveLength(1);
    expect(sliceRows(rowsWith([[2, 0]]), undefined, 2).end).toBeUndefined();
  });

  it('shows every entry once, in order, in pages that are full but for the last', () => {
    fc.assert(
      fc.property(sizes, limits, (rowSizes, limit) => {
        const rows = withEntries(rowsWith(rowSizes));
        const pages = pagesOf(rows, limit);
        const all = rows.flatMap(({ stage, named, unnamed }) => [
          ...(unnamed > 0 ? [`${stage}:counted`] : []),
          ...Array.from({ length: named }, (_, user) => `${stage}:${user}`),
        ]);
        expect(pages.flat()).toEqual(all);
        expect(pages.map(({ length }) => length)).toEqual(
          pages.map((_, index) => Math.min(limit, all.length - index * limit)),
        );
      }),
    );
  });

  it('neither skips nor repeats users while rows grow at their ends between the pages', () => {
    fc.assert(
      fc.property(sizes, limits, (rowSizes, limit) => {
        const rows = withEntries(rowsWith(rowSizes));
        let growths = 0;
        const grow = (known: readonly PackedRow[]) =>
          growths++ < 3 ? known.map((row) => ({ ...row, named: row.named + 2 })) : known;
        const seen = pagesOf(rows, limit, grow).flat();
        expect(new Set(seen).size).toBe(seen.length);
        for (const { stage, named } of rows) {
          for (let user = 0; user < named; user += 1) expect(seen).toContain(`${stage}:${user}`);
        }
      }),
    );
  });

  it('gives nothing for a position that no page had', () => {
    const after = [1, 0, 'facebook', 'default', 0, '', 'refused-by-platform', 2_147_483_647] as const;
    expect(sliceRows(rowsWith([[2, 1]]), after, 5)).toEqual({ slices: [] });
  });
});
