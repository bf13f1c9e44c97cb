import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Receipt } from '../../providers/contract/audience-provider.js';
import { outcomeOf, packRejections } from './packed-rejections.js';

describe('packRejections', () => {
  it('groups users by field and reason, and keeps whole users apart', () => {
    expect(
      packRejections([
        { user: 0, field: 'phone', reason: 'missing-country' },
        { user: 2, reason: 'no-usable-identifier' },
        { user: 2, field: 'email', reason: 'invalid-format' },
        { user: 5, field: 'phone', reason: 'missing-country' },
      ]),
    ).toEqual([
      { field: 'phone', reason: 'missing-country', users: [0, 5], unnamed: 0 },
      { field: '', reason: 'no-usable-identifier', users: [2], unnamed: 0 },
      { field: 'email', reason: 'invalid-format', users: [2], unnamed: 0 },
    ]);
  });
});

describe('outcomeOf', () => {
  const unnamed = (count: number) => [{ field: '', reason: 'refused-by-platform', users: [], unnamed: count }];

  it('names the users of the refused rows', () => {
    const receipt = { accepted: 1, refused: [{ row: 1, reason: 'invalid-format' as const }] };
    const rejections = [{ field: '', reason: 'invalid-format', users: [9], unnamed: 0 }];
    expect(outcomeOf([4, 9], receipt)).toEqual({ accepted: 1, rejected: 1, rejections });
  });

  it('counts rows that the platform did not name, never more than were sent', () => {
    const receipt = { accepted: 0, refused: [], refusedUnnamed: 7 };
    expect(outcomeOf([4, 9], receipt)).toEqual({ accepted: 0, rejected: 2, rejections: unnamed(2) });
  });

  it('joins named and unnamed rows of the same reason', () => {
    const refused = [{ row: 0, reason: 'refused-by-platform' as const }];
    const rejections = [{ field: '', reason: 'refused-by-platform', users: [4], unnamed: 1 }];
    expect(outcomeOf([4, 9], { accepted: 0, refused, refusedUnnamed: 1 })).toMatchObject({ rejections });
  });

  it('ignores a row number that the chunk does not have', () => {
    const receipt = { accepted: 1, refused: [{ row: 8, reason: 'invalid-format' as const }] };
    expect(outcomeOf([4], receipt)).toEqual({ accepted: 1, rejected: 0, rejections: [] });
  });

  it('counts a row once that is named twice, and with its first reason', () => {
    const refused = [
      { row: 0, reason: 'invalid-format' as const },
      { row: 0, reason: 'refused-by-platform' as const },
    ];
    const rejections = [{ field: '', reason: 'invalid-format', users: [4], unnamed: 0 }];
    expect(outcomeOf([4, 9], { accepted: 1, refused })).toEqual({ accepted: 1, rejected: 1, rejections });
  });

  it('has a reason for each row that was neither taken nor named', () => {
    expect(outcomeOf([4, 9, 11], { accepted: 1, refused: [] })).toMatchObject({ rejected: 2, rejections: unnamed(2) });
  });

  it('leaves pending what a platform decides later, whatever it counts until then', () => {
    const refused = [{ row: 1, reason: 'invalid-format' as const }];
    const receipt = { accepted: 3, refused, refusedUnnamed: 2, remoteJobId: 'J' };
    expect(outcomeOf([4, 9, 11], receipt)).toMatchObject({ accepted: 0, rejected: 1, rejections: [{ users: [9] }] });
  });

  it('adds up, whatever a platform answers', () => {
    const count = fc.integer({ min: 0, max: 30 });
    const refused = fc.array(
      fc.record({ row: count, reason: fc.constantFrom('invalid-format', 'refused-by-platform') }),
    );
    const receipts = fc.record({ accepted: count, refused, refusedUnnamed: count }) as fc.Arbitrary<Receipt>;
    fc.assert(
      fc.property(fc.uniqueArray(count), receipts, (users, receipt) => {
        const { accepted, rejected, rejections } = outcomeOf(users, receipt);
        expect(accepted + rejected).toBe(users.length);
        expect(Math.min(accepted, rejected)).toBeGreaterThanOrEqual(0);
        const named = rejections.flatMap((group) => group.users);
        expect(new Set(named).size).toBe(named.length);
        expect(named.length + rejections.reduce((sum, group) => sum + group.unnamed, 0)).toBe(rejected);
      }),
    );
  });
});
