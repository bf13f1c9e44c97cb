import { ProviderError, type ProviderErrorCode } from '../../../providers/contract/provider-errors.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** First wait after a transient failure; doubles up to {@link MAX_BACKOFF_MS}. */
const BASE_BACKOFF_MS = 2 * SECOND;
const MAX_BACKOFF_MS = 5 * MINUTE;
/** Where a platform limits the rate without saying for how long. */
const DEFAULT_RATE_LIMIT_WAIT_MS = MINUTE;
/** Some platforms count by the day. One that asks for more than that is asked again sooner: it may have been a mistake. */
const MAX_PLATFORM_WAIT_MS = 24 * 60 * MINUTE;
/** What somebody has to mend in the account: no delivery of the tag gets through before. */
const NEEDS_MENDING: ReadonlySet<unknown> = new Set<ProviderErrorCode>([
  'credentials-rejected',
  'permission-denied',
  'terms-not-accepted',
]);

export type NextStep =
  | { readonly step: 'wait'; readonly delayMs: number }
  | { readonly step: 'stop-tag'; readonly error: ProviderError }
  | { readonly step: 'give-up'; readonly retryable: boolean };

/** What is known when a delivery fails. */
export interface Failure {
  readonly error: unknown;
  /** Failures since the last chunk got through, this one not counted. */
  readonly failures: number;
  /** Age of the delivery, and the age at which it is given up (it can be retried by hand then), ms. */
  readonly ageMs: number;
  readonly maxAgeMs: number;
}

/**
 * Pure: when a failed delivery is tried again, or that it is given up.
 * Rate limits wait as long as the platform says. Anything else that may pass waits an exponential time with full jitter, so
 * that deliveries which failed together do not come back together. What somebody has to mend in the account stops the tag;
 * what no time mends is given up at once.
 *
 * @param random a number in [0, 1)
 */
export function nextStep({ error, failures, ageMs, maxAgeMs }: Failure, random: number): NextStep {
  const isTooOld = ageMs >= maxAgeMs;
  if (error instanceof ProviderError && NEEDS_MENDING.has(error.code)) {
    return isTooOld ? { step: 'give-up', retryable: true } : { step: 'stop-tag', error };
  }
  if (error instanceof ProviderError && !error.retryable) return { step: 'give-up', retryable: false };
  if (isTooOld) return { step: 'give-up', retryable: true };
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
