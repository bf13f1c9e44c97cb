import { describe, expect, it } from '@jest/globals';
import { packRefusals, packRejections } from './packed-rejections.js';

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

describe('packRefusals', () => {
  it('names the users of the refused rows', () => {
    const receipt = { accepted: 1, refused: [{ row: 1, reason: 'invalid-format' as const }] };
    expect(packRefusals([4, 9], receipt)).toEqual([{ field: '', reason: 'invalid-format', users: [9], unnamed: 0 }]);
  });

  it('counts rows that the platform did not name, never more than were sent', () => {
    expect(packRefusals([4, 9], { accepted: 0, refused: [], refusedUnnamed: 7 })).toEqual([
      { field: '', reason: 'refused-by-platform', users: [], unnamed: 2 },
    ]);
  });

  it('joins named and unnamed rows of the same reason', () => {
    const refused = [{ row: 0, reason: 'refused-by-platform' as const }];
    expect(packRefusals([4, 9], { accepted: 0, refused, refusedUnnamed: 1 })).toEqual([
      { field: '', reason: 'refused-by-platform', users: [4], unnamed: 1 },
    ]);
  });

  it('ignores a row number that the chunk does not have', () => {
    expect(packRefusals([4], { accepted: 1, refused: [{ row: 8, reason: 'invalid-format' }] })).toEqual([]);
  });
});
