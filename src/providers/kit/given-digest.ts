import { EMPTY_SHA256, isSha256Hex } from './hash.js';
import { type Normalised, Unusable } from './normalise.js';
import { refused, type ValueTrace } from './values/value-trace.js';

/**
 * The value in lower case when it is a SHA-256 digest already, nothing when it is not. The digest of the empty string
 * matches nobody and stands for a mistake.
 */
export function givenDigest(value: string, trace?: ValueTrace): Normalised | undefined {
  if (value.length < 64) return undefined;
  const text = value.trim();
  if (!isSha256Hex(text)) return undefined;
  const lower = text.toLowerCase();
  if (lower === EMPTY_SHA256) return refused(trace, 'the digest of nothing', Unusable.format);
  trace?.step('a SHA-256 digest already', lower);
  return lower;
}
