import { type Purchase } from '../contract/audience-user.js';
import { hasNumberingPlan, isE164, readDialled, toE164, type DialledNumber } from '../kit/phone.js';
import {
  asciiDigits,
  dropInvisible,
  dropTrailing,
  isAscii,
  isMalformed,
  nfc,
  nfkc,
  type Normalised,
  Unusable,
} from '../kit/normalise.js';

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
const FULL_GB_POSTCODE = /^[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}$/;

const LOOKS_LIKE_EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/;
const PHONE_CHARACTERS = /^\+?[\d\s().\-/]+$/;
/** What tells a phone from a number that only identifies: a plus, a bracketed area code, blanks between groups. */
const PHONE_LAYOUT = /^\+|^\(?\d{1,5}\)|\(\d{1,5}\)|\d\s+[\d(]|^(?:1[-.])?\d{3}([-.])\d{3}\1\d{4}$/;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/** EMAIL. Dots and `+tag` of Gmail addresses stay: Meta does not fold them. */
export function facebookEmail(value: string): Normalised {
  const text = dropTrailing(nfc(dropInvisible(value)).trim().toLowerCase(), '.');
  if (text.length > MAX_EMAIL_LENGTH) return Unusable.length;
  if (EMAIL.test(text) && !isMalformed(text)) return text;
  return isBlank(value) ? '' : Unusable.format;
}

/**
 * PHONE: digits with the calling code, without `+`. A national number is completed with the country (alpha-2, upper
 * case); without one it is left out, because its digest could match nobody.
 */
export function facebookPhone(value: string, country?: string): Normalised {
  if (isE164(value)) return value.slice(1);
  if (isBlank(value)) return '';
  const read = readDialled(value);
  if (read === undefined) return Unusable.length;
  // Meta's own rule: of an international number all leading zeros are removed, not only those of `00`.
  const dialled = read.international ? { ...read, digits: read.digits.replace(/^0+/, '') } : read;
  if (dialled.digits === '') return Unusable.format;
  return completeDigits(dialled, country);
}

function completeDigits(dialled: DialledNumber, country?: string): Normalised {
  const { digits, international } = dialled;
  if (international) return withinLength(toE164(dialled)?.slice(1) ?? digits);
  if (country !== undefined && hasNumberingPlan(country)) {
    const complete = toE164(dialled, country);
    return complete === undefined ? Unusable.length : withinLength(complete.slice(1));
  }
  // Eleven digits that do not start with a zero are most likely an international number without its plus.
  if (digits.length >= 7 && (digits.startsWith('0') || digits.length < 11)) return Unusable.missingCountry;
  return withinLength(digits);
}

function withinLength(digits: string): Normalised {
  return digits.length >= 7 && digits.length <= 15 ? digits : Unusable.length;
}

/** FN and LN: letters and digits of any script, accents kept. */
export function facebookName(value: string): Normalised {
  const lower = nfc(value).toLowerCase();
  if (PLAIN_NAME.test(lower)) return lower;
  if (ANY_LONE_SURROGATE.test(lower)) return Unusable.format;
  // Composed again: what was taken out may have stood between a letter and its accent.
  const text = nfc(lower.replace(NAME_NOISE, ''));
  if (text !== '') return text;
  return isBlank(value) ? '' : Unusable.format;
}

/** ZIP. `country` is alpha-2, upper case; unknown is fine, only the United States and Great Britain have own rules. */
export function facebookZip(value: string, country?: string): Normalised {
  const text = nfc(asciiDigits(dropInvisible(value)).toLowerCase().replace(/\s+/g, ''));
  if (text === '') return '';
  if (isMalformed(text)) return Unusable.format;
  const hyphen = text.search(HYPHEN);
  let zip = hyphen === -1 ? text : text.slice(0, hyphen);
  if (country === 'US') zip = zip.replace(/\D+/g, '').slice(0, 5);
  // Area, district and sector only: Meta's guide asks for it, although its SDKs send the whole postcode.
  if (country === 'GB' && FULL_GB_POSTCODE.test(zip)) zip = zip.slice(0, -2);
  return zip.length < 2 ? Unusable.length : zip;
}

/** EXTERN_ID, which goes out unhashed: anything that looks like an e-mail address or a phone number is held back. */
export function facebookExternId(value: string): Normalised {
  const id = value.trim();
  // JSON with half a surrogate pair would have Meta refuse the whole chunk.
  if (isMalformed(id)) return Unusable.format;
  return looksPersonal(isAscii(id) ? id : asciiDigits(nfkc(dropInvisible(id)))) ? Unusable.personalData : id;
}

function looksPersonal(id: string): boolean {
  if (LOOKS_LIKE_EMAIL.test(id)) return true;
  if (id.length > 40 || !PHONE_CHARACTERS.test(id) || !PHONE_LAYOUT.test(id)) return false;
  const digits = id.replace(/\D+/g, '').length;
  return digits >= 7 && digits <= 15;
}

/** LOOKALIKE_VALUE, 0 or more; nothing when a value was given that is no number (Meta then gets 0). */
export function facebookLookalikeValue(purchase: Purchase | undefined): number | undefined {
  const value = present(purchase?.total7Days) ?? present(purchase?.profit) ?? 0;
  const text = typeof value === 'string' ? value.trim() : '';
  if (typeof value === 'string' && text !== '' && !DECIMAL.test(text)) return undefined;
  const amount = Number(value);
  if (!Number.isFinite(amount)) return undefined;
  return amount > 0 ? amount : 0;
}

function present<T>(value: T | '' | null | undefined): T | undefined {
  return value === null || value === '' ? undefined : value;
}

function isBlank(value: string): boolean {
  return dropInvisible(value).trim() === '';
}
