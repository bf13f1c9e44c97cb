/** No platform is waited for longer than this in one go; after it we simply ask again. */
export const LONGEST_WAIT_MS = 60 * 60_000;

/**
 * Reads a `Retry-After` header (RFC 9110: seconds, or an HTTP date) into a wait in ms, between 0 and `capMs`.
 * Undefined when there is none or it cannot be read.
 */
export function parseRetryAfter(
  value: string | undefined,
  now: Date = new Date(),
  capMs: number = LONGEST_WAIT_MS,
): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1000) : untilDate(text, now);
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 0), capMs);
}

function untilDate(text: string, now: Date): number | undefined {
  // Date.parse also takes "-5" or "2" for a year: only a text with a weekday or a month in words is an HTTP date.
  if (!/[a-z]{3}/i.test(text)) {
    return undefined;
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - now.getTime();
}
