import { sha256Hex } from '../hash.js';
import type { Normalised } from '../normalise.js';
import { told, type ValueTrace } from './value-trace.js';

/** The SHA-256 digest of a normal form. What has none, for being blank or refused, stays as it is. */
export function hashed(normal: Normalised, trace?: ValueTrace): Normalised {
  return typeof normal === 'string' && normal !== '' ? told(trace, 'SHA-256', sha256Hex(normal)) : normal;
}
