import { type SandboxClock } from '../sandbox-clock.js';
import { type RateTier } from './tiktok-options.js';
import { TikTokError } from './tiktok-error.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Who exceeds the calls of a minute waits this long; who exceeds those of a day, until 00:00 UTC. */
const MINUTE_PENALTY_MS = 5 * MINUTE_MS;

/** Counts calls of the app and refuses what is too much; nothing but the code tells the caller, no header does. */
export class RateLimiter {
  private second = { startedAt: 0, calls: 0 };
  private minute = { startedAt: 0, calls: 0 };
  private day = { startedAt: 0, calls: 0 };
  private blockedUntil = 0;

  constructor(
    private readonly tier: RateTier,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.second = { startedAt: 0, calls: 0 };
    this.minute = { startedAt: 0, calls: 0 };
    this.day = { startedAt: 0, calls: 0 };
    this.blockedUntil = 0;
  }

  /** Counts one call; throws when there are none left. */
  charge(): void {
    const now = this.clock.now();
    this.startWindows(now);
    if (now < this.blockedUntil) throw new TikTokError(40100);
    if (this.day.calls >= this.tier.perDay) this.block(this.day.startedAt + DAY_MS);
    if (this.minute.calls >= this.tier.perMinute) this.block(now + MINUTE_PENALTY_MS);
    if (this.second.calls >= this.tier.perSecond) throw new TikTokError(40100);
    for (const window of [this.second, this.minute, this.day]) window.calls += 1;
  }

  private startWindows(now: number): void {
    if (now - this.second.startedAt >= SECOND_MS) this.second = { startedAt: now, calls: 0 };
    if (now - this.minute.startedAt >= MINUTE_MS) this.minute = { startedAt: now, calls: 0 };
    if (now - this.day.startedAt >= DAY_MS) this.day = { startedAt: now - (now % DAY_MS), calls: 0 };
  }

  private block(until: number): never {
    this.blockedUntil = until;
    throw new TikTokError(40100);
  }
}
