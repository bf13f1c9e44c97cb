import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';

const now = new Date('2026-11-21T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['0.25', 250],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 10:01:00 GMT', 60_000],
  ])('reads %j as %d ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each([['999999'], ['99999999999999999999'], ['Sat, 28 Nov 2026 10:00:00 GMT']])('caps %j at an hour', (value) => {
    expect(parseRetryAfter(value, now)).toBe(3_600_000);
  });

  it('takes another cap', () => {
    expect(parseRetryAfter('30', now, 5_000)).toBe(5_000);
  });

  it.each([
    [undefined],
    [''],
    ['soon'],
    ['-5'],
    ['1e3'],
    ['2026-11-21'],
    ['5, 6'],
    ['0'],
    ['Sat, 21 Nov 2026 09:59:00 GMT'],
  ])('ignores %j', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
