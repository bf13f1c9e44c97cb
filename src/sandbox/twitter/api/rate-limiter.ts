import { type SandboxClock } from '../../sandbox-clock.js';
import { AdsError } from './ads-error.js';

const MINUTE_MS = 60_000;

/** How many calls of one kind an account has, and in what time. */
export interface RateBucket {
  readonly name: string;
  readonly calls: number;
  readonly windowMs: number;
}

export const WRITE_WINDOW_MS = MINUTE_MS;
export const READ_WINDOW_MS = 15 * MINUTE_MS;

/** Counts calls and tells every caller how many are left: https://docs.x.com/x-ads-api/fundamentals/rate-limiting */
export class RateLimiter {
  private readonly windows = new Map<string, { until: number; calls: number }>();

  constructor(private readonly clock: SandboxClock) {}

  reset(): void {
    this.windows.clear();
  }

  /** Counts one call of `owner` (an account) and returns the headers of its answer; throws when there are none left. */
  charge(owner: string, { name, calls, windowMs }: RateBucket): Record<string, string> {
    const now = this.clock.now();
    const key = `${owner} ${name}`;
    let window = this.windows.get(key);
    if (window === undefined || now >= window.until) {
      window = { until: now + windowMs, calls: 0 };
      this.windows.set(key, window);
    }
    window.calls += 1;
    const headers = rateHeaders(calls, Math.max(0, calls - window.calls), window.until);
    if (window.calls > calls) throw tooManyRequests(headers);
    return headers;
  }
}

/** `until` in ms since 1970; the header has it in seconds. */
export function rateHeaders(limit: number, remaining: number, until: number, prefix = 'x'): Record<string, string> {
  return {
    [`${prefix}-rate-limit-limit`]: String(limit),
    [`${prefix}-rate-limit-remaining`]: String(remaining),
    [`${prefix}-rate-limit-reset`]: String(Math.ceil(until / 1000)),
  };
}

export function tooManyRequests(headers: Readonly<Record<string, string>>, status = 429): AdsError {
  return new AdsError(status, 'TOO_MANY_REQUESTS', 'The rate limit has been exceeded', { headers });
}
