import { LONGEST_WAIT_MS } from '../../kit/retry-after.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const FIRST_WAIT_MS = 2 * SECOND_MS;
const LONGEST_BACK_OFF_MS = MINUTE_MS;

/** A limit that is met for so long is that of the day, which ends at midnight UTC. */
const PATIENCE_MS = 15 * MINUTE_MS;
const AFTER_MIDNIGHT_MS = 5 * MINUTE_MS;

/** A refusal so long after the last one has nothing to do with it. */
const FORGET_MS = 10 * MINUTE_MS;

/**
 * How long to leave LinkedIn alone after "too many calls": it sends neither a wait nor a header of its limits. Each refusal in a
 * row waits longer; refusals of calls that were under way together count once.
 * https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits
 */
export class LinkedInThrottle {
  private refusals = 0;
  private since = 0;
  private until = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** A call was refused. Returns the ms to wait before the next one. */
  refused(): number {
    const now = this.now();
    if (now >= this.until) {
      if (this.refusals === 0 || now - this.until > FORGET_MS) this.begin(now);
      this.until = now + this.waitFrom(now);
      this.refusals += 1;
    }
    return this.until - now;
  }

  /** A call went through; one that was under way when others were refused proves nothing. */
  passed(): void {
    if (this.now() >= this.until) this.refusals = 0;
  }

  private begin(now: number): void {
    this.refusals = 0;
    this.since = now;
  }

  /** Until shortly after midnight, when all others come back as well; no platform is left alone for longer than an hour in one go. */
  private waitFrom(now: number): number {
    if (now - this.since < PATIENCE_MS) return Math.min(FIRST_WAIT_MS * 2 ** this.refusals, LONGEST_BACK_OFF_MS);
    return Math.min(DAY_MS - (now % DAY_MS) + AFTER_MIDNIGHT_MS, LONGEST_WAIT_MS);
  }
}
