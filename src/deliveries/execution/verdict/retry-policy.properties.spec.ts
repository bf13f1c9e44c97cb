import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AudienceBlockedError,
  AudienceMissingError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  RateLimitedError,
  RequestRejectedError,
  TermsNotAcceptedError,
} from '../../../providers/contract/provider-errors.js';
import { nextStep } from './retry-policy.js';

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;
const RUNS = { numRuns: 500 };

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const failures = fc.nat({ max: 100_000 });
const asked = fc.option(fc.nat({ max: 30 * DAY }), { nil: undefined });
/** Young enough to be tried again. */
const age = fc
  .record({ maxAgeMs: fc.integer({ min: 1, max: 30 * DAY }), share: random })
  .map(({ maxAgeMs, share }) => ({
    maxAgeMs,
    ageMs: Math.floor(share * maxAgeMs),
  }));
const limited = asked.map((ms) => new RateLimitedError('slow down', ms));
const passing = fc.oneof(
  fc.constantFrom<Error>(new AudienceMissingError('gone'), new Error('a fault of ours')),
  asked.map((retryAfterMs) => new PlatformUnavailableError('down', { retryAfterMs })),
);
const toMend = fc.constantFrom(
  new CredentialsRejectedError('no'),
  new PermissionDeniedError('no'),
  new TermsNotAcceptedError('no'),
);
const final = fc.constantFrom(new RequestRejectedError('no'), new AudienceBlockedError('no'));

function delayOf(step: ReturnType<typeof nextStep>): number {
  if (step.step !== 'wait') throw new Error(`${step.step} instead of a wait`);
  return step.delayMs;
}

describe('nextStep, for any failure', () => {
  it('waits a whole number of milliseconds, never more than a day and a second', () => {
    fc.assert(
      fc.property(fc.oneof(limited, passing), failures, age, random, (error, failed, { ageMs, maxAgeMs }, chance) => {
        const delay = delayOf(nextStep({ error, failures: failed, ageMs, maxAgeMs }, chance));
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(DAY + SECOND);
      }),
      RUNS,
    );
  });

  it('never comes back before the platform wants it, within a day', () => {
    fc.assert(
      fc.property(fc.oneof(limited, passing), failures, age, random, (error, failed, { ageMs, maxAgeMs }, chance) => {
        const delay = delayOf(nextStep({ error, failures: failed, ageMs, maxAgeMs }, chance));
        const wanted = 'retryAfterMs' in error ? error.retryAfterMs : undefined;
        expect(delay).toBeGreaterThanOrEqual(Math.min(wanted ?? 0, DAY));
      }),
      RUNS,
    );
  });

  it('backs off between half a second and five minutes where nobody says how long, and never less for more failures', () => {
    const error = new PlatformUnavailableError('down');
    fc.assert(
      fc.property(failures, failures, age, random, (one, other, { ageMs, maxAgeMs }, chance) => {
        const [fewer, more] = [Math.min(one, other), Math.max(one, other)].map((failed) =>
          delayOf(nextStep({ error, failures: failed, ageMs, maxAgeMs }, chance)),
        ) as [number, number];
        expect(fewer).toBeGreaterThanOrEqual(SECOND / 2);
        expect(more).toBeLessThanOrEqual(300 * SECOND);
        expect(fewer).toBeLessThanOrEqual(more);
      }),
      RUNS,
    );
  });

  it('gives up what is too old and can say that it may be retried, and what no time mends at once', () => {
    const old = fc.tuple(fc.integer({ min: 1, max: DAY }), fc.nat({ max: DAY }));
    fc.assert(
      fc.property(
        fc.oneof(limited, passing, toMend),
        failures,
        old,
        random,
        (error, failed, [maxAgeMs, more], chance) => {
          const failure = { error, failures: failed, ageMs: maxAgeMs + more, maxAgeMs };
          expect(nextStep(failure, chance)).toEqual({ step: 'give-up', retryable: true });
        },
      ),
      RUNS,
    );
    fc.assert(
      fc.property(final, failures, age, random, (error, failed, { ageMs, maxAgeMs }, chance) => {
        expect(nextStep({ error, failures: failed, ageMs, maxAgeMs }, chance)).toEqual({
          step: 'give-up',
          retryable: false,
        });
      }),
      RUNS,
    );
  });

  it('stops the tag for what somebody has to mend in the account', () => {
    fc.assert(
      fc.property(toMend, failures, age, random, (error, failed, { ageMs, maxAgeMs }, chance) => {
        expect(nextStep({ error, failures: failed, ageMs, maxAgeMs }, chance)).toEqual({ step: 'stop-tag', error });
      }),
      RUNS,
    );
  });
});
