/** A delivery that tries whether its tag works again has so long before the next one may. */
export const PROBE_LEASE_SECONDS = 60;

/** First wait before a try, and the longest, seconds: it doubles with every try in vain. */
export interface ProbePace {
  readonly first: number;
  readonly longest: number;
}

/** A platform that is down comes back by itself. */
export const OUTAGE_PACE: ProbePace = { first: 5, longest: 300 };
/** An account is mended by somebody. */
export const MENDING_PACE: ProbePace = { first: 30, longest: 900 };
