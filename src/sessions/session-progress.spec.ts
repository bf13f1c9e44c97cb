import { describe, expect, it } from '@jest/globals';
import { sessionState, sessionWarnings } from './session-progress.js';

const counts = { totalBatches: 2, totalUsers: 20, batchesReceived: 2, usersReceived: 20, deliveries: {} };

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
    expect(sessionState({ ...counts, ...change })).toBe(state);
  });
});

describe('sessionWarnings', () => {
  it('tells a total that does not fit what came, once all batches are in', () => {
    expect(sessionWarnings({ ...counts, usersReceived: 19 })).toEqual([
      'totalUsers said 20, but 19 users came in 2 batches',
    ]);
  });

  it('says nothing while batches are missing, or when the total fits', () => {
    expect(sessionWarnings({ ...counts, batchesReceived: 1, usersReceived: 19 })).toEqual([]);
    expect(sessionWarnings(counts)).toEqual([]);
  });
});
