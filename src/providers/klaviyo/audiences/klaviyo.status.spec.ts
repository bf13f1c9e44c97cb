import { describe, expect, it } from '@jest/globals';
import type { AudienceFacts } from '../../contract/audience-manager.js';
import { type KlaviyoAudienceState, klaviyoStatus, sizeOf } from './klaviyo.status.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const FACTS: AudienceFacts = {
  type: 'customer-list',
  now: NOW,
  createdAt: minutesAgo(600),
  lastUploadAt: minutesAgo(5),
  uploadedRecords: 10,
  isUploading: false,
  hasFailed: false,
};

/** A settled segment over a list of as many. */
const stateOf = (listCount: number | null, segment: object | 'none' | 'gone' = {}): KlaviyoAudienceState => ({
  listCount,
  segment:
    typeof segment === 'string' ? segment : { isActive: true, isProcessing: false, count: listCount, ...segment },
});

describe('klaviyoStatus, row by row of section 7', () => {
  it.each<[string, KlaviyoAudienceState, Partial<AudienceFacts>, string]>([
    ['error: the segment is gone', stateOf(10, 'gone'), {}, 'error'],
    ['error: the segment was deactivated', stateOf(10, { isActive: false }), {}, 'error'],
    ['error: before anything else', stateOf(10, { isActive: false }), { isUploading: true }, 'error'],
    ['error: a batch failed for good', stateOf(10), { hasFailed: true }, 'error'],
    ['populating: a job is queued or processing', stateOf(10), { isUploading: true }, 'populating'],
    ['populating: the same without a segment', stateOf(10, 'none'), { isUploading: true }, 'populating'],
    ['populating: the segment is processing', stateOf(10, { isProcessing: true }), {}, 'populating'],
    [
      'populating: counts differ, 29 minutes',
      stateOf(10, { count: 9 }),
      { lastUploadAt: minutesAgo(29) },
      'populating',
    ],
    [
      'populating: an empty segment, 29 minutes',
      stateOf(9, { count: 0 }),
      { lastUploadAt: minutesAgo(29) },
      'populating',
    ],
    ['populating: no number is told', stateOf(null), {}, 'populating'],
    ['too small: nobody is in it', stateOf(0), {}, 'too-small'],
    ['too small: the same without a segment', stateOf(0, 'none'), {}, 'too-small'],
    ['too small: 30 minutes passed', stateOf(10, { count: 0 }), { lastUploadAt: minutesAgo(30) }, 'too-small'],
    ['ready: counts equal', stateOf(10), {}, 'ready'],
    ['ready: counts differ, 30 minutes', stateOf(10, { count: 9 }), { lastUploadAt: minutesAgo(30) }, 'ready'],
    ['ready: counts differ, nothing sent by us', stateOf(10, { count: 9 }), { lastUploadAt: null }, 'ready'],
    ['ready: the list alone', stateOf(1, 'none'), {}, 'ready'],
    ['ready: the segment does not tell', stateOf(10, { count: null }), {}, 'ready'],
  ])('%s', (_, state, facts, status) => {
    const found = klaviyoStatus(state, { ...FACTS, ...facts });
    expect(found.status).toBe(status);
    if (status === 'ready') expect(found.statusReason).toBeNull();
    else expect(found.statusReason).toMatch(/^[A-Z].{10,}\.$/);
  });

  it.each([
    [stateOf(10, { count: 9 }), 9],
    [stateOf(10, { count: 0 }), 0],
    [stateOf(10, { count: null }), 10],
    [stateOf(10, 'none'), 10],
    [stateOf(null, 'gone'), null],
  ])('takes the size of the segment, or else of the list: %j', (state, size) => {
    expect(sizeOf(state)).toBe(size);
  });
});
