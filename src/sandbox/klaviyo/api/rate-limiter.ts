import { type SandboxClock } from '../../sandbox-clock.js';
import { type KlaviyoSettings } from '../klaviyo-options.js';
import { throttled } from './api-error.js';
import { type Operation } from './operation.js';

const DAY_SECONDS = 86_400;

interface Rule {
  readonly limit: number;
  readonly seconds: number;
}

interface Window extends Rule {
  endsAt: number;
  used: number;
}

/**
 * Counts the calls of an account per operation in fixed windows of a second, a minute and, for some, a day. All keys of an account
 * share them. https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling
 */
export class RateLimiter {
  private readonly windows = new Map<string, Window[]>();

  constructor(
    private readonly settings: KlaviyoSettings,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.windows.clear();
  }

  /** Counts one call and returns the headers of its answer; throws when a window is used up. */
  charge(account: string, name: string, operation: Operation, has: (parameter: string) => boolean) {
    if (!this.settings.rateLimits) return {};
    const { costly, daily } = operation;
    const isCostly = costly !== undefined && has(costly.parameter);
    const { burst, steady } = isCostly ? costly.rate : operation.rate;
    const rules: Rule[] = [
      { limit: burst, seconds: 1 },
      { limit: steady, seconds: 60 },
      ...(daily === undefined ? [] : [{ limit: this.settings.dailyCaps[daily], seconds: DAY_SECONDS }]),
    ];
    const windows = this.current(`${account} ${name}${isCostly ? ` ${costly.parameter}` : ''}`, rules);
    const full = windows.filter(({ used, limit }) => used >= limit);
    if (full.length > 0) throw throttled(Math.max(...full.map((window) => this.secondsLeft(window))));
    for (const window of windows) window.used += 1;
    return this.headers(windows);
  }

  /** Those of the window that is nearest to its end of supply. */
  private headers(windows: readonly Window[]): Record<string, string> {
    const left = ({ limit, used }: Window): number => limit - used;
    const tightest = windows.reduce((best, window) => (left(window) < left(best) ? window : best));
    const policy = windows.map(({ limit, seconds }) => `${limit};w=${seconds}`);
    return {
      'RateLimit-Limit': [tightest.limit, ...policy].join(', '),
      'RateLimit-Remaining': String(left(tightest)),
      'RateLimit-Reset': String(this.secondsLeft(tightest) - 1),
    };
  }

  private current(key: string, rules: readonly Rule[]): Window[] {
    const now = this.clock.now();
    const before = this.windows.get(key) ?? [];
    const windows = rules.map((rule, index) => {
      const window = before[index];
      return window !== undefined && now < window.endsAt
        ? window
        : { ...rule, endsAt: now + rule.seconds * 1000, used: 0 };
    });
    this.windows.set(key, windows);
    return windows;
  }

  /** Rounded up, so at least 1 while a window lasts. */
  private secondsLeft({ endsAt }: Window): number {
    return Math.max(1, Math.ceil((endsAt - this.clock.now()) / 1000));
  }
}
