import { type Purchase } from '../contract/audience-user.js';
import { hasNumberingPlan, isE164, readDialled, toE164, type DialledNumber } from '../kit/phone.js';
import {
  asciiDigits,
  dropInvisible,
  dropTrailing,
  isMalformed,
  isPlain,
  nfc,
  type Normalised,
  Unusable,
} from '../kit/normalise.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * Meta's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences#hash
 */

const MAX_EMAIL_LENGTH = 254;
/** `x@y.z`, without blanks, without the marks of a list or of `Name <address>`. */
const EMAIL = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\].]+(?:\.[^\s@<>(),;:"\\[\].]+)+$/;

const PLAIN_NAME = /^[a-z0-9]+$/;
/** White space, controls, punctuation, ASCII symbols, and invisible marks except the joiners that some scripts need. */
const NAME_NOISE = /[\s\p{Cc}\p{P}$+<=>^`|~\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069]+/gu;
const ANY_LONE_SURROGATE = /\p{Cs}/u;

const HYPHEN = /[-\u2010-\u2015\u2212]/;
const FIVE_DIGITS = /^\d{5}$/;
const FULL_GB_POSTCODE = /^[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}$/;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** EMAIL. Dots and `+tag` of Gmail addresses stay: Meta does not fold them. */
export function facebookEmail(value: string, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const lower = told(trace, 'lower case', (isUsual ? value : readable(value, trace)).toLowerCase());
  const text = told(trace, 'dots at the end taken off', dropTrailing(lower, '.'));
  if (text.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  if (EMAIL.test(text) && (isUsual || !isMalformed(text))) return text;
  return isBlank(value) ? '' : refused(trace, 'not an address', Unusable.format);
}

function readable(value: string, trace?: ValueTrace): string {
  const composed = told(trace, 'invisible characters taken out, composed form', nfc(dropInvisible(value)));
  return told(trace, 'blanks around it taken off', composed.trim());
}

/**
 * PHONE: digits with the calling code, without `+`. A national number is completed with the country (alpha-2, upper
 * case); without one it is left out, because its digest could match nobody.
 */
export function facebookPhone(value: string, country?: string, trace?: ValueTrace): Normalised {
  if (isE164(value)) return told(trace, 'without the plus', value.slice(1));
  if (isBlank(value)) return '';
  const read = readDialled(value);
  if (read === undefined) return refused(trace, 'too long for a phone number', Unusable.length);
  trace?.change('digits alone, as they are dialled', read.digits);
  // Meta's own rule: of an international number all leading zeros are removed, not only those of `00`.
  const dialled = read.international ? { ...read, digits: read.digits.replace(/^0+/, '') } : read;
  if (dialled.digits === '') return refused(trace, 'not a phone number', Unusable.format);
  trace?.change('zeros in front taken off', dialled.digits);
  return completeDigits(dialled, country, trace);
}

function completeDigits(dialled: DialledNumber, country?: string, trace?: ValueTrace): Normalised {
  const { digits, international } = dialled;
  if (international) return withinLength(told(trace, 'without trunk prefix', e164Digits(dialled) ?? digits), trace);
  if (country !== undefined && hasNumberingPlan(country)) {
    const complete = e164Digits(dialled, country);
    if (complete === undefined) return refused(trace, 'no number of this length in the country', Unusable.length);
    trace?.change(`completed with the country ${country}`, complete);
    return withinLength(complete, trace);
  }
  // Eleven digits that do not start with a zero are most likely an international number without its plus.
  if (digits.length >= 7 && (digits.startsWith('0') || digits.length < 11)) {
    return refused(trace, 'a national number without a country to complete it', Unusable.missingCountry);
  }
  return withinLength(digits, trace);
}

function e164Digits(dialled: DialledNumber, country?: string): string | undefined {
  return toE164(dialled, country)?.slice(1);
}

function withinLength(digits: string, trace?: ValueTrace): Normalised {
  if (digits.length >= 7 && digits.length <= 15) return digits;
  return refused(trace, 'not 7 to 15 digits', Unusable.length);
}

/** FN and LN: letters and digits of any script, accents kept. */
export function facebookName(value: string, trace?: ValueTrace): Normalised {
  const lower = told(trace, 'lower case', told(trace, 'composed form', nfc(value)).toLowerCase());
  if (PLAIN_NAME.test(lower)) return lower;
  if (ANY_LONE_SURROGATE.test(lower)) return refused(trace, 'half a character', Unusable.format);
  // Composed again: what was taken out may have stood between a letter and its accent.
  const text = told(trace, 'blanks, punctuation and symbols taken out', nfc(lower.replace(NAME_NOISE, '')));
  if (text !== '') return text;
  return isBlank(value) ? '' : refused(trace, 'not a name', Unusable.format);
}

/** ZIP. `country` is alpha-2, upper case; unknown is fine, only the United States and Great Britain have own rules. */
export function facebookZip(value: string, country?: string, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const lower = told(trace, 'ASCII digits, lower case', isUsual ? value.toLowerCase() : lowerDigits(value));
  const text = told(trace, 'blanks taken out', isUsual ? lower : nfc(lower.replace(/\s+/g, '')));
  if (text === '') return '';
  if (!isUsual && isMalformed(text)) return refused(trace, 'control characters or half a character', Unusable.format);
  const hyphen = isUsual ? text.indexOf('-') : text.search(HYPHEN);
  let zip = told(trace, 'cut at the hyphen', hyphen === -1 ? text : text.slice(0, hyphen));
  if (country === 'US' && !FIVE_DIGITS.test(zip))
    zip = told(trace, 'the first five digits (US)', zip.replace(/\D+/g, '').slice(0, 5));
  // Area, district and sector only: Meta's guide asks for it, although its SDKs send the whole postcode.
  if (country === 'GB' && FULL_GB_POSTCODE.test(zip)) zip = told(trace, 'without the unit (GB)', zip.slice(0, -2));
  return zip.length < 2 ? refused(trace, 'too short for a postal code', Unusable.length) : zip;
}

function lowerDigits(value: string): string {
  return asciiDigits(dropInvisible(value)).toLowerCase();
}

/** LOOKALIKE_VALUE, 0 or more; nothing when a value was given that is no number (Meta then gets 0). */
export function facebookLookalikeValue(purchase: Purchase | undefined, trace?: ValueTrace): number | undefined {
  const value = present(purchase?.total7Days) ?? present(purchase?.profit) ?? 0;
  trace?.step('total7Days, else profit, else 0', String(value));
  const text = typeof value === 'string' ? value.trim() : '';
  const amount = typeof value === 'string' && text !== '' && !DECIMAL.test(text) ? NaN : Number(value);
  if (!Number.isFinite(amount)) {
    refused(trace, 'not a number', Unusable.format);
    trace?.step('0 in its place', '0');
    return undefined;
  }
  const weight = amount > 0 ? amount : 0;
  trace?.change('as a number, 0 or more', String(weight));
  return weight;
}

function present<T>(value: T | '' | null | undefined): T | undefined {
  return value === null || value === '' ? undefined : value;
}

function isBlank(value: string): boolean {
  return dropInvisible(value).trim() === '';
}
