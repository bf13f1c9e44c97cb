import { dropInvisible, isAscii, isMalformed, isPlain, nfc, type Normalised, Unusable } from '../kit/normalise.js';
import { hasNumberingPlan, isE164, readDialled, toE164 } from '../kit/phone.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * Google's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://developers.google.com/data-manager/api/devguides/concepts/formatting
 */

const MAX_EMAIL_LENGTH = 254;
const WHITE_SPACE = /\s/;
const GMAIL = /@(?:gmail|googlemail)\.com$/;

const LETTER = /\p{L}/u;
/** What `+49 (0)30 …` means is not to be dialled from abroad. */
const TRUNK_ZERO = /\(\s*0\s*\)/g;

/** Invisible marks, except the joiners that some scripts need within a name. */
const NAME_INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;
const TITLE = /^(?:mr|mrs|ms|dr)\.(?=\s|$)/;
const SUFFIXES = new Set('jr jr. sr sr. 2nd 3rd ii iii iv v vi cpa dc dds vm jd md phd'.split(' '));
const ENDS_WITH_SEPARATOR = /[\s,]/;

/** No country has longer ones; a row without an end would make a request too large. */
const MAX_POSTAL_CODE_LENGTH = 20;
const PLAIN_POSTAL_CODE = /^[A-Za-z\d]{1,10}(?:[ -][A-Za-z\d]{1,9})?$/;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** A country that a phone number may be completed with, or why there is none. */
export type PhoneCountry = string | Unusable;

/** Dots and `+tag` are taken out for Gmail alone; no folding beyond that. A blank within is left alone, and so refused. */
export function googleEmail(value: string, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const text = isUsual ? value : dropInvisible(value).trim();
  trace?.change('blanks around it and invisible characters taken out', text);
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  const email = told(trace, 'lower case', text.toLowerCase());
  const at = email.indexOf('@');
  const isAddress = at > 0 && at < email.length - 1 && !email.includes('@', at + 1);
  if (!isAddress || (!isUsual && (WHITE_SPACE.test(text) || isMalformed(text)))) return noAddress(trace);
  return GMAIL.test(email) ? gmail(email, at, trace) : email;
}

/** `googlemail.com` stays what it is. */
function gmail(email: string, at: number, trace?: ValueTrace): Normalised {
  const plus = email.indexOf('+');
  const tagless = email.slice(0, plus === -1 || plus > at ? at : plus);
  trace?.change('cut at the first + in front of the @ (Gmail)', tagless + email.slice(at));
  const local = tagless.replaceAll('.', '');
  if (local === '') return noAddress(trace);
  return told(trace, 'dots in front of the @ taken out (Gmail)', local + email.slice(at));
}

function noAddress(trace?: ValueTrace): Unusable {
  return refused(trace, 'not an address', Unusable.format);
}

/** E.164 with its plus. A national number is completed with `country` (alpha-2, upper case), or left out. */
export function googlePhone(value: string, country: PhoneCountry, trace?: ValueTrace): Normalised {
  if (isE164(value)) return value;
  const text = dropInvisible(value).trim();
  if (text === '') return '';
  if (LETTER.test(text)) return refused(trace, 'letters in a phone number', Unusable.format);
  const dialled = readDialled(text.replace(TRUNK_ZERO, ''));
  if (dialled === undefined) return refused(trace, 'too long for a phone number', Unusable.length);
  const { digits, international } = dialled;
  trace?.change('digits alone, as they are dialled', international ? `+${digits}` : digits);
  if (digits === '') return refused(trace, 'not a phone number', Unusable.format);
  // No calling code starts with a zero: what follows would be a guess at somebody else's number.
  if (international && digits.startsWith('0')) return refused(trace, 'no calling code', Unusable.format);
  if (international) return possible(toE164(dialled), 'E.164', trace);
  if (typeof country !== 'string') return refused(trace, 'a national number without a usable country', country);
  if (!hasNumberingPlan(country)) return refused(trace, 'a country without phone numbers', Unusable.unknownCountry);
  return possible(toE164(dialled, country), `E.164, completed with the country ${country}`, trace);
}

function possible(number: string | undefined, rule: string, trace?: ValueTrace): Normalised {
  if (number === undefined) return refused(trace, 'no number of this length in the country', Unusable.length);
  return told(trace, rule, number);
}

/** Accents, hyphens, apostrophes and blanks within stay, as in Google's own helpers for Node and Java. */
export function googleFirstName(value: string, trace?: ValueTrace): Normalised {
  const text = plainName(value, trace);
  if (text === '') return '';
  return usableName(told(trace, 'title in front taken off', text.replace(TITLE, '').trim()), trace);
}

/** As the first name, but for what stands behind it: `Quinn, Jr., DDS` is `quinn`. */
export function googleLastName(value: string, trace?: ValueTrace): Normalised {
  const text = plainName(value, trace);
  if (text === '') return '';
  return usableName(told(trace, 'suffixes behind it taken off', withoutSuffixes(text)), trace);
}

/** Composed first: the same name, written as letter and accent, would have another digest. */
function plainName(value: string, trace?: ValueTrace): string {
  const composed = isAscii(value) ? value : nfc(value.replace(NAME_INVISIBLE, ''));
  trace?.change('invisible characters taken out, composed form', composed);
  return told(trace, 'lower case', told(trace, 'blanks around it taken off', composed.trim()).toLowerCase());
}

/** Written out: an expression for it takes quadratic time on a run of blanks. */
function withoutSuffixes(name: string): string {
  let end = name.length;
  for (;;) {
    let from = end;
    while (from > 0 && !ENDS_WITH_SEPARATOR.test(name[from - 1]!)) from -= 1;
    if (from === 0 || !SUFFIXES.has(name.slice(from, end))) return name.slice(0, end);
    while (from > 0 && ENDS_WITH_SEPARATOR.test(name[from - 1]!)) from -= 1;
    end = from;
  }
}

function usableName(name: string, trace?: ValueTrace): Normalised {
  if (name === '') return refused(trace, 'not a name', Unusable.format);
  return isMalformed(name) ? refused(trace, 'control characters or half a character', Unusable.format) : name;
}

/** As it is written, leading zeros and blanks within included; it goes out unhashed. */
export function googlePostalCode(value: string, trace?: ValueTrace): Normalised {
  if (PLAIN_POSTAL_CODE.test(value)) return value;
  const text = told(trace, 'blanks around it and invisible characters taken out', dropInvisible(value).trim());
  if (text === '') return '';
  if (text.length > MAX_POSTAL_CODE_LENGTH) return refused(trace, 'too long for a postal code', Unusable.length);
  if (isMalformed(text) || !LETTER_OR_DIGIT.test(text)) return refused(trace, 'not a postal code', Unusable.format);
  return text;
}
