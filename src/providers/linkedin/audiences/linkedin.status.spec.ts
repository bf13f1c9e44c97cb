import { describe, expect, it } from '@jest/globals';
import { isUnknownStatus, statusOf } from './linkedin.status.js';

const SMALL = 'fewer than 300 members can be reached';

describe('the status of a segment, row by row of section 7', () => {
  it.each<[status: string, audienceSize: number | null, expected: string, reason: string | null, warnings: string[]]>([
    ['BUILDING', null, 'populating', null, []],
    ['BUILDING', 5_000, 'populating', null, []],
    ['UPDATING', 300, 'ready', null, []],
    ['UPDATING', 299, 'too-small', SMALL, []],
    ['READY', 300, 'ready', null, []],
    ['READY', 299, 'too-small', SMALL, []],
    ['READY', 0, 'too-small', SMALL, []],
    ['READY', null, 'too-small', SMALL, []],
    ['ARCHIVED', 300, 'ready', null, ['archived']],
    ['ARCHIVED', 0, 'too-small', SMALL, ['archived']],
    [
      'EXPIRED',
      5_000,
      'error',
      'expired: LinkedIn has let go of its people, unused for 90 days; all of them have to be sent again',
      [],
    ],
    ['FAILED', 5_000, 'error', 'LinkedIn says FAILED of the segment, and not why', []],
    ['ERROR', 5_000, 'error', 'LinkedIn says ERROR of the segment, and not why', []],
    ['', 5_000, 'populating', 'LinkedIn does not tell a status yet', []],
    ['RE<b>SCORING', 5_000, 'populating', 'LinkedIn tells a status that is not known: REbSCORING', []],
  ])('%s with %p who can be reached: %s', (status, audienceSize, expected, reason, warnings) => {
    const found = statusOf({ status, audienceSize });
    expect([found.status, found.statusReason, found.warnings.map(({ code }) => code)]).toEqual([
      expected,
      reason,
      warnings,
    ]);
  });

  it('has somebody hear of what has no row', () => {
    expect(['', 'RESCORING', 'ready'].every(isUnknownStatus)).toBe(true);
    expect(['BUILDING', 'UPDATING', 'READY', 'ARCHIVED', 'EXPIRED', 'FAILED', 'ERROR'].some(isUnknownStatus)).toBe(
      false,
    );
  });
});
