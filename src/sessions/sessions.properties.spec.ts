import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DELIVERY_STATES, type DeliveryState, isSettled } from '../deliveries/delivery-state.js';
import { certainSequences, countsFrom, firstOfGaps, MISSING_SHOWN } from './missing-batches.js';
import { expiresAt, expiryCutoff, type SessionCounts, sessionState, sessionWarnings } from './session-progress.js';

const HOUR = 3_600_000;
const RUNS = { numRuns: 500 };

const instant = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }).map((ms) => new Date(ms));
const deliveries = fc.dictionary(fc.constantFrom(...DELIVERY_STATES), fc.integer({ min: 1, max: 9 })) as fc.Arbitrary<
  Partial<Record<DeliveryState, number>>
>;
const counts: fc.Arbitrary<SessionCounts> = fc
  .record({
    totalBatches: fc.integer({ min: 1, max: 50 }),
    share: fc.nat({ max: 100 }),
    totalUsers: fc.nat({ max: 1_000 }),
    usersReceived: fc.nat({ max: 1_000 }),
    lastBatchAt: instant,
    deliveries,
  })
  .map(({ share, ...session }) => ({ ...session, batchesReceived: Math.ceil((session.totalBatches * share) / 100) }));
const time = fc.record({ now: instant, ttlHours: fc.integer({ min: 1, max: 8_760 }) });

describe('the state of any session', () => {
  it('is of batches while some are missing, and of deliveries alone once all are in', () => {
    fc.assert(
      fc.property(counts, time, (session, at) => {
        const state = sessionState(session, at);
        const isWhole = session.batchesReceived >= session.totalBatches;
        expect(['receiving', 'expired'].includes(state)).toBe(!isWhole);
        if (!isWhole) return;
        const states = Object.keys(session.deliveries) as DeliveryState[];
        const isOpen = states.some((one) => !isSettled(one));
        expect(state === 'delivering').toBe(isOpen);
        expect(state === 'completed').toBe(states.every((one) => one === 'succeeded'));
      }),
      RUNS,
    );
  });

  it('expires once, at the moment that was told, and lives again with the next batch', () => {
    fc.assert(
      fc.property(counts, time, (session, { now, ttlHours }) => {
        const expiry = expiresAt(session, ttlHours);
        expect(expiry === undefined).toBe(session.batchesReceived >= session.totalBatches);
        if (!expiry) return;
        const before = new Date(expiry.getTime() - 1);
        expect(sessionState(session, { now: before, ttlHours })).toBe('receiving');
        expect(sessionState(session, { now: expiry, ttlHours })).toBe('expired');
        expect(sessionState({ ...session, lastBatchAt: expiry }, { now: expiry, ttlHours })).toBe('receiving');
        // What the database is asked by is the same moment, seen from the other side.
        const isOld = session.lastBatchAt.getTime() <= expiryCutoff({ now, ttlHours }).getTime();
        expect(sessionState(session, { now, ttlHours }) === 'expired').toBe(isOld);
        expect(expiry.getTime() - session.lastBatchAt.getTime()).toBe(ttlHours * HOUR);
      }),
      RUNS,
    );
  });

  it('warns of nothing but an expiry and a total of users that does not fit', () => {
    fc.assert(
      fc.property(counts, time, (session, at) => {
        const isExpired = sessionState(session, at) === 'expired';
        const isWhole = session.batchesReceived >= session.totalBatches;
        const isOdd = isWhole ? session.usersReceived !== session.totalUsers : isExpired;
        expect(sessionWarnings(session, at)).toHaveLength(isOdd ? 1 : 0);
      }),
      RUNS,
    );
  });
});

describe('the missing batches of any session', () => {
  /** Sequences of a session that counts from 0 or from 1, of which some have come. */
  const arrived = fc
    .record({ from: fc.constantFrom(0, 1), total: fc.integer({ min: 1, max: 150 }) })
    .chain(({ from, total }) => {
      const all = Array.from({ length: total }, (_, index) => from + index);
      return fc.record({ from: fc.constant(from), all: fc.constant(all), come: fc.subarray(all, { minLength: 1 }) });
    });

  it('are never one that came, and never one of another way to count', () => {
    fc.assert(
      fc.property(arrived, ({ from, all, come }) => {
        const bounds = { first: come[0]!, last: come.at(-1)! };
        const counted = countsFrom(bounds, all.length);
        expect(counted === undefined || counted === from).toBe(true);
        const certain = certainSequences(bounds, all.length);
        for (const sequence of come) {
          expect(sequence >= certain.from && sequence <= certain.to).toBe(true);
        }
        expect(certain.from).toBeGreaterThanOrEqual(all[0]!);
        expect(certain.to).toBeLessThanOrEqual(all.at(-1)!);
        // Unknown is one sequence, and only while neither end has come.
        expect(all.length - (certain.to - certain.from + 1)).toBe(counted === undefined ? 1 : 0);
      }),
      RUNS,
    );
  });

  it('are listed from the least on, as many as are shown', () => {
    const gaps = fc
      .uniqueArray(fc.nat({ max: 400 }), { maxLength: 300 })
      .map((missing) => missing.sort((a, b) => a - b))
      .map((missing) => ({ missing, gaps: runsOf(missing) }));
    fc.assert(
      fc.property(gaps, fc.nat({ max: 2 * MISSING_SHOWN }), ({ missing, gaps: runs }, most) => {
        expect(firstOfGaps(runs, most)).toEqual(missing.slice(0, most));
      }),
      RUNS,
    );
  });
});

function runsOf(sequences: readonly number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const sequence of sequences) {
    const last = runs.at(-1);
    if (last?.to === sequence - 1) last.to = sequence;
    else runs.push({ from: sequence, to: sequence });
  }
  return runs;
}
