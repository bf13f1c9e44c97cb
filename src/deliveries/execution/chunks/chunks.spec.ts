import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextChunk } from './chunks.js';

const rows = [0, 1, 3, 4, 7, 8].map((user) => ({ user, row: `row ${user}` }));
const usersOf = (chunk: readonly { user: number }[]) => chunk.map(({ user }) => user);

describe('nextChunk', () => {
  it('takes at most the allowed rows, from the given user on', () => {
    expect(usersOf(nextChunk(rows, 0, { rows: 4 }))).toEqual([0, 1, 3, 4]);
    expect(usersOf(nextChunk(rows, 5, { rows: 4 }))).toEqual([7, 8]);
  });

  it('finds the place of a user that has no row', () => {
    expect(usersOf(nextChunk(rows, 2, { rows: 2 }))).toEqual([3, 4]);
  });

  it('is empty when all users are settled, and when there are none', () => {
    expect(nextChunk(rows, 9, { rows: 4 })).toEqual([]);
    expect(nextChunk([], 0, { rows: 4 })).toEqual([]);
  });

  it('walks over all rows once, whatever the size', () => {
    for (const size of [1, 2, 3, 6, 100]) {
      const seen: number[] = [];
      for (let from = 0; ;) {
        const chunk = nextChunk(rows, from, { rows: size });
        if (chunk.length === 0) break;
        seen.push(...usersOf(chunk));
        from = chunk.at(-1)!.user + 1;
      }
      expect(seen).toEqual([0, 1, 3, 4, 7, 8]);
    }
  });

  it('stays within the bytes, but always sends one row', () => {
    const budget = { rows: 10, bytes: 12, rowBytes: (row: string) => row.length };
    expect(usersOf(nextChunk(rows, 0, budget))).toEqual([0, 1]);
    expect(usersOf(nextChunk(rows, 0, { ...budget, bytes: 1 }))).toEqual([0]);
  });

  it('covers every row from any user on exactly once, each chunk within its budget and as full as that allows', () => {
    const anyRows = fc
      .uniqueArray(fc.nat({ max: 400 }), { maxLength: 60 })
      .chain((users) =>
        fc.tuple(
          ...users
            .sort((a, b) => a - b)
            .map((user) => fc.record({ user: fc.constant(user), row: fc.nat({ max: 50 }) })),
        ),
      );
    const budgets = fc.record({
      rows: fc.integer({ min: 1, max: 20 }),
      bytes: fc.option(fc.nat({ max: 200 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(anyRows, budgets, fc.nat({ max: 420 }), (all, { rows: most, bytes }, start) => {
        const rowBytes = (row: number) => row;
        const seen: number[] = [];
        for (let from = start; ;) {
          const chunk = nextChunk(all, from, { rows: most, bytes, rowBytes });
          if (chunk.length === 0) break;
          const next = all.find(({ user }) => user > chunk.at(-1)!.user);
          const size = chunk.reduce((sum, { row }) => sum + row, 0);
          expect(chunk.length).toBeLessThanOrEqual(most);
          if (bytes !== undefined && chunk.length > 1) expect(size).toBeLessThanOrEqual(bytes);
          const hasRoom =
            chunk.length < most && next !== undefined && (bytes === undefined || size + next.row <= bytes);
          expect(hasRoom).toBe(false);
          seen.push(...usersOf(chunk));
          from = chunk.at(-1)!.user + 1;
        }
        expect(seen).toEqual(usersOf(all).filter((user) => user >= start));
      }),
      { numRuns: 500 },
    );
  });
});
