/** No platform is waited for longer than this in one go; after it we simply ask again. */
export const LONGEST_WAIT_MS = 60 * 60_000;

/**
 * Reads a `Retry-After` header (RFC 9110: seconds, or an HTTP date) into a wait in ms of at most `capMs`. Undefined when there
 * is none, when it cannot be read, and when it is over already (a clock that is ahead): that is no reason to hurry.
 */
export function parseRetryAfter(
  value: string | undefined,
  now: Date = new Date(),
  capMs: number = LONGEST_WAIT_MS,
): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : untilDate(text, now);
  return waitMs === undefined || waitMs <= 0 ? undefined : Math.min(waitMs, capMs);
}

function untilDate(text: string, now: Date): number | undefined {
  // Date.parse also takes "-5" or "2" for a year: only a text with a weekday or a month in words is an HTTP date.
  if (!/[a-z]{3}/i.test(text)) {
    return undefined;
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - now.getTime();
}
