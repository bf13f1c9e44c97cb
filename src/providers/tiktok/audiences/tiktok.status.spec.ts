import { describe, expect, it } from '@jest/globals';
import type { TikTokAudience } from '../tiktok.lookup.js';
import { tiktokStatus } from './tiktok.status.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const ago = (hours: number) => NOW.getTime() - hours * HOUR;

const OLD: TikTokAudience = {
  id: '1',
  name: 'Buyers',
  type: 'Partner',
  calculateType: 'MULTIPLE_TYPES',
  isCreator: true,
  isExpiring: false,
  isValid: true,
  coverNum: 1_000,
  createdAt: ago(500),
  changedAt: ago(100),
  expiresAt: NOW.getTime() + 1,
  failure: '',
};
const statusOf = (audience: Partial<TikTokAudience>, lastUpload?: number, isUploading = false) =>
  tiktokStatus(
    { ...OLD, ...audience },
    { now: NOW, lastUploadAt: lastUpload === undefined ? null : new Date(lastUpload), isUploading },
  );

/** Section 7 of the notes, but for audiences that are gone and refused tokens, which have no state. */
describe('the status of an audience at TikTok', () => {
  it.each<[string, Partial<TikTokAudience>, number | undefined, string]>([
    ['has expired', { expiresAt: NOW.getTime() }, undefined, 'error'],
    ['has a failure, whatever else', { failure: 'The file could not be processed.' }, ago(1), 'error'],
    ['is not valid, soon after TikTok’s change', { isValid: false, changedAt: ago(47.9) }, undefined, 'populating'],
    ['is not valid, soon after our change', { isValid: false }, ago(47.9), 'populating'],
    [
      'is not valid and empty, soon after its creation',
      { isValid: false, coverNum: 0, createdAt: ago(1), changedAt: undefined },
      undefined,
      'populating',
    ],
    ['is not valid and small, long after', { isValid: false, coverNum: 999, changedAt: ago(48) }, ago(48), 'too-small'],
    ['is valid but small', { coverNum: 999 }, undefined, 'too-small'],
    ['is valid but small, soon after', { coverNum: 999 }, ago(1), 'too-small'],
    ['is valid and large enough', {}, undefined, 'ready'],
    ['is ready and takes more', {}, ago(0), 'ready'],
    ['is large enough, and not valid long after', { isValid: false, changedAt: ago(48) }, undefined, 'populating'],
  ])('that %s', (_, audience, lastUpload, expected) => {
    expect(statusOf(audience, lastUpload).status).toBe(expected);
  });

  it('that is not valid while users are on their way is being populated', () => {
    expect(statusOf({ isValid: false, coverNum: 0 }, undefined, true).status).toBe('populating');
    expect(statusOf({ isValid: false, coverNum: 0 }, undefined, false).status).toBe('too-small');
  });

  it.each([
    [72, []],
    [73, ['stuck']],
  ])('large enough and not valid for %d hours warns of %j', (hours, codes) => {
    const { warnings } = statusOf({ isValid: false, changedAt: ago(hours) });
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  it('ready and near its end warns', () => {
    expect(statusOf({ isExpiring: true })).toMatchObject({ status: 'ready', warnings: [{ code: 'expiring' }] });
  });

  it('tells what TikTok says went wrong, without what may be somebody’s', () => {
    expect(statusOf({ failure: 'Row of ada@example.com is wrong.' }).statusReason).toBe(
      'TikTok says of the last change: Row of [email] is wrong.',
    );
  });
});
