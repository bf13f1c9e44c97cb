import { type SandboxClock } from '../../sandbox-clock.js';
import { type GoogleSettings, type Quota } from '../google-options.js';
import { ApiError } from './api-error.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days begin at midnight in Mountain View; summer time is left out. */
const PACIFIC_MS = 8 * 3_600_000;

interface Window {
  startedAt: number;
  calls: number;
}

/** Counts the calls of a Cloud project, whoever makes them, in fixed minutes and days. */
export class QuotaBuckets {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly settings: GoogleSettings,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.windows.clear();
  }

  /** Counts one call; throws when there are none left. */
  charge(project: string, quota: Quota): void {
    if (!this.settings.rateLimits) return;
    const { perMinute, perDay } = this.settings.quotas[quota];
    const now = this.clock.now();
    const minute = this.window(`${project} ${quota} minute`, now - (now % MINUTE_MS));
    const day = this.window(`${project} ${quota} day`, now - ((now - PACIFIC_MS) % DAY_MS));
    if (day.calls >= perDay) throw exhausted(`${quota}RequestsPerDayPerProject`, project);
    if (minute.calls >= perMinute) throw exhausted(`${quota}RequestsPerMinutePerProject`, project);
    minute.calls += 1;
    day.calls += 1;
  }

  private window(key: string, startedAt: number): Window {
    let window = this.windows.get(key);
    if (window?.startedAt !== startedAt) {
      window = { startedAt, calls: 0 };
      this.windows.set(key, window);
    }
    return window;
  }
}

/** No header tells how long to wait. */
export function exhausted(
  limit: string,
  project = '123456789012',
  details: { readonly headers?: Readonly<Record<string, string>> } = {},
): ApiError {
  const message = `Quota exceeded for limit '${limit}' of service 'datamanager.googleapis.com' for consumer 'project_number:${project}'.`;
  return new ApiError('RESOURCE_EXHAUSTED', message, {
    ...details,
    reason: 'RATE_LIMIT_EXCEEDED',
    domain: 'googleapis.com',
    metadata: { service: 'datamanager.googleapis.com', consumer: `projects/${project}`, quota_limit: limit },
  });
}
