import type { AudienceSupport } from '../../providers/contract/audience-manager.js';

const MINUTE_SECONDS = 60;
/** A platform that gives no steps is asked so rarely. */
const DEFAULT_MINUTES = 60;
const FIRST_BACK_OFF_SECONDS = 30;
const LONGEST_BACK_OFF_SECONDS = 3600;
/** Audiences that were made together do not stay together. */
const JITTER = 0.1;

type Polling = AudienceSupport['polling'];

/**
 * Pure: seconds until the platform is asked again.
 *
 * @param ageMs since the audience last changed, here or there
 * @param random a number in [0, 1)
 */
export function nextPollSeconds(polling: Polling, ageMs: number, random: number): number {
  const ageMinutes = ageMs / 60_000;
  const step = polling.find(({ untilMinutes }) => untilMinutes === undefined || ageMinutes < untilMinutes);
  const minutes = (step ?? polling.at(-1))?.everyMinutes ?? DEFAULT_MINUTES;
  return minutes * MINUTE_SECONDS * (1 - JITTER + 2 * JITTER * random);
}

/** Pure: seconds until an audience is asked for that was just changed. */
export function firstPollSeconds(polling: Polling): number {
  return (polling[0]?.everyMinutes ?? DEFAULT_MINUTES) * MINUTE_SECONDS;
}

/**
 * Pure: seconds until the platform is asked again after it could not be: doubled with each failure, up to an hour.
 *
 * @param failures in a row, this one included
 * @param askedMs what the platform itself asks for
 */
export function backOffSeconds(failures: number, askedMs: number | undefined, random: number): number {
  const doubled = FIRST_BACK_OFF_SECONDS * 2 ** Math.min(Math.max(0, failures - 1), 16);
  const spread = Math.min(LONGEST_BACK_OFF_SECONDS, doubled) * (1 - 2 * JITTER * random);
  return Math.max(spread, Math.min((askedMs ?? 0) / 1000, 24 * LONGEST_BACK_OFF_SECONDS));
}
