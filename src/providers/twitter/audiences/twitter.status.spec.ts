import { describe, expect, it } from '@jest/globals';
import { twitterStatus } from './twitter.status.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const before = (hours: number) => new Date(NOW.getTime() - hours * HOUR);

/** Section 7 of the notes, but for audiences that are gone, which have no state. */
describe('the status of an audience on X', () => {
  it.each<[string, boolean, string[], number | null, Date | null, string]>([
    ['can be targeted', true, [], 1_470, before(1), 'ready'],
    ['can be targeted, whatever the reasons', true, ['PROCESSING'], 1_470, before(1), 'ready'],
    ['is processed and too small so far', false, ['PROCESSING', 'TOO_SMALL'], null, before(100), 'populating'],
    ['is processed', false, ['PROCESSING'], 3_000, null, 'populating'],
    ['is too small, long after the last upload', false, ['TOO_SMALL'], 99, before(48), 'too-small'],
    ['is too small, and never had users', false, ['TOO_SMALL'], 0, null, 'too-small'],
    ['is too small, soon after an upload', false, ['TOO_SMALL'], 99, before(47.9), 'populating'],
    ['cannot be targeted, for no reason', false, [], 140_321, before(100), 'populating'],
    ['has another reason', false, ['POLICY_VIOLATION'], 3_000, before(1), 'error'],
    ['has another reason among known ones', false, ['PROCESSING', 'POLICY_VIOLATION'], null, before(1), 'error'],
  ])('that %s', (_, isTargetable, reasons, size, lastUploadAt, expected) => {
    const { status } = twitterStatus({ isTargetable, reasons, size }, { now: NOW, lastUploadAt });
    expect(status).toBe(expected);
  });

  it('keeps the words of a reason that it does not know, without what may be somebody’s', () => {
    const reasons = ['POLICY_VIOLATION', 'ask ada@example.com'];
    const state = { isTargetable: false, reasons, size: 3_000 };
    expect(twitterStatus(state, { now: NOW, lastUploadAt: null })).toEqual({
      status: 'error',
      statusReason: 'X does not let the audience be targeted: POLICY_VIOLATION, ask [email]',
      warnings: [],
    });
  });

  it.each([
    [499, ['hidden-audience']],
    [500, []],
    [null, []],
  ])('of %s people that can be targeted warns of %j', (size, codes) => {
    const { warnings, statusReason } = twitterStatus(
      { isTargetable: true, reasons: [], size },
      { now: NOW, lastUploadAt: null },
    );
    expect(warnings.map(({ code }) => code)).toEqual(codes);
    expect(statusReason).toBeNull();
  });
});
