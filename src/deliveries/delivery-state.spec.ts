import { describe, expect, it } from '@jest/globals';
import { DELIVERY_STATES, isSettled, mayFollow, predecessors } from './delivery-state.js';

describe('delivery states', () => {
  it('lets a dead worker’s delivery be claimed again, and nothing leave success or cancellation', () => {
    expect(mayFollow('running', 'running')).toBe(true);
    for (const next of DELIVERY_STATES) {
      expect(mayFollow('succeeded', next)).toBe(false);
      expect(mayFollow('cancelled', next)).toBe(false);
    }
  });

  it.each([
    ['running', ['queued', 'running', 'waiting', 'processing']],
    ['queued', ['failed']],
    ['succeeded', ['running']],
    ['cancelled', ['queued', 'running', 'waiting', 'processing', 'failed']],
  ] as const)('reaches %s only from %j', (state, from) => {
    expect(predecessors(state)).toEqual(from);
  });

  it('counts as settled what nothing happens to by itself', () => {
    expect(DELIVERY_STATES.filter(isSettled)).toEqual(['succeeded', 'failed', 'cancelled']);
  });
});
