import { asciiDigits, dropInvisible, isMalformed, isPlain, nfc, type Normalised, Unusable } from '../kit/normalise.js';
import { dropExtension, readDialled } from '../kit/phone.js';
import { completeNumber, type PhoneCountry } from '../kit/values/phone-number.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * X's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://docs.x.com/x-ads-api/audiences
 */

const MAX_EMAIL_LENGTH = 254;
/** `x@y.z`, without blanks, without the marks of a list or of `Name <address>`. */
const EMAIL = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\].]+(?:\.[^\s@<>(),;:"\\[\].]+)+$/;

/** Most numbers: nothing but digits and what people put between them, so neither a letter nor an extension. */
const PLAIN_NUMBER = /^\+?[\d ().-]+$/;
const LETTER = /\p{L}/u;

/** EMAIL. Dots and `+tag` stay, for Gmail too: X does not fold them. */
export function twitterEmail(value: string, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const text = isUsual ? value : readable(value, trace);
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  const email = told(trace, 'lower case', text.toLowerCase());
  const isAddress = EMAIL.test(email) && (isUsual || !isMalformed(email));
  return isAddress ? email : refused(trace, 'not an address', Unusable.format);
}

/**
 * E.164 with its plus, of a number that is not that already. The pages on audiences give no rule; those on conversions do, and
 * their sample's digest shows the plus: https://docs.x.com/x-ads-api/measurement/web-conversions
 */
export function twitterPhone(value: string, country: PhoneCountry, trace?: ValueTrace): Normalised {
  const text = dropInvisible(value).trim();
  if (text === '') return '';
  const number = PLAIN_NUMBER.test(text) ? text : withoutExtension(text, trace);
  if (LETTER.test(number)) return refused(trace, 'letters in a phone number', Unusable.format);
  const dialled = readDialled(number);
  if (dialled === undefined) return refused(trace, 'too long for a phone number', Unusable.length);
  return completeNumber(dialled, country, trace);
}

function readable(value: string, trace?: ValueTrace): string {
  const composed = told(trace, 'invisible characters taken out, composed form', nfc(dropInvisible(value)));
  return told(trace, 'blanks around it taken off', composed.trim());
}

function withoutExtension(text: string, trace?: ValueTrace): string {
  return told(trace, 'ASCII digits, no extension', dropExtension(asciiDigits(text)));
}
