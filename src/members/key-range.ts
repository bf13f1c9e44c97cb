/**
 * A share of all members, by their keys. Keys are digests: those below a bound are a uniform sample, the same people in every
 * audience, and the primary key finds them.
 */
export interface KeyRange {
  /** Absent: all. */
  readonly below?: Buffer;
  /** Which share of all keys it is, at most 1. */
  readonly fraction: number;
}

export const ALL_KEYS: KeyRange = { fraction: 1 };

const BOUND_BYTES = 4;
const BOUNDS = 2 ** (8 * BOUND_BYTES);

/** Pure: the range in which about `wanted` of `count` members are; all keys where there are no more than that. */
export function keyRange(count: number, wanted: number): KeyRange {
  if (count <= wanted) return ALL_KEYS;
  const bound = Math.max(1, Math.floor((wanted / count) * BOUNDS));
  const below = Buffer.alloc(BOUND_BYTES);
  below.writeUInt32BE(bound);
  return { below, fraction: bound / BOUNDS };
}
