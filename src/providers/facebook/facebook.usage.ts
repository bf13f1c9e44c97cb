import { isRecord } from '../kit/answer-values.js';
import { LONGEST_WAIT_MS } from '../kit/retry-after.js';

/**
 * What Facebook's usage headers say; a header that is missing or cannot be read says nothing.
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export interface FacebookUsage {
  /** The highest of all percentages. */
  readonly percent: number;
  /** Until the block of an exceeded limit is over. */
  readonly regainMs: number;
  /** Until the ad account's score starts anew. */
  readonly resetMs: number;
}

/** Limits of other products of the same business (insights, pages) do not concern uploads. */
const OUR_USE_CASES: readonly unknown[] = [undefined, 'custom_audience', 'ads_management'];

const SLOW_FROM_PERCENT = 75;
const STOP_FROM_PERCENT = 90;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
const STOP_MS = 60_000;

export function readUsage(headers: Readonly<Record<string, string>>): FacebookUsage {
  const useCases = Object.values(parse(headers['x-business-use-case-usage']))
    .flat()
    .filter(isRecord)
    .filter(({ type }) => OUR_USE_CASES.includes(type));
  const account = parse(headers['x-ad-account-usage']);
  const percents = [...useCases, parse(headers['x-app-usage'])].flatMap((entry) => [
    numberOf(entry['call_count']),
    numberOf(entry['total_cputime']),
    numberOf(entry['total_time']),
  ]);
  return {
    percent: Math.max(...percents, numberOf(account['acc_id_util_pct'])),
    // Minutes in one header, seconds in the other.
    regainMs: Math.max(0, ...useCases.map((entry) => numberOf(entry['estimated_time_to_regain_access']) * 60_000)),
    resetMs: numberOf(account['reset_time_duration']) * 1_000,
  };
}

/** The pause before the next call that keeps an account from being blocked. */
export function pauseFor({ percent, regainMs }: FacebookUsage): number | undefined {
  if (percent >= STOP_FROM_PERCENT || regainMs > 0) {
    return Math.min(Math.max(STOP_MS, regainMs), LONGEST_WAIT_MS);
  }
  if (percent >= SLOW_FROM_PERCENT) {
    const share = (percent - SLOW_FROM_PERCENT) / (STOP_FROM_PERCENT - SLOW_FROM_PERCENT);
    return Math.round(SHORTEST_PAUSE_MS + share * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
  }
  return undefined;
}

/**
 * How long to leave a throttled account alone: calls made meanwhile prolong the block, so without a word of the platform
 * it is a minute at least.
 */
export function throttleWait({ regainMs, resetMs }: FacebookUsage, retryAfterMs: number | undefined): number {
  return Math.min(Math.max(regainMs, resetMs, retryAfterMs ?? STOP_MS), LONGEST_WAIT_MS);
}

function parse(header: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(header ?? '');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : 0;
}
