import { alpha2 } from '../kit/country.js';
import { isSha256Hex } from '../kit/hash.js';
import { dropInvisible, isMalformed, isPlain, nfc, type Normalised, Unusable } from '../kit/normalise.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * LinkedIn's rules for one value each, plain in and plain out; the address is hashed by the caller, names and country are
 * sent as they are here.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users
 */

const MAX_EMAIL_LENGTH = 254;
const MAX_NAME_LENGTH = 35;

const WHITE_SPACE = /\s+/g;
const PLAIN_NAME = /^[A-Za-z]{1,35}$/;
const SEVEN_DIGITS = /(?:\p{Nd}[^\p{Nd}\p{L}]*){7}/u;

/** Dots and `+tag` in front of the @ stay, for every domain. */
export function linkedInEmail(value: string, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const composed = isUsual ? value : told(trace, 'composed (Unicode NFC)', nfc(value));
  const text = isUsual ? value : dropInvisible(composed).replace(WHITE_SPACE, '');
  trace?.change('blanks and invisible characters taken out', text);
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  const email = told(trace, 'lower case', text.toLowerCase());
  const isAddress = hasOneAt(email) && (isUsual || !isMalformed(email));
  return isAddress ? email : refused(trace, 'not an address', Unusable.format);
}

/**
 * First and last names, sent plain with their case and accents. What may be an address, a number or a digest is no name, and must
 * not leave us plain.
 */
export function linkedInName(value: string, trace?: ValueTrace): Normalised {
  if (PLAIN_NAME.test(value)) return value;
  const name = told(trace, 'composed (Unicode NFC), blanks folded', nfc(value).replace(WHITE_SPACE, ' ').trim());
  if (name === '') return '';
  if (isSha256Hex(name)) return refused(trace, 'LinkedIn takes names plain, not as digests', Unusable.digest);
  if (name.includes('@') || SEVEN_DIGITS.test(name)) {
    return refused(trace, 'may be an address or a number', Unusable.personalData);
  }
  if (isMalformed(name)) return refused(trace, 'no text', Unusable.format);
  return name.length > MAX_NAME_LENGTH ? refused(trace, 'longer than 35 characters', Unusable.length) : name;
}

/** ISO 3166-1 alpha-2, upper case, from any code or an English name. */
export function linkedInCountry(value: string, trace?: ValueTrace): Normalised {
  const text = value.trim();
  if (text === '') return '';
  if (isSha256Hex(text)) return refused(trace, 'LinkedIn takes countries plain, not as digests', Unusable.digest);
  const code = alpha2(text);
  if (code === undefined) return refused(trace, 'in no list of countries', Unusable.unknownCountry);
  return told(trace, 'ISO 3166-1 code', code);
}

/** One @, something in front of it, and behind it a dot between two other characters. */
function hasOneAt(email: string): boolean {
  const at = email.indexOf('@');
  if (at <= 0 || email.includes('@', at + 1)) return false;
  const dot = email.lastIndexOf('.');
  return dot > at + 1 && dot < email.length - 1 && email[at + 1] !== '.';
}
