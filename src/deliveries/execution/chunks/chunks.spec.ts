import { describe, expect, it } from '@jest/globals';
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
});
