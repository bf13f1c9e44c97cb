import { LONGEST_WAIT_MS, parseRetryAfter } from '../kit/retry-after.js';

type Headers = Readonly<Record<string, string>>;

/** The limits of the account say more than those of the endpoint, where both are told. */
const PREFIXES = ['x-account-rate-limit', 'x-rate-limit'] as const;

/** X's clock and its limits need not agree to the second. */
const MARGIN_MS = 5_000;

/**
 * How long to leave the account alone after a refusal, ms: until its limit starts anew, or as `Retry-After` says if that is
 * longer.
 * https://docs.x.com/x-ads-api/fundamentals/rate-limiting
 */
export function waitFor(headers: Headers, now: number): number | undefined {
  const asked = parseRetryAfter(headers['retry-after'], new Date(timeOf(headers, now)));
  const untilReset = PREFIXES.map((prefix) => untilResetOf(headers, prefix, now)).find((ms) => ms !== undefined);
  return asked === undefined ? untilReset : Math.max(asked, untilReset ?? 0);
}

/** The pause after a call that was the last of its limit, ms; nothing while there are calls left. */
export function pauseFor(headers: Headers, now: number): number | undefined {
  const told = PREFIXES.find((prefix) => headers[`${prefix}-remaining`] !== undefined);
  if (told === undefined || headers[`${told}-remaining`] !== '0') {
    return undefined;
  }
  return untilResetOf(headers, told, now);
}

function untilResetOf(headers: Headers, prefix: string, now: number): number | undefined {
  const reset = headers[`${prefix}-reset`] ?? '';
  if (!/^\d{1,12}$/.test(reset)) {
    return undefined;
  }
  const waitMs = Number(reset) * 1000 - timeOf(headers, now) + MARGIN_MS;
  return Math.min(Math.max(waitMs, MARGIN_MS), LONGEST_WAIT_MS);
}

/** By X's own clock where the answer tells it: ours may be wrong. */
function timeOf(headers: Headers, now: number): number {
  const time = Date.parse(headers['date'] ?? '');
  return Number.isNaN(time) ? now : time;
}
