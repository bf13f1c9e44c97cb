import { describe, expect, it } from '@jest/globals';
import type { Rejection } from '../../providers/contract/audience-provider.js';
import { withLeftOut } from './left-out.js';

const skipped = (user: number): Rejection => ({ user, reason: 'no-usable-identifier' });

describe('withLeftOut', () => {
  it('changes nothing where no row was left out', () => {
    const rejections = [skipped(1)];
    expect(withLeftOut(rejections, [])).toBe(rejections);
  });

  it('says of a row that was left out what was wrong with it, and that the whole user is skipped, once', () => {
    const told = withLeftOut(
      [skipped(1), skipped(2), skipped(3)],
      [
        [2, 'email'],
        [2, 'phone'],
        [3, ''],
      ],
    );
    const reason = 'invalid-format';
    expect(told).toEqual([
      skipped(1),
      { user: 2, reason },
      { user: 3, reason },
      { user: 2, field: 'email', reason },
      { user: 2, field: 'phone', reason },
    ]);
  });
});
