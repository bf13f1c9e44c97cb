import { describe, expect, it } from '@jest/globals';
import type { Rejection } from './contract/audience-provider.js';
import { TagTally } from './tag-tally.js';

function tallyOf(...parts: { size: number; rows: number; rejections?: Rejection[] }[]): TagTally {
  const tally = new TagTally();
  let from = 0;
  for (const { size, rows, rejections = [] } of parts) {
    tally.add({ rows: Array.from({ length: rows }, (_, user) => ({ user, row: {} })), rejections }, size, from);
    from += size;
  }
  return tally;
}

describe('TagTally', () => {
  it('counts users over all parts of a batch', () => {
    const { received, sent } = tallyOf({ size: 3, rows: 2 }, { size: 2, rows: 1 });
    expect([received, sent]).toEqual([5, 3]);
  });

  it('counts rejections by field and reason, the most frequent first', () => {
    const invalid = { field: 'email', reason: 'invalid-format' } as const;
    const national = { field: 'phone', reason: 'missing-country' } as const;
    const first = [
      { user: 0, ...invalid },
      { user: 0, ...national },
      { user: 0, reason: 'no-usable-identifier' } as const,
    ];
    const second = [
      { user: 0, ...national },
      { user: 1, ...national },
    ];
    expect(
      tallyOf({ size: 3, rows: 2, rejections: first }, { size: 2, rows: 2, rejections: second }).rejections,
    ).toEqual([
      { ...national, users: 3 },
      { ...invalid, users: 1 },
      { reason: 'no-usable-identifier', users: 1 },
    ]);
  });

  it('counts a user once that loses two values of one field for one reason, and users of two parts apart', () => {
    const rejection = { user: 0, field: 'purchase', reason: 'invalid-format' } as const;
    const twice = { size: 1, rows: 1, rejections: [rejection, rejection] };
    expect(tallyOf(twice, twice).rejections).toEqual([{ field: 'purchase', reason: 'invalid-format', users: 2 }]);
  });
});
