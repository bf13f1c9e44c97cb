import { looksPersonal } from '../../contract/personal-data.js';
import { isMalformed, type Normalised, Unusable } from '../normalise.js';
import { refused, told, type ValueTrace } from './value-trace.js';

/** Most ids: neither an address, nor a number that somebody could be called by, nor anything to take off. */
const USUAL_ID = /^[A-Za-z][\w-]*$/;

/** An id of the caller's own that goes out unhashed: anything that looks like an e-mail address or a phone number is held back. */
export function plainId(value: string, trace?: ValueTrace): Normalised {
  if (USUAL_ID.test(value)) return value;
  const id = told(trace, 'blanks around it taken off', value.trim());
  // JSON with half a surrogate pair would have a platform refuse the whole chunk.
  if (isMalformed(id)) return refused(trace, 'control characters or half a character', Unusable.format);
  if (!looksPersonal(id)) return id;
  return refused(trace, 'looks like an e-mail address or a phone number', Unusable.personalData);
}
