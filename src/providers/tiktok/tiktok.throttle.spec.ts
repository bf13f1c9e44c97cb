import { beforeEach, describe, expect, it } from '@jest/globals';
import { TikTokThrottle } from './tiktok.throttle.js';

const MINUTE = 60_000;

describe('TikTokThrottle', () => {
  let now: number;
  let throttle: TikTokThrottle;

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
    throttle = new TikTokThrottle(() => now);
  });

  it('waits for the next second, then for the next minute, then for the next day', () => {
    expect(waits(8)).toEqual([1_000, 2_000, 4_000, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 60 * MINUTE, 60 * MINUTE]);
  });

  it('waits no longer than until midnight UTC', () => {
    waits(6);
    now = Date.UTC(2026, 10, 21, 23, 40);
    expect(throttle.refused()).toBe(20 * MINUTE);
  });

  it('counts the refusals of calls that were under way together once', () => {
    expect(throttle.refused()).toBe(1_000);
    now += 300;
    expect([throttle.refused(), throttle.refused()]).toEqual([700, 700]);
    now += 700;
    expect(throttle.refused()).toBe(2_000);
  });

  it('starts anew after a call that went through, but not for one that was under way', () => {
    throttle.refused();
    throttle.passed();
    now += 1_000;
    expect(throttle.refused()).toBe(2_000);
    now += 2_000;
    throttle.passed();
    expect(throttle.refused()).toBe(1_000);
  });

  it('spreads calls out after the first five', () => {
    const paced = new TikTokThrottle(() => now, 5);
    expect(Array.from({ length: 8 }, () => paced.turn())).toEqual([0, 0, 0, 0, 0, 200, 400, 600]);
    now += 1_000;
    expect([paced.turn(), paced.turn()]).toEqual([0, 0]);
    now += 60_000;
    expect(Array.from({ length: 6 }, () => paced.turn())).toEqual([0, 0, 0, 0, 0, 200]);
  });

  it('holds nothing up when it was given no rate', () => {
    expect(Array.from({ length: 100 }, () => throttle.turn())).toEqual(Array.from({ length: 100 }, () => 0));
  });
});
