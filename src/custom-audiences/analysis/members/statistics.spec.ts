import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histogram, quantile, summaryOf } from './statistics.js';

const ascending = (amounts: readonly number[]) => Float64Array.from(amounts).sort();
const money = fc.integer({ min: -1_000_000, max: 100_000_000 }).map((cents) => cents / 100);

describe('statistics', () => {
  // `select percentile_cont(0.9) within group (order by x)` and Excel's PERCENTILE.INC give the same.
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.5, 5.5],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9.1],
    [[15, 20, 35, 40, 50], 0.4, 29],
    [[7], 0.9, 7],
    [[3, 5], 0, 3],
    [[3, 5], 1, 5],
  ])('of %j finds the quantile %f', (amounts, share, expected) => {
    expect(quantile(amounts, share)).toBeCloseTo(expected, 10);
  });

  it('sums up', () => {
    expect(summaryOf([1, 2, 3, 4])).toEqual({ count: 4, sum: 10, mean: 2.5, median: 2.5, p90: 3.7 });
    expect(summaryOf([])).toBeUndefined();
  });

  it('makes bins of a round width', () => {
    const amounts = Array.from({ length: 100 }, (_, index) => index);
    const bins = histogram(amounts);
    expect(bins.map(({ from, to }) => [from, to])).toEqual(
      [0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((from) => [from, from + 10]),
    );
    expect(bins.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 10));
  });

  it('keeps the few far away in a bin without a bound', () => {
    const amounts = ascending([...Array.from({ length: 999 }, (_, index) => index / 10), 1_000_000]);
    const bins = histogram(amounts);
    expect(bins.at(-1)).toMatchObject({ to: null, count: 1 });
    expect(bins.length).toBeGreaterThan(5);
    expect(histogram([5, 5, 5])).toMatchObject([{ count: 3 }]);
    expect(histogram([])).toHaveLength(0);
  });

  it('counts every amount once, in bins that follow each other', () => {
    fc.assert(
      fc.property(fc.array(money, { minLength: 1, maxLength: 300 }), (amounts) => {
        const sorted = ascending(amounts);
        const bins = histogram(sorted);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(amounts.length);
        expect(bins.length).toBeLessThanOrEqual(13);
        bins.slice(1).forEach(({ from }, place) => expect(from).toBe(bins[place]!.to));
        for (const { from, to, count } of bins) {
          if (from === null || to === null) continue;
          const within = amounts.filter((amount) => amount >= from && amount < to).length;
          // An edge is written without its binary tail, so an amount upon it may be told on either side.
          const edges = amounts.filter(
            (amount) => Math.abs(amount - from) < 1e-6 || Math.abs(amount - to) < 1e-6,
          ).length;
          expect(Math.abs(within - count)).toBeLessThanOrEqual(edges);
        }
      }),
    );
  });

  it('has quantiles within the amounts, in order', () => {
    fc.assert(
      fc.property(fc.array(money, { minLength: 1, maxLength: 300 }), (amounts) => {
        const sorted = ascending(amounts);
        const { median, p90, mean } = summaryOf(sorted)!;
        expect(median).toBeGreaterThanOrEqual(sorted[0]!);
        expect(p90).toBeGreaterThanOrEqual(median);
        expect(p90).toBeLessThanOrEqual(sorted.at(-1)!);
        expect(mean).toBeGreaterThanOrEqual(sorted[0]! - 1e-6);
        expect(mean).toBeLessThanOrEqual(sorted.at(-1)! + 1e-6);
      }),
    );
  });
});
