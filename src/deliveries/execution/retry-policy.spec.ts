import { describe, expect, it } from '@jest/globals';
import {
  AudienceMissingError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  RateLimitedError,
  RequestRejectedError,
  TermsNotAcceptedError,
} from '../../providers/contract/provider-errors.js';
import { nextStep } from './retry-policy.js';

const HOUR = 3_600_000;

describe('nextStep', () => {
  it.each([
    ['credentials', new CredentialsRejectedError('no')],
    ['permission', new PermissionDeniedError('no')],
    ['terms', new TermsNotAcceptedError('no')],
    ['request', new RequestRejectedError('no')],
  ])('gives up at once where only a person can help: %s', (_, error) => {
    expect(nextStep({ error, failures: 0, ageMs: 0 }, 0.5)).toEqual({ step: 'give-up', retryable: false });
  });

  it('waits exactly as long as the platform asks, plus at most a second', () => {
    const error = new RateLimitedError('slow down', 7_000);
    expect(nextStep({ error, failures: 9, ageMs: 0 }, 0)).toEqual({ step: 'wait', delayMs: 7_000 });
    expect(nextStep({ error, failures: 9, ageMs: 0 }, 0.999)).toEqual({ step: 'wait', delayMs: 7_999 });
  });

  it('waits a minute for a rate limit without a time, and never more than an hour', () => {
    expect(nextStep({ error: new RateLimitedError('', undefined), failures: 0, ageMs: 0 }, 0)).toEqual({
      step: 'wait',
      delayMs: 60_000,
    });
    expect(nextStep({ error: new RateLimitedError('', 9 * HOUR), failures: 0, ageMs: 0 }, 0)).toEqual({
      step: 'wait',
      delayMs: HOUR,
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
      expect(nextStep({ error, failures, ageMs: 0 }, random)).toEqual({ step: 'wait', delayMs });
    }
  });

  it('waits for a platform that is down at least as long as it asks, and no less than the back-off', () => {
    const asks = (retryAfterMs: number, failures: number) =>
      nextStep({ error: new PlatformUnavailableError('', { retryAfterMs }), failures, ageMs: 0 }, 0.5);
    expect(asks(20_000, 0)).toEqual({ step: 'wait', delayMs: 20_500 });
    expect(asks(1_000, 6)).toEqual({ step: 'wait', delayMs: 64_000 });
  });

  it('gives up after a day, saying that it may be retried', () => {
    const failure = { error: new PlatformUnavailableError('down'), failures: 3, ageMs: 24 * HOUR };
    expect(nextStep(failure, 0.5)).toEqual({ step: 'give-up', retryable: true });
  });
});
