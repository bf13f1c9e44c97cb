import { describe, expect, it } from '@jest/globals';
import { waitAfter } from './retry-schedule.js';

const HOUR_MS = 3_600_000;
const attempts = [1, 2, 3, 4, 5, 6, 7];

describe('waitAfter', () => {
  it('grows as Standard Webhooks recommends, to a day in all, and then ends', () => {
    const waits = attempts.map((attempt) => waitAfter(attempt, 0, 0.5)!);
    expect(waits).toEqual([5_000, 300_000, 1_800_000, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 6 * HOUR_MS]);
    const day = waits.reduce((sum, wait) => sum + wait, 0);
    expect([day > 23 * HOUR_MS, day < 24 * HOUR_MS]).toEqual([true, true]);
    expect(waitAfter(8)).toBeUndefined();
  });

  it.each(attempts)('spreads the wait after attempt %i by a tenth either way', (attempt) => {
    const [least, middle, most] = [0, 0.5, 1].map((chance) => waitAfter(attempt, 0, chance)!);
    expect([least, most]).toEqual([Math.round(middle! * 0.9), Math.round(middle! * 1.1)]);
  });

  it('waits at least as long as the receiver asks, up to a day', () => {
    expect(waitAfter(1, 60_000, 0.5)).toBe(60_000);
    expect(waitAfter(4, 60_000, 0.5)).toBe(2 * HOUR_MS);
    expect(waitAfter(1, 100 * HOUR_MS)).toBe(24 * HOUR_MS);
  });
});
