import { describe, expect, it } from '@jest/globals';
import { sessionState, sessionWarnings } from './session-progress.js';

const HOUR = 3_600_000;
const lastBatchAt = new Date('2026-11-20T10:00:00.000Z');
const counts = { totalBatches: 2, totalUsers: 20, batchesReceived: 2, usersReceived: 20, lastBatchAt, deliveries: {} };
/** So long after the newest batch came. */
const after = (ms: number) => ({ now: new Date(lastBatchAt.getTime() + ms), ttlHours: 72 });

describe('sessionState', () => {
  it.each([
    ['receiving', { batchesReceived: 1, deliveries: { succeeded: 1 } }],
    ['receiving', { batchesReceived: 1, deliveries: { failed: 1 } }],
    ['delivering', { deliveries: { succeeded: 1, queued: 1 } }],
    ['delivering', { deliveries: { failed: 1, waiting: 1 } }],
    ['delivering', { deliveries: { running: 1 } }],
    ['completed', { deliveries: { succeeded: 2 } }],
    ['completed-with-errors', { deliveries: { succeeded: 1, failed: 1 } }],
    ['completed-with-errors', { deliveries: { succeeded: 1, cancelled: 1 } }],
  ] as const)('is %s for %j', (state, change) => {
    expect(sessionState({ ...counts, ...change }, after(0))).toBe(state);
  });

  it('is expired when batches are missing and the newest is as old as the limit, to the millisecond', () => {
    const waiting = { ...counts, batchesReceived: 1, deliveries: { running: 1 } };
    expect(sessionState(waiting, after(72 * HOUR - 1))).toBe('receiving');
    expect(sessionState(waiting, after(72 * HOUR))).toBe('expired');
  });

  it('is receiving again with a late batch, for as long once more', () => {
    const late = { ...counts, totalBatches: 3, lastBatchAt: new Date(lastBatchAt.getTime() + 100 * HOUR) };
    expect(sessionState(late, after(100 * HOUR))).toBe('receiving');
    expect(sessionState(late, after(172 * HOUR))).toBe('expired');
  });

  it('never expires once all batches are in', () => {
    expect(sessionState({ ...counts, deliveries: { waiting: 1 } }, after(1_000 * HOUR))).toBe('delivering');
    expect(sessionState({ ...counts, deliveries: { succeeded: 2 } }, after(1_000 * HOUR))).toBe('completed');
  });
});

describe('sessionWarnings', () => {
  it('tells a total that does not fit what came, once all batches are in', () => {
    expect(sessionWarnings({ ...counts, usersReceived: 19 }, after(0))).toEqual([
      'totalUsers said 20, but 19 users came in 2 batches',
    ]);
  });

  it('says nothing while batches are missing, or when the total fits', () => {
    expect(sessionWarnings({ ...counts, batchesReceived: 1, usersReceived: 19 }, after(0))).toEqual([]);
    expect(sessionWarnings(counts, after(1_000 * HOUR))).toEqual([]);
  });

  it.each([
    [1, 2, 'expired: 1 of 2 batches is missing, and none came for 72 hours; a late one is still taken'],
    [2, 5, 'expired: 3 of 5 batches are missing, and none came for 72 hours; a late one is still taken'],
  ])('tells of %i batches of %i that the session has expired', (batchesReceived, totalBatches, warning) => {
    const expired = { ...counts, batchesReceived, totalBatches };
    expect(sessionWarnings(expired, after(72 * HOUR))).toEqual([warning]);
  });
});
