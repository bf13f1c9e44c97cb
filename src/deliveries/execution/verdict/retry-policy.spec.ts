import { describe, expect, it } from '@jest/globals';
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

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('nextStep', () => {
  it.each([
    ['credentials', new CredentialsRejectedError('no')],
    ['permission', new PermissionDeniedError('no')],
    ['terms', new TermsNotAcceptedError('no')],
  ])('stops the tag where somebody has to mend its account: %s', (_, error) => {
    expect(nextStep({ error, failures: 0, ageMs: DAY - 1, maxAgeMs: DAY }, 0.5)).toEqual({ step: 'stop-tag', error });
    const tooOld = nextStep({ error, failures: 0, ageMs: DAY, maxAgeMs: DAY }, 0.5);
    expect(tooOld).toEqual({ step: 'give-up', retryable: true });
  });

  it.each([
    ['a request that is wrong', new RequestRejectedError('no')],
    ['an audience that is locked', new AudienceBlockedError('no')],
  ])('gives up at once what no time mends: %s', (_, error) => {
    expect(nextStep({ error, failures: 0, ageMs: 0, maxAgeMs: DAY }, 0.5)).toEqual({
      step: 'give-up',
      retryable: false,
    });
  });

  it('waits exactly as long as the platform asks, plus at most a second', () => {
    const error = new RateLimitedError('slow down', 7_000);
    expect(nextStep({ error, failures: 9, ageMs: 0, maxAgeMs: DAY }, 0)).toEqual({ step: 'wait', delayMs: 7_000 });
    expect(nextStep({ error, failures: 9, ageMs: 0, maxAgeMs: DAY }, 0.999)).toEqual({ step: 'wait', delayMs: 7_999 });
  });

  it('waits a minute for a rate limit without a time, and never more than a day', () => {
    expect(nextStep({ error: new RateLimitedError('', undefined), failures: 0, ageMs: 0, maxAgeMs: DAY }, 0)).toEqual({
      step: 'wait',
      delayMs: 60_000,
    });
    expect(nextStep({ error: new RateLimitedError('', 90 * HOUR), failures: 0, ageMs: 0, maxAgeMs: DAY }, 0)).toEqual({
      step: 'wait',
      delayMs: DAY,
    });
  });

  it.each([
    [0, 1, 2_000],
    [1, 1, 4_000],
    [3, 0.5, 8_000],
    [20, 1, 300_000],
    [0, 0, 500],
  ])('backs off exponentially with full jitter: failure %i, random %d', (failures, random, delayMs) => {
    for (const error of [new PlatformUnavailableError('down'), new AudienceMissingError('gone'), new Error('bug')]) {
      expect(nextStep({ error, failures, ageMs: 0, maxAgeMs: DAY }, random)).toEqual({ step: 'wait', delayMs });
    }
  });

  it('waits for a platform that is down at least as long as it asks, and no less than the back-off', () => {
    const asks = (retryAfterMs: number, failures: number) =>
      nextStep({ error: new PlatformUnavailableError('', { retryAfterMs }), failures, ageMs: 0, maxAgeMs: DAY }, 0.5);
    expect(asks(20_000, 0)).toEqual({ step: 'wait', delayMs: 20_500 });
    expect(asks(1_000, 6)).toEqual({ step: 'wait', delayMs: 64_000 });
  });

  it('gives up when it is too old, saying that it may be retried', () => {
    const failure = { error: new PlatformUnavailableError('down'), failures: 3, ageMs: 5 * HOUR, maxAgeMs: 5 * HOUR };
    expect(nextStep(failure, 0.5)).toEqual({ step: 'give-up', retryable: true });
  });
});
