import { describe, expect, it } from '@jest/globals';
import { type ListState, statusOf } from './google.status.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

const good: ListState = { isClosed: false, closingReason: '', isDisabled: false, size: 5_000, isEligible: true };
type Facts = Parameters<typeof statusOf>[1];
const calm: Facts = { now: NOW, lastUploadAt: hoursAgo(10), isUploading: false, hasFailed: false };

describe('the status of a list, row by row of section 7', () => {
  it.each<[string, Partial<ListState> | 'forbidden', Partial<Facts>, string]>([
    ['403', 'forbidden', {}, 'error: Google does not let the account see the list; it may have been deleted'],
    [
      'access taken back',
      { isDisabled: true },
      {},
      'error: the owner of the list has taken back the account’s access to it',
    ],
    ['closed', { isClosed: true }, {}, 'error: the list takes no new members; open it again in Google Ads'],
    [
      'closed, unused',
      { isClosed: true, closingReason: 'UNUSED' },
      {},
      'error: the list takes no new members, closed by Google for not being used; open it again in Google Ads',
    ],
    ['failed', {}, { hasFailed: true }, 'error: Google could not use what was sent, and nothing before it'],
    [
      'failed, with another open',
      {},
      { hasFailed: true, isUploading: true },
      'error: Google could not use what was sent, and nothing before it',
    ],
    [
      'closed, with a request open',
      { isClosed: true },
      { isUploading: true },
      'error: the list takes no new members; open it again in Google Ads',
    ],
    ['a request open', {}, { isUploading: true }, 'populating: Google is still at work on what was sent'],
    [
      'a request open, nobody counted',
      { size: 0 },
      { isUploading: true },
      'populating: Google is still at work on what was sent',
    ],
    ['nobody counted, 47 hours', { size: 0 }, { lastUploadAt: hoursAgo(47.9) }, 'populating'],
    [
      'nobody counted, 48 hours',
      { size: 0 },
      { lastUploadAt: hoursAgo(48) },
      'too-small: fewer than 100 people can be reached',
    ],
    ['nothing ever sent', { size: 0 }, { lastUploadAt: null }, 'populating'],
    ['filled by somebody else', {}, { lastUploadAt: null }, 'ready'],
    ['99 people', { size: 99 }, {}, 'too-small: fewer than 100 people can be reached'],
    [
      'on no network',
      { isEligible: false },
      {},
      'too-small: Google lets the list be used neither on the display network nor on search',
    ],
    ['100 people', { size: 100 }, {}, 'ready'],
  ])('%s', (_, list, facts, expected) => {
    const state = list === 'forbidden' ? list : { ...good, ...list };
    const { status, statusReason } = statusOf(state, { ...calm, ...facts });
    expect(statusReason === null ? status : `${status}: ${statusReason}`).toBe(expected);
  });
});
