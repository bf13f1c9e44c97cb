import { describe, expect, it } from '@jest/globals';
import { backOffSeconds, firstPollSeconds, nextPollSeconds } from './poll-pace.js';

const POLLING = [
  { everyMinutes: 5, untilMinutes: 60 },
  { everyMinutes: 30, untilMinutes: 1440 },
  { everyMinutes: 720 },
];
const MINUTE_MS = 60_000;
const MIDDLE = 0.5;

describe('the pace of polls', () => {
  it.each([
    [0, 300],
    [59 * MINUTE_MS, 300],
    [60 * MINUTE_MS, 1800],
    [1440 * MINUTE_MS, 43_200],
    [1_000_000 * MINUTE_MS, 43_200],
  ])('after %d ms without a change asks again in %d seconds', (ageMs, seconds) => {
    expect(nextPollSeconds(POLLING, ageMs, MIDDLE)).toBeCloseTo(seconds, 6);
  });

  it('is spread by a tenth to both sides', () => {
    expect(nextPollSeconds(POLLING, 0, 0)).toBeCloseTo(270, 6);
    expect(nextPollSeconds(POLLING, 0, 1)).toBeCloseTo(330, 6);
  });

  it('stays at the last step where that has an end', () => {
    expect(nextPollSeconds([{ everyMinutes: 5, untilMinutes: 60 }], 1e9, MIDDLE)).toBeCloseTo(300, 6);
  });

  it('begins with the first step', () => {
    expect(firstPollSeconds(POLLING)).toBe(300);
  });
});

describe('the back-off of polls', () => {
  it.each([
    [1, 30],
    [2, 60],
    [7, 1920],
    [8, 3600],
    [1000, 3600],
  ])('after failure %d is %d seconds at most', (failures, seconds) => {
    expect(backOffSeconds(failures, undefined, 0)).toBe(seconds);
    expect(backOffSeconds(failures, undefined, 1)).toBeCloseTo(seconds * 0.8, 6);
  });

  it('is longer where the platform asks for it, up to a day', () => {
    expect(backOffSeconds(1, 120_000, 0)).toBe(120);
    expect(backOffSeconds(1, 1e12, 0)).toBe(86_400);
  });
});
