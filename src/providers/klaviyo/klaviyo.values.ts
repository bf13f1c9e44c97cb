import type { Purchase } from '../contract/audience-user.js';
import { alpha2 } from '../kit/country.js';
import { dropInvisible, isMalformed, nfc, nfkc, type Normalised, Unusable } from '../kit/normalise.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * The rules for one value each. Klaviyo takes everything plain and can do nothing with digests.
 * https://developers.klaviyo.com/en/reference/bulk_import_profiles
 */

const MAX_EMAIL_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** ASCII only, because one address that Klaviyo refuses takes a whole request with it. */
const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** What Klaviyo keeps of a text; nobody's name or postal code is longer. */
const MAX_TEXT_LENGTH = 255;
const PLAIN_WORD = /^[A-Za-z]+$/;
const CONTROLS_AND_BLANKS = /[\s\p{Cc}]+/gu;
const LONE_SURROGATE = /\p{Cs}/u;
const PLAIN_ZIP = /^[A-Z\d]{1,20}(?:[ -][A-Z\d]{1,20})?$/;
const PLAIN_ID = /^[\w-]{1,255}$/;
const FOUR_LETTERS = /\p{L}.*\p{L}.*\p{L}.*\p{L}/u;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const CURRENCY = /^[A-Z]{3}$/;

const ENGLISH = new Intl.DisplayNames('en', { type: 'region' });
/** Names by which Klaviyo's own forms and shop integrations call what Unicode gives a longer name. */
const SHORT_NAMES: Readonly<Record<string, string>> = { HK: 'Hong Kong', MO: 'Macao' };

export interface KlaviyoCountry {
  /** ISO alpha-2, upper case; absent when it cannot be told. */
  readonly code?: string;
  /** English, as `location.country` holds it. */
  readonly name: Normalised;
}

/** Dots and `+tag` stay: mail is really sent there. */
export function klaviyoEmail(value: string, trace?: ValueTrace): Normalised {
  if (isEmail(value)) return value;
  const visible = told(trace, 'invisible characters taken out, compatibility form', dropInvisible(nfkc(value)));
  const text = told(trace, 'lower case', told(trace, 'blanks around it taken off', visible.trim()).toLowerCase());
  const email = text.startsWith('mailto:') ? told(trace, 'without mailto:', text.slice('mailto:'.length)) : text;
  if (email.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  return isEmail(email) || text === '' ? email : refused(trace, 'not an address', Unusable.format);
}

/** Shown in messages, so case, accents and punctuation stay. */
export function klaviyoName(value: string, trace?: ValueTrace): Normalised {
  if (PLAIN_WORD.test(value) && value.length <= MAX_TEXT_LENGTH) return value;
  if (LONE_SURROGATE.test(value)) return refused(trace, 'half a character', Unusable.format);
  const line = told(trace, 'invisible characters and blanks around it taken off', oneLine(nfc(dropInvisible(value))));
  return told(trace, 'as much as Klaviyo keeps', [...line].slice(0, MAX_TEXT_LENGTH).join('').trim());
}

/** `code` completes phone numbers; the name is what merchants segment on. */
export function klaviyoCountry(value: string, trace?: ValueTrace): KlaviyoCountry {
  const text = oneLine(dropInvisible(value));
  if (text === '') return { name: '' };
  const code = alpha2(value);
  if (code !== undefined) {
    trace?.change('ISO 3166-1 code', code);
    return { code, name: told(trace, 'English name', SHORT_NAMES[code] ?? ENGLISH.of(code) ?? '') };
  }
  if (text.length > MAX_TEXT_LENGTH) return { name: refused(trace, 'too long for a country', Unusable.length) };
  if (FOUR_LETTERS.test(text) && !isMalformed(text)) {
    return { name: told(trace, 'a country in no list, without blanks around it', text) };
  }
  return { name: refused(trace, 'in no list of countries, and no name of one', Unusable.unknownCountry) };
}

/** `location.zip`, always a text: leading zeros count. */
export function klaviyoZip(value: string, trace?: ValueTrace): Normalised {
  if (PLAIN_ZIP.test(value)) return value;
  const line = told(trace, 'compatibility form, without blanks around it', oneLine(nfkc(dropInvisible(value))));
  return withinLength(told(trace, 'upper case', nfc(line.toUpperCase())), trace);
}

/** The property `blotout_edge_tag_id`. */
export function klaviyoEdgeTagId(value: string, trace?: ValueTrace): Normalised {
  if (PLAIN_ID.test(value)) return value;
  return withinLength(told(trace, 'blanks around it taken off', value.trim()), trace);
}

/**
 * The properties `blotout_profit` and `blotout_total_7_days`: a number, because a text would make the property one, and
 * segments could compare it no more. Undefined when nothing was given, NaN when it is no amount.
 */
export function klaviyoAmount(value: Purchase['profit'] | null, trace?: ValueTrace): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === undefined || text === null || text === '') return undefined;
  const amount = typeof text === 'number' || DECIMAL.test(text) ? Number(text) : NaN;
  if (Number.isFinite(amount)) {
    trace?.change('a number', String(amount));
    return amount;
  }
  refused(trace, 'not an amount', Unusable.format);
  return NaN;
}

/** The property `blotout_currency`, ISO 4217. */
export function klaviyoCurrency(value: string, trace?: ValueTrace): Normalised {
  const code = told(trace, 'upper case', value.trim().toUpperCase());
  return CURRENCY.test(code) || code === '' ? code : refused(trace, 'not a currency code', Unusable.format);
}

function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL_LENGTH && text.indexOf('@') <= MAX_LOCAL_LENGTH && EMAIL.test(text);
}

function withinLength(text: string, trace?: ValueTrace): Normalised {
  if (isMalformed(text)) return refused(trace, 'control characters or half a character', Unusable.format);
  return text.length > MAX_TEXT_LENGTH ? refused(trace, 'more than Klaviyo keeps', Unusable.length) : text;
}

function oneLine(text: string): string {
  return text.replace(CONTROLS_AND_BLANKS, ' ').trim();
}
