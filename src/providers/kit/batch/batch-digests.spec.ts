import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../hash.js';
import { Unusable } from '../normalise.js';
import { traceOf } from '../values/value-trace.js';
import { BatchDigests, DigestColumn, NameDigests } from './batch-digests.js';

const MARY = 'mary@example.com';

describe('BatchDigests', () => {
  it('is one for a list of users, and another for a list that is alike', () => {
    const users = Object.freeze([{ email: MARY }]);
    expect(BatchDigests.of(users)).toBe(BatchDigests.of(users));
    expect(BatchDigests.of([...users])).not.toBe(BatchDigests.of(users));
  });
});

describe('DigestColumn', () => {
  it('gives each user the digest of the form asked for, however many there were before', () => {
    const column = new DigestColumn();
    const forms = ['a@example.com', 'b@example.com', 'c@example.com'];
    for (let round = 0; round < 3; round += 1) {
      for (const user of [0, 1, 9_999]) {
        for (const form of [...forms, ...forms].slice(round, round + 3)) {
          const own = `${user}-${form}`;
          expect(column.hashed(user, own)).toBe(sha256Hex(own));
        }
      }
    }
  });

  it('gives a list that has changed its own digests', () => {
    const column = new DigestColumn();
    expect(column.hashed(0, 'before')).toBe(sha256Hex('before'));
    expect(column.hashed(0, 'behind')).toBe(sha256Hex('behind'));
  });
});

describe.each([
  [
    'DigestColumn',
    (normal: string | Unusable, trace?: ReturnType<typeof traceOf>) => new DigestColumn().hashed(0, normal, trace),
  ],
  [
    'NameDigests',
    (normal: string | Unusable, trace?: ReturnType<typeof traceOf>) => new NameDigests().hashed(normal, trace),
  ],
])('%s', (_, hashed) => {
  it.each(['', Unusable.length])('leaves %p as it is', (normal) => {
    expect(hashed(normal)).toBe(normal);
  });

  it('tells the digest as a step', () => {
    const steps: string[][] = [];
    const trace = traceOf({ step: (...step) => void steps.push(step) }, 'email', MARY);
    expect(hashed(MARY, trace)).toBe(sha256Hex(MARY));
    expect(steps.at(-1)).toEqual(['email', 'SHA-256', sha256Hex(MARY)]);
  });
});
