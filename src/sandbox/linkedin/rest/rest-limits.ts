import { type SandboxClock } from '../../sandbox-clock.js';
import { type LinkedInSettings } from '../linkedin-options.js';
import { throttled } from './rest-error.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Counts the calls of each token and refuses what is too much. The day begins at 00:00 UTC, the minute with every call. */
export class RestLimits {
  private readonly minutes = new Map<string, number[]>();
  private readonly days = new Map<string, { day: number; calls: number }>();

  constructor(
    private readonly settings: Pick<LinkedInSettings, 'userCallsPerMinute' | 'callsPerDay'>,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.minutes.clear();
    this.days.clear();
  }

  /** Counts one call; throws when there are none left. */
  charge(token: string, isUserCall: boolean): void {
    const now = this.clock.now();
    this.chargeDay(token, Math.floor(now / DAY_MS));
    if (isUserCall) this.chargeMinute(token, now);
  }

  private chargeDay(token: string, day: number): void {
    const known = this.days.get(token);
    const count = known?.day === day ? known : { day, calls: 0 };
    if (count.calls >= this.settings.callsPerDay) throw throttled();
    count.calls += 1;
    this.days.set(token, count);
  }

  private chargeMinute(token: string, now: number): void {
    const calls = (this.minutes.get(token) ?? []).filter((at) => now - at < MINUTE_MS);
    if (calls.length >= this.settings.userCallsPerMinute) throw throttled();
    calls.push(now);
    this.minutes.set(token, calls);
  }
}
