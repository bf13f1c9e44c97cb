import { isSupportedCountry, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import { asciiDigits, dropInvisible } from './normalise.js';

/** A phone number as it would be dialled. */
export interface DialledNumber {
  /** ASCII digits only; of an international number without its `+` and its `00`. A zero after these is no calling code. */
  readonly digits: string;
  /** Whether the digits start with a country calling code. */
  readonly international: boolean;
}

const LEADING_PLUS = /^\D*\+/;
const EXTENSION = /(?:x|#|ext(?:ension|n)?|доб)[\s.:=#]{0,4}\d{1,7}\s*$/i;
/** Longer text is no phone number; libphonenumber has the same limit. */
const MAX_TEXT_LENGTH = 250;

/**
 * Numbers of digits after the calling code, and the calling codes, of numbers that libphonenumber gives back as they
 * are: parsing costs 6 microseconds, this expression 0.1. What is not here is parsed, so the list need
 * not be complete; a look-ahead leaves out numbers that may still hold a trunk or carrier prefix.
 */
const COMPLETE_NUMBERS: readonly (readonly [nationalDigits: number, callingCodes: string])[] = [
  [7, '354 372 507 961'],
  [
    8,
    '45 47 65 216 356 357 371 372 373 374 377 381 382 385 386 387 389 502 503 504 505 507 598 852 853 961 965 968 973 974',
  ],
  [
    9,
    '27 31 32 33 34 36 40 41 46 48 51 56 60 61(?=[23478]) 62(?=8) 64 66 82(?=1) 84 94 212 213 218 221 233 254 255 256 ' +
      '351 353 358 359 377 380 381 385 420 421 593 595 855 886 962 966 971 972 994 995 996 998',
  ],
  [
    10,
    '1(?=[2-9]) 7(?=[3479]) 20 30 39 43 44 49 52 55(?=[1-8]) 57(?=3) 58 60 62(?=8) 63 64 81(?=[789]) 82(?=1) 90 91 92 ' +
      '98 225 234 880 964 977',
  ],
  [11, '43 49 55(?=[1-8]) 62(?=8)'],
];
const COMPLETE = new RegExp(
  `^\\+(?:${COMPLETE_NUMBERS.map(([digits, codes]) => `(?:${codes.replaceAll(' ', '|')})[1-9]\\d{${digits - 1}}`).join('|')})$`,
);

/** Countries whose national numbers start with a zero that falls away behind the calling code. */
const TRUNK_ZERO = callingCodes(
  'AE:971 AT:43 AU:61 BE:32 CH:41 DE:49 FR:33 GB:44 HR:385 IE:353 IN:91 JP:81 KR:82 NL:31 RO:40 SE:46 TR:90 UA:380 ZA:27',
);
/** Countries whose national numbers are written as they stand behind the calling code. */
const NO_TRUNK = callingCodes('BR:55 CA:1 CZ:420 DK:45 ES:34 GR:30 IT:39 MX:52 NO:47 PL:48 PT:351 US:1');

/**
 * Whether the value is a complete E.164 number (`+442079460018`) as it stands. False says only that it has to be read
 * with {@link readDialled} and {@link toE164}.
 */
export function isE164(value: string): boolean {
  return COMPLETE.test(value);
}

/** Reads what a person wrote: digits of any script, no punctuation, letters or extension. Nothing is completed. */
export function readDialled(value: string): DialledNumber | undefined {
  if (value.length > MAX_TEXT_LENGTH) return undefined;
  const text = dropExtension(asciiDigits(dropInvisible(value)));
  const digits = text.replace(/\D+/g, '');
  const international = LEADING_PLUS.test(text) || digits.startsWith('00');
  return { digits: international ? digits.replace(/^00/, '') : digits, international };
}

/** Without ` ext. 12` at its end. */
export function dropExtension(value: string): string {
  return value.replace(EXTENSION, '');
}

/** Whether national numbers of this country (ISO alpha-2, upper case) can be completed. */
export function hasNumberingPlan(country: string): boolean {
  return isSupportedCountry(country);
}

/**
 * The E.164 form, `+` included; nothing when no number of the country has this many digits, or when the number is national
 * and its country unknown. Trunk prefixes are taken off where the country has them (Italy keeps its zero). Possible is
 * all that is asked for: which numbers are in service changes faster than a library is updated.
 */
export function toE164(dialled: DialledNumber, country?: string): string | undefined {
  const common = commonE164(dialled, country);
  if (common !== undefined) return common;
  const number = parse(dialled, country);
  return number?.isPossible() ? number.number : undefined;
}

function parse({ digits, international }: DialledNumber, country?: string): PhoneNumber | undefined {
  if (international) return parsePhoneNumberFromString(`+${digits}`);
  if (country === undefined || !isSupportedCountry(country)) return undefined;
  return parsePhoneNumberFromString(digits, country);
}

/** The plain cases, for which parsing would give the same: most numbers that are not E.164 are written like this. */
function commonE164({ digits, international }: DialledNumber, country = ''): string | undefined {
  let e164: string | undefined;
  if (international) {
    e164 = `+${digits}`;
  } else if (digits.startsWith('0')) {
    const code = TRUNK_ZERO.get(country);
    if (code !== undefined) e164 = `+${code}${digits.slice(1)}`;
  } else {
    const code = NO_TRUNK.get(country);
    // Digits that start with the calling code may be an international number without its plus.
    if (code !== undefined && !digits.startsWith(code)) e164 = `+${code}${digits}`;
  }
  return e164 !== undefined && isE164(e164) ? e164 : undefined;
}

function callingCodes(list: string): ReadonlyMap<string, string> {
  return new Map(list.split(' ').map((entry) => [entry.slice(0, 2), entry.slice(3)] as const));
}
