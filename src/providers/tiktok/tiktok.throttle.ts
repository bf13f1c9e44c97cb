import { LONGEST_WAIT_MS } from '../kit/retry-after.js';

/** For the limit of a second, then for that of a minute, then for that of a day. The code does not say which was met. */
const FIRST_WAITS_MS = [1_000, 2_000, 4_000];
const PAUSE_MS = 5 * 60_000;
const PAUSES = 3;

/** Calls that may start at once before they are spread out. */
const BURST = 5;

const DAY_MS = 24 * 60 * 60_000;

/**
 * How long to leave TikTok alone after "too many calls": it sends neither a wait nor usage headers. Each refusal in a row
 * waits longer; refusals of calls that were under way together count once.
 * https://business-api.tiktok.com/portal/docs?id=1740029171730433
 */
export class TikTokThrottle {
  private refusals = 0;
  private until = 0;
  private nextTurn = 0;

  /** @param callsPerSecond how many calls this process starts; none is held up without it */
  constructor(
    private readonly now: () => number = Date.now,
    private readonly callsPerSecond = Infinity,
  ) {}

  /** Takes the turn of one call. Returns the ms after which it may start. */
  turn(): number {
    const now = this.now();
    const apartMs = 1_000 / this.callsPerSecond;
    const turn = Math.max(this.nextTurn, now - (BURST - 1) * apartMs);
    this.nextTurn = turn + apartMs;
    return Math.max(0, Math.ceil(turn - now));
  }

  /** A call was refused. Returns the ms to wait before the next one. */
  refused(): number {
    const now = this.now();
    if (now >= this.until) {
      this.until = now + waitAfter(this.refusals, now);
      this.refusals += 1;
    }
    return this.until - now;
  }

  /** A call went through; one that was under way when others were refused proves nothing. */
  passed(): void {
    if (this.now() >= this.until) {
      this.refusals = 0;
    }
  }
}

/** The limit of a day ends at midnight UTC; no platform is left alone for longer than an hour in one go. */
function waitAfter(refusals: number, now: number): number {
  const first = FIRST_WAITS_MS[refusals];
  if (first !== undefined) {
    return first;
  }
  return refusals < FIRST_WAITS_MS.length + PAUSES ? PAUSE_MS : Math.min(DAY_MS - (now % DAY_MS), LONGEST_WAIT_MS);
}
