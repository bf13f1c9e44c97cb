import { describe, expect, it } from '@jest/globals';
import type { SessionPosition } from '../contract/audience-provider.js';
import { facebookSession } from './facebook.session.js';

const position: SessionPosition = {
  sessionId: 1763719200123,
  batch: 2,
  totalBatches: 4,
  totalUsers: 35_000,
  chunk: 0,
  audienceType: 'custom',
  ageMinutes: 0,
  last: false,
};

const idOf = (change: Partial<SessionPosition>, audience = '120210') =>
  facebookSession(audience, { ...position, ...change }).session_id;

describe('facebookSession', () => {
  it('tells the place of a batch', () => {
    expect(facebookSession('120210', { ...position, last: true })).toEqual({
      session_id: 3503902863391139,
      batch_seq: 2,
      last_batch_flag: true,
      estimated_num_total: 35_000,
    });
  });

  it('keeps one id for an hour, then takes another', () => {
    expect(idOf({ ageMinutes: 59.9, batch: 4, chunk: 3 })).toBe(idOf({}));
    expect(new Set([0, 60, 120, 180].map((ageMinutes) => idOf({ ageMinutes }))).size).toBe(4);
  });

  it('takes another id for another upload or audience', () => {
    expect(
      new Set([idOf({}), idOf({ sessionId: 1 }), idOf({ audienceType: 'primary' }), idOf({}, '120211')]).size,
    ).toBe(4);
  });

  it('stays a positive integer that JSON keeps', () => {
    const ids = Array.from({ length: 2_000 }, (_, sessionId) => idOf({ sessionId }));
    expect(ids.filter((id) => !Number.isSafeInteger(id) || id < 1)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('numbers chunks without a number standing twice', () => {
    const numbersOf = (parts: readonly (number | undefined)[]) =>
      [1, 2, 3, 4].flatMap((batch) =>
        parts.flatMap((part) =>
          [0, 1, 2, 999].map((chunk) => facebookSession('1', { ...position, batch, part, chunk }).batch_seq),
        ),
      );
    expect(numbersOf([undefined]).slice(0, 8)).toEqual([1, 5, 6, 1_003, 2, 1_005, 1_006, 2_003]);
    expect(numbersOf([0])).toEqual(numbersOf([undefined]));
    const numbers = numbersOf([0, 1, 2, 9_999]);
    expect(Math.max(...numbers)).toBeLessThan(2 ** 31);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
