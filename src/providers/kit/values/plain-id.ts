import { asciiDigits, dropInvisible, isAscii, isMalformed, nfkc, type Normalised, Unusable } from '../normalise.js';
import { refused, told, type ValueTrace } from './value-trace.js';

const LOOKS_LIKE_EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/;
const PHONE_CHARACTERS = /^\+?[\d\s().\-/]+$/;
/** What tells a phone from a number that only identifies: a plus, a bracketed area code, blanks between groups. */
const PHONE_LAYOUT = /^\+|^\(?\d{1,5}\)|\(\d{1,5}\)|\d\s+[\d(]|^(?:1[-.])?\d{3}([-.])\d{3}\1\d{4}$/;

/** An id of the caller's own that goes out unhashed: anything that looks like an e-mail address or a phone number is held back. */
export function plainId(value: string, trace?: ValueTrace): Normalised {
  const id = told(trace, 'blanks around it taken off', value.trim());
  // JSON with half a surrogate pair would have a platform refuse the whole chunk.
  if (isMalformed(id)) return refused(trace, 'control characters or half a character', Unusable.format);
  const isPersonal = looksPersonal(isAscii(id) ? id : asciiDigits(nfkc(dropInvisible(id))));
  return isPersonal ? refused(trace, 'looks like an e-mail address or a phone number', Unusable.personalData) : id;
}

function looksPersonal(id: string): boolean {
  if (LOOKS_LIKE_EMAIL.test(id)) return true;
  if (id.length > 40 || !PHONE_CHARACTERS.test(id) || !PHONE_LAYOUT.test(id)) return false;
  const digits = id.replace(/\D+/g, '').length;
  return digits >= 7 && digits <= 15;
}
