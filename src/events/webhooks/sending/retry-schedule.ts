const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The waits after each attempt, as Standard Webhooks recommends them; together a day.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#retries
 */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  6 * HOUR_MS,
] as const;

/** Those that failed together come again at different times. */
const JITTER = 0.1;

/** No receiver is waited for longer than this in one go. */
export const LONGEST_WEBHOOK_WAIT_MS = 24 * HOUR_MS;

/**
 * How long to wait after the attempt of this number, from 1; undefined: it was the last.
 *
 * @param askedMs what the receiver asked for; waited for at least
 * @param chance from 0 to 1
 */
export function waitAfter(attempt: number, askedMs = 0, chance = Math.random()): number | undefined {
  const waitMs = WAITS_MS[attempt - 1];
  if (waitMs === undefined) return undefined;
  const spread = waitMs * (1 + JITTER * (2 * chance - 1));
  return Math.min(Math.max(Math.round(spread), askedMs), LONGEST_WEBHOOK_WAIT_MS);
}
