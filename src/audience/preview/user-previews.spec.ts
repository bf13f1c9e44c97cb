import { describe, expect, it } from '@jest/globals';
import { StepRecorder } from './step-recorder.js';
import { userPreviews } from './user-previews.js';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

describe('userPreviews', () => {
  const prepared = {
    rows: [
      { user: 0, row: { hashed: true, value: MARY } },
      { user: 2, row: { hashed: false, value: 'mary@example.com' } },
    ],
    rejections: [
      { user: 0, field: 'phone', reason: 'missing-country' },
      { user: 1, reason: 'no-usable-identifier' },
      { user: 2, field: 'email', reason: 'invalid-format' },
    ],
  } as const;
  const show = (count: number) =>
    userPreviews<{ hashed: boolean; value: string }>(prepared, count, (row) => [{ name: 'EMAIL', ...row }]);

  it('shows what is sent by its digest, whether or not the platform gets the digest', () => {
    expect(show(3)).toEqual([
      {
        user: 0,
        identifiers: [{ name: 'EMAIL', digest: MARY, hashed: true }],
        rejections: [{ field: 'phone', reason: 'missing-country' }],
      },
      { user: 1, identifiers: [], rejections: [{ field: null, reason: 'no-usable-identifier' }] },
      {
        user: 2,
        identifiers: [{ name: 'EMAIL', digest: MARY, hashed: false }],
        rejections: [{ field: 'email', reason: 'invalid-format' }],
      },
    ]);
  });

  it('shows no more users than asked for', () => {
    expect(show(2).map(({ user }) => user)).toEqual([0, 1]);
    expect(show(0)).toEqual([]);
  });
});

describe('StepRecorder', () => {
  it('has the steps in their order, and then what the platform had no use for', () => {
    const recorder = new StepRecorder();
    recorder.step('country', 'as given', 'US');
    recorder.step('email', 'as given', 'A@example.com');
    const user = { firstName: 'Ada', email: 'A@example.com', country: 'US', purchase: { profit: 5 } };
    expect(recorder.steps(user)).toEqual([
      { field: 'country', rule: 'as given', result: 'US' },
      { field: 'email', rule: 'as given', result: 'A@example.com' },
      { field: 'firstName', rule: 'not used by this platform', result: 'Ada' },
      { field: 'purchase', rule: 'not used by this platform', result: '{"profit":5}' },
    ]);
  });
});
