import { describe, expect, it } from '@jest/globals';
import type { DeliveryRow } from './deliveries.repository.js';
import type { DeliveryState } from './delivery-state.js';
import { mergedOutcome } from './merged-outcome.js';

const row = (state: DeliveryState, received: number, more: Partial<DeliveryRow> = {}) =>
  ({ state, received, accepted: received, skipped: 0, rejected: 0, audienceId: null, ...more }) as DeliveryRow;

describe('the deliveries of one session as one', () => {
  it('have the sums of their counts and the audience that any of them knows', () => {
    const deliveries = [
      row('succeeded', 10),
      row('succeeded', 5, { audienceId: '7', accepted: 3, skipped: 1, rejected: 1 }),
    ];
    expect(mergedOutcome({ deliveries, decided: true })).toEqual({
      deliveries: [row('succeeded', 15, { audienceId: '7', accepted: 13, skipped: 1, rejected: 1 })],
      decided: true,
    });
  });

  it('are one for each tag', () => {
    const [eu, us] = [{ tag: 'eu' }, { tag: 'us' }];
    const deliveries = [row('succeeded', 1, eu), row('succeeded', 2, us), row('failed', 3, eu)];
    expect(mergedOutcome({ deliveries, decided: true }).deliveries).toEqual([
      row('failed', 4, eu),
      row('succeeded', 2, us),
    ]);
  });

  it.each<[DeliveryState, DeliveryState[]]>([
    ['failed', ['succeeded', 'waiting', 'failed']],
    ['waiting', ['processing', 'waiting', 'running']],
    ['queued', ['succeeded', 'queued']],
    ['processing', ['succeeded', 'processing']],
  ])('are %s when they are %j', (state, states) => {
    const deliveries = states.map((each) => row(each, 1, { errorCode: each }));
    expect(mergedOutcome({ deliveries, decided: false })).toMatchObject({ deliveries: [{ state, errorCode: state }] });
  });
});
