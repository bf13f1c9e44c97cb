import { type SandboxClock } from '../sandbox-clock.js';
import { businessOf, type FacebookSettings } from './facebook-options.js';
import { GraphError } from './graph-error.js';

const READ_POINTS = 1;
const WRITE_POINTS = 3;
const HOUR_MS = 3_600_000;

interface Usage {
  score: number;
  scoredAt: number;
  calls: number;
  hourStartedAt: number;
  blockedUntil: number;
}

/**
 * Counts what an ad account uses and refuses what is too much, telling the usage with every answer.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export class Throttle {
  private readonly accounts = new Map<string, Usage>();

  constructor(
    private readonly settings: FacebookSettings,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.accounts.clear();
  }

  /** Charges a call to its account; throws when the account has none left. */
  charge(account: string, write: boolean): void {
    const usage = this.usageOf(account);
    const now = this.clock.now();
    const { maxScore, blockSeconds, callsPerHour } = this.settings.throttle;
    if (now < usage.blockedUntil) {
      // A caller that goes on calling stays blocked.
      usage.blockedUntil = Math.max(usage.blockedUntil, now + blockSeconds * 1000);
      throw this.exhausted(account);
    }
    usage.score += write ? WRITE_POINTS : READ_POINTS;
    usage.calls += 1;
    if (usage.score <= maxScore && usage.calls <= callsPerHour) return;
    usage.blockedUntil = usage.calls > callsPerHour ? usage.hourStartedAt + HOUR_MS : now + blockSeconds * 1000;
    // After the block the account starts anew, or its next call would block it again.
    usage.score = 0;
    throw this.exhausted(account);
  }

  /** The usage headers of an answer. Waits are minutes in the first and seconds in the last. */
  headers(account: string, waitSeconds = this.waitSeconds(account)): Record<string, string> {
    const usage = this.usageOf(account);
    const { maxScore, callsPerHour, decaySeconds, tier } = this.settings.throttle;
    const blocked = waitSeconds > 0;
    const callCount = blocked ? 100 : Math.min(100, Math.floor((usage.calls / callsPerHour) * 100));
    const score = blocked ? 100 : Math.min(100, Number(((usage.score / maxScore) * 100).toFixed(2)));
    const times = { total_cputime: 1, total_time: 1 };
    return {
      'X-Business-Use-Case-Usage': JSON.stringify({
        [businessOf(account, this.settings)]: [
          {
            type: 'custom_audience',
            call_count: callCount,
            ...times,
            estimated_time_to_regain_access: Math.ceil(waitSeconds / 60),
          },
        ],
      }),
      'X-Ad-Account-Usage': JSON.stringify({
        acc_id_util_pct: score,
        reset_time_duration: blocked ? waitSeconds : Math.ceil((usage.score / maxScore) * decaySeconds),
        ads_api_access_tier: tier,
      }),
      'X-App-Usage': JSON.stringify({ call_count: callCount, ...times }),
    };
  }

  private exhausted(account: string): GraphError {
    return throttleError(80003, 2446079, this.headers(account));
  }

  private waitSeconds(account: string): number {
    return Math.max(0, Math.ceil((this.usageOf(account).blockedUntil - this.clock.now()) / 1000));
  }

  private usageOf(account: string): Usage {
    const now = this.clock.now();
    let usage = this.accounts.get(account);
    if (usage === undefined) {
      usage = { score: 0, scoredAt: now, calls: 0, hourStartedAt: now, blockedUntil: 0 };
      this.accounts.set(account, usage);
    }
    const { maxScore, decaySeconds } = this.settings.throttle;
    usage.score = Math.max(0, usage.score - ((now - usage.scoredAt) / 1000) * (maxScore / decaySeconds));
    usage.scoredAt = now;
    if (now - usage.hourStartedAt >= HOUR_MS) {
      usage.calls = 0;
      usage.hourStartedAt = now;
    }
    return usage;
  }
}

/** "Too many calls" with one of the codes the platform has for it. */
export function throttleError(
  code: number,
  subcode: number | undefined,
  headers: Readonly<Record<string, string>>,
  status = 400,
): GraphError {
  const message = `(#${code}) There have been too many calls to this ad-account. Wait a bit and try again.`;
  return new GraphError(code, message, {
    ...(subcode === undefined ? {} : { subcode }),
    headers,
    status,
    transient: true,
  });
}
