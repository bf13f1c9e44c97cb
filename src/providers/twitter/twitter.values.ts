import { completeNumber, type PhoneCountry } from '../kit/identifiers/phone-number.js';
import { asciiDigits, dropInvisible, isMalformed, nfc, type Normalised, Unusable } from '../kit/normalise.js';
import { dropExtension, readDialled } from '../kit/phone.js';

/**
 * X's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://docs.x.com/x-ads-api/audiences
 */

const MAX_EMAIL_LENGTH = 254;
/** `x@y.z`, without blanks, without the marks of a list or of `Name <address>`. */
const EMAIL = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\].]+(?:\.[^\s@<>(),;:"\\[\].]+)+$/;
/** Most addresses: ASCII through and through, so that only their case can differ from their normal form. */
const PLAIN_EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)+$/i;

/** Most numbers: nothing but digits and what people put between them, so neither a letter nor an extension. */
const PLAIN_NUMBER = /^\+?[\d ().-]+$/;
const LETTER = /\p{L}/u;

/** Hears what a rule has made of a value. */
export type Note = (rule: string, result: string) => void;

/** EMAIL. Dots and `+tag` stay, for Gmail too: X does not fold them. */
export function twitterEmail(value: string, note?: Note): Normalised {
  if (note === undefined && value.length <= MAX_EMAIL_LENGTH && PLAIN_EMAIL.test(value)) return value.toLowerCase();
  const visible = noted('invisible characters taken out', value, dropInvisible(value), note);
  const composed = noted('composed form (NFC)', visible, nfc(visible), note);
  const trimmed = noted('blanks at the ends taken out', composed, composed.trim(), note);
  const text = noted('lower case', trimmed, trimmed.toLowerCase(), note);
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return Unusable.length;
  return EMAIL.test(text) && !isMalformed(text) ? text : Unusable.format;
}

/**
 * E.164 with its plus. The pages on audiences give no rule; those on conversions do, and their sample's digest shows the plus:
 * https://docs.x.com/x-ads-api/measurement/web-conversions
 */
export function twitterPhone(value: string, country: PhoneCountry, note?: Note): Normalised {
  const text = dropInvisible(value).trim();
  if (text === '') return '';
  const number = PLAIN_NUMBER.test(text) ? text : withoutExtension(text, note);
  if (number === undefined) return Unusable.format;
  const dialled = readDialled(number);
  if (dialled === undefined) return Unusable.length;
  note?.('digits as dialled', dialled.international ? `+${dialled.digits}` : dialled.digits);
  const complete = completeNumber(dialled, country);
  if (typeof complete === 'string') note?.('E.164 with its plus', complete);
  return complete;
}

/** Nothing when letters are left: dialling them would be a guess. */
function withoutExtension(text: string, note: Note | undefined): string | undefined {
  const written = asciiDigits(text);
  const number = noted('extension taken off', written, dropExtension(written), note);
  return LETTER.test(number) ? undefined : number;
}

function noted(rule: string, before: string, after: string, note: Note | undefined): string {
  if (after !== before) note?.(rule, after);
  return after;
}
