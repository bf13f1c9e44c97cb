import { ProviderError } from '../../providers/contract/provider-errors.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** First wait after a transient failure; doubles up to {@link MAX_BACKOFF_MS}. */
const BASE_BACKOFF_MS = 2 * SECOND;
const MAX_BACKOFF_MS = 5 * MINUTE;
/** Where a platform limits the rate without saying for how long. */
const DEFAULT_RATE_LIMIT_WAIT_MS = MINUTE;
/** A platform that asks for more than this is asked again sooner: it may have been a mistake. */
const MAX_PLATFORM_WAIT_MS = 60 * MINUTE;
/** A delivery that has not got through after so long is given up and can be retried by hand. */
export const MAX_DELIVERY_AGE_MS = 24 * 60 * MINUTE;

export type NextStep =
  { readonly step: 'wait'; readonly delayMs: number } | { readonly step: 'give-up'; readonly retryable: boolean };

/** What is known when a delivery fails. */
export interface Failure {
  readonly error: unknown;
  /** Failures since the last chunk got through, this one not counted. */
  readonly failures: number;
  /** Age of the delivery, ms. */
  readonly ageMs: number;
}

/**
 * Pure: when a failed delivery is tried again, or that it is given up.
 * Rate limits wait as long as the platform says. Anything else that may pass waits an exponential time with full jitter, so
 * that deliveries which failed together do not come back together. What only a person can mend is given up at once.
 *
 * @param random a number in [0, 1)
 */
export function nextStep({ error, failures, ageMs }: Failure, random: number): NextStep {
  if (error instanceof ProviderError && !error.retryable) return { step: 'give-up', retryable: false };
  if (ageMs >= MAX_DELIVERY_AGE_MS) return { step: 'give-up', retryable: true };
  return { step: 'wait', delayMs: Math.round(waitFor(error, failures, random)) };
}

function waitFor(error: unknown, failures: number, random: number): number {
  const asked = error instanceof ProviderError ? error.retryAfterMs : undefined;
  if (error instanceof ProviderError && error.code === 'rate-limited') {
    return Math.min(asked ?? DEFAULT_RATE_LIMIT_WAIT_MS, MAX_PLATFORM_WAIT_MS) + random * SECOND;
  }
  const ceiling = Math.min(MAX_BACKOFF_MS, BASE_BACKOFF_MS * 2 ** Math.min(failures, 16));
  const backOff = Math.max(ceiling * random, BASE_BACKOFF_MS / 4);
  // A platform that is down may ask for more patience, never for less.
  return asked === undefined ? backOff : Math.max(Math.min(asked, MAX_PLATFORM_WAIT_MS) + random * SECOND, backOff);
}
