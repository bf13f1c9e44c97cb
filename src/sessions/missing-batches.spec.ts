import { describe, expect, it } from '@jest/globals';
import { certainSequences, countsFrom, firstOfGaps } from './missing-batches.js';

describe('countsFrom', () => {
  it.each([
    [{ first: 0, last: 3 }, 0],
    [{ first: 2, last: 5 }, 1],
    [{ first: 1, last: 4 }, undefined],
    [{ first: 3, last: 3 }, undefined],
  ])('of %j in 5 is %p', (bounds, from) => {
    expect(countsFrom(bounds, 5)).toBe(from);
  });
});

describe('certainSequences', () => {
  it.each([
    [
      { first: 0, last: 3 },
      { from: 0, to: 4 },
    ],
    [
      { first: 2, last: 5 },
      { from: 1, to: 5 },
    ],
    [
      { first: 1, last: 4 },
      { from: 1, to: 4 },
    ],
  ])('after %j of 5 are %j', (bounds, certain) => {
    expect(certainSequences(bounds, 5)).toEqual(certain);
  });
});

describe('firstOfGaps', () => {
  it('lists every sequence of each gap, and no more than are shown', () => {
    const gaps = [
      { from: 0, to: 0 },
      { from: 3, to: 5 },
      { from: 9, to: 1_000_000 },
    ];
    expect(firstOfGaps(gaps, 6)).toEqual([0, 3, 4, 5, 9, 10]);
    expect(firstOfGaps(gaps)).toHaveLength(100);
    expect(firstOfGaps([])).toEqual([]);
  });
});
