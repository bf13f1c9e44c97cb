import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Receipt } from '../../providers/contract/audience-provider.js';
import { IDENTIFIER_FIELDS, REASON_WORDS } from '../../providers/contract/rejection-vocabulary.js';
import { outcomeOf, type PackedRejections, packRejections } from './packed-rejections.js';

const RUNS = { numRuns: 500 };
const reason = fc.constantFrom(...REASON_WORDS);
const users = fc
  .uniqueArray(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 30 })
  .map((some) => some.sort((a, b) => a - b));
/** What a platform may say, whether it makes sense or not. */
const receipt: fc.Arbitrary<Receipt> = fc.record(
  {
    accepted: fc.integer({ min: -5, max: 60 }),
    refused: fc.array(fc.record({ row: fc.integer({ min: -3, max: 40 }), reason }), { maxLength: 40 }),
    refusedUnnamed: fc.nat({ max: 60 }),
    remoteJobId: fc.constantFrom('job'),
  },
  { requiredKeys: ['accepted', 'refused'] },
);

const countOf = (packed: readonly PackedRejections[]) =>
  packed.reduce((sum, group) => sum + group.users.length + group.unnamed, 0);

describe('outcomeOf, for anything that a platform may answer', () => {
  it('counts every user of the chunk once: accepted, rejected, or pending', () => {
    fc.assert(
      fc.property(users, receipt, (chunk, answer) => {
        const { accepted, rejected, rejections } = outcomeOf(chunk, answer);
        expect(accepted).toBeGreaterThanOrEqual(0);
        expect(rejected).toBeGreaterThanOrEqual(0);
        if (answer.remoteJobId === undefined) expect(accepted + rejected).toBe(chunk.length);
        else expect([accepted, rejected <= chunk.length]).toEqual([0, true]);
        expect(countOf(rejections)).toBe(rejected);
      }),
      RUNS,
    );
  });

  it('names only users of the chunk, each once, and those that the platform named', () => {
    fc.assert(
      fc.property(users, receipt, (chunk, answer) => {
        const named = outcomeOf(chunk, answer).rejections.flatMap((group) => group.users);
        expect(new Set(named).size).toBe(named.length);
        const rows = answer.refused.flatMap(({ row }) => (chunk[row] === undefined ? [] : [chunk[row]]));
        expect(new Set(named)).toEqual(new Set(rows));
      }),
      RUNS,
    );
  });
});

describe('packRejections, for any rejections', () => {
  it('keeps every one, in the order in which they came, in one group for each field and reason', () => {
    const field = fc.option(fc.constantFrom(...IDENTIFIER_FIELDS), { nil: undefined });
    const found = fc.array(fc.record({ user: fc.nat({ max: 20 }), field, reason }), { maxLength: 60 });
    fc.assert(
      fc.property(found, (rejections) => {
        const packed = packRejections(rejections);
        const keys = packed.map((group) => `${group.field} ${group.reason}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const group of packed) {
          const same = rejections.filter((one) => (one.field ?? '') === group.field && one.reason === group.reason);
          expect([group.users, group.unnamed]).toEqual([same.map(({ user }) => user), 0]);
        }
        expect(countOf(packed)).toBe(rejections.length);
      }),
      RUNS,
    );
  });
});
