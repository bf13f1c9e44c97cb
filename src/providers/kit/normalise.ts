import { type RejectionReason } from '../contract/audience-provider.js';

/** A value that was given but has no normal form, and why. */
export class Unusable {
  private constructor(readonly reason: RejectionReason) {}

  static readonly format = new Unusable('invalid-format');
  static readonly length = new Unusable('invalid-length');
  static readonly missingCountry = new Unusable('missing-country');
  static readonly unknownCountry = new Unusable('unknown-country');
  static readonly personalData = new Unusable('looks-like-personal-data');
  static readonly digest = new Unusable('digest-not-accepted');
  static readonly unsupportedCountry = new Unusable('unsupported-country');
}

/** The outcome of a normalisation: the normal form, `''` for a blank value (nothing was given), or why there is none. */
export type Normalised = string | Unusable;

// No `g` on a pattern that is tested: it would remember where the last test ended.
const NON_ASCII = /[\u0080-\uFFFF]/;
const PRINTABLE_ASCII = /^[!-~]+$/;
const MALFORMED = /[\p{Cc}\p{Cs}]/u;
/** Soft hyphen, zero-width and direction marks. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;
const MARKS = /\p{M}+/gu;
const DIGITS = /\p{Nd}/gu;

/** The zero of each living script whose digits Unicode's compatibility forms leave alone; 1 to 9 follow it. */
const ZEROS = '٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀០᠐';
const ASCII_DIGITS: ReadonlyMap<string, string> = new Map(
  [...ZEROS].flatMap((zero) =>
    Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(codePoint(zero) + digit), String(digit)] as const),
  ),
);

/** Most values are ASCII, to which no rule of Unicode applies. */
export function isAscii(value: string): boolean {
  return !NON_ASCII.test(value);
}

/**
 * Neither blank nor anything that is invisible, malformed or beyond ASCII: most addresses, and no rule but those of case and form
 * applies to them.
 */
export function isPlain(value: string): boolean {
  return PRINTABLE_ASCII.test(value);
}

/** Composed form: `e` + combining accent becomes `é`. */
export function nfc(value: string): string {
  return isAscii(value) ? value : value.normalize('NFC');
}

/** Compatibility form: full-width letters and digits become ASCII. */
export function nfkc(value: string): string {
  return isAscii(value) ? value : value.normalize('NFKC');
}

/** Takes out characters that nobody types and copying brings along, which would change a digest unseen. */
export function dropInvisible(value: string): string {
  return isAscii(value) ? value : value.replace(INVISIBLE, '');
}

/** `é` becomes `e`. */
export function dropMarks(value: string): string {
  return isAscii(value) ? value : value.normalize('NFD').replace(MARKS, '');
}

/** Digits of any script become ASCII digits. */
export function asciiDigits(value: string): string {
  return isAscii(value) ? value : nfkc(value).replace(DIGITS, (digit) => ASCII_DIGITS.get(digit) ?? digit);
}

/** Takes `end` off the end as often as it stands there; a loop because `/\.+$/` takes quadratic time on hostile input. */
export function dropTrailing(value: string, end: string): string {
  let length = value.length;
  while (length > 0 && value[length - 1] === end) length -= 1;
  return value.slice(0, length);
}

/** Control characters or half a surrogate pair: no text that a person has written, and no valid UTF-8 for the latter. */
export function isMalformed(value: string): boolean {
  return MALFORMED.test(value);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
