import { beforeEach, describe, expect, it } from '@jest/globals';
import { LinkedInThrottle } from './linkedin.throttle.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('LinkedInThrottle', () => {
  let now: number;
  let throttle: LinkedInThrottle;

  /** Is refused, waits as told, and is refused again. */
  function waits(times: number): number[] {
    return Array.from({ length: times }, () => {
      const wait = throttle.refused();
      now += wait;
      return wait;
    });
  }

  beforeEach(() => {
    now = Date.UTC(2026, 10, 21, 12);
    throttle = new LinkedInThrottle(() => now);
  });

  it('waits twice as long each time, up to a minute', () => {
    expect(waits(8).map((wait) => wait / SECOND)).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('after a quarter of an hour waits for the day to end, asking every hour', () => {
    const long = waits(22).findIndex((wait) => wait === 60 * MINUTE);
    // 62 seconds, then a minute each.
    expect(long).toBe(19);
    expect(waits(3)).toEqual(Array(3).fill(60 * MINUTE));
  });

  it('waits until five minutes past midnight UTC', () => {
    now = Date.UTC(2026, 10, 21, 23, 20);
    waits(19);
    now = Date.UTC(2026, 10, 21, 23, 40);
    expect(throttle.refused()).toBe(25 * MINUTE);
  });

  it('counts the refusals of calls that were under way together once', () => {
    expect(throttle.refused()).toBe(2 * SECOND);
    now += 300;
    expect([throttle.refused(), throttle.refused()]).toEqual([1_700, 1_700]);
    now += 1_700;
    expect(throttle.refused()).toBe(4 * SECOND);
  });

  it('begins anew after a call that went through', () => {
    waits(4);
    throttle.passed();
    expect(throttle.refused()).toBe(2 * SECOND);
  });

  it('does not let a call that was under way end the wait', () => {
    throttle.refused();
    throttle.passed();
    now += 2 * SECOND;
    expect(throttle.refused()).toBe(4 * SECOND);
  });

  it('forgets a refusal that nothing followed', () => {
    waits(5);
    now += 11 * MINUTE;
    expect(throttle.refused()).toBe(2 * SECOND);
  });
});
