import { hasNumberingPlan, isE164, readDialled, toE164, type DialledNumber } from '../kit/phone.js';
import { dropInvisible, isMalformed, type Normalised, Unusable } from '../kit/normalise.js';

/**
 * TikTok's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://business-api.tiktok.com/portal/docs?id=1739566528222210
 */

const MAX_EMAIL_LENGTH = 254;
const WHITE_SPACE = /\s+/g;
/** Neither blanks nor anything that is invisible, malformed or beyond ASCII: most addresses, and nothing to look for in them. */
const PLAIN = /^[!-~]+$/;

const LETTER = /\p{L}/u;
/** What `+44 (0)20 …` means is not to be dialled from abroad. */
const TRUNK_ZERO = /\(\s*0\s*\)/g;
const COMPLETE_DIGITS = /^[1-9]\d{7,14}$/;

/**
 * The two forms of an address that TikTok's pages ask for. `api`, of the API reference: without dots and `+tag` in front
 * of the @, for every domain. `basic`, of the help centre: only blanks taken out, in lower case.
 */
export type EmailForm = 'api' | 'basic';

/** A country that a phone number may be completed with, or why there is none. */
export type PhoneCountry = string | Unusable;

/** No folding beyond the rules: accents and other scripts stay as they are. What has no `api` form is no address. */
export function tiktokEmail(value: string, form: EmailForm): Normalised {
  const isPlain = PLAIN.test(value);
  const text = isPlain ? value : dropInvisible(value).replace(WHITE_SPACE, '');
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return Unusable.length;
  const basic = text.toLowerCase();
  const at = basic.indexOf('@');
  if (at <= 0 || basic.includes('@', at + 1) || !hasDot(basic, at + 1)) return Unusable.format;
  if (!isPlain && isMalformed(text)) return Unusable.format;
  const plainLocal = withoutDotsAndTag(basic, at);
  if (plainLocal === '') return Unusable.format;
  return form === 'basic' || plainLocal.length === at ? basic : plainLocal + basic.slice(at);
}

/** Written out, because `split` and `replaceAll` cost as much as the hashing that follows. */
function withoutDotsAndTag(address: string, at: number): string {
  const plus = address.indexOf('+');
  const end = plus === -1 || plus > at ? at : plus;
  let local = '';
  let from = 0;
  for (let dot = address.indexOf('.'); dot !== -1 && dot < end; dot = address.indexOf('.', from)) {
    local += address.slice(from, dot);
    from = dot + 1;
  }
  return local + address.slice(from, end);
}

/** A dot between two other characters of the domain. */
function hasDot(address: string, domain: number): boolean {
  const last = address.lastIndexOf('.');
  return last > domain && last < address.length - 1 && address[domain] !== '.';
}

/** E.164 with its plus. A national number is completed with `country` (alpha-2, upper case), or left out. */
export function tiktokPhone(value: string, country: PhoneCountry): Normalised {
  if (isE164(value)) return value;
  const text = dropInvisible(value).trim();
  if (text === '') return '';
  if (LETTER.test(text)) return Unusable.format;
  const dialled = readDialled(text.replace(TRUNK_ZERO, ''));
  if (dialled === undefined) return Unusable.length;
  if (dialled.digits === '') return Unusable.format;
  // No calling code starts with a zero: what follows would be a guess at somebody else's number.
  if (dialled.international && dialled.digits.startsWith('0')) return Unusable.format;
  return dialled.international ? complete(toE164(dialled) ?? `+${dialled.digits}`) : completed(dialled, country);
}

function completed(dialled: DialledNumber, country: PhoneCountry): Normalised {
  if (typeof country !== 'string') return country;
  if (!hasNumberingPlan(country)) return Unusable.unknownCountry;
  const number = toE164(dialled, country);
  return number === undefined ? Unusable.length : complete(number);
}

function complete(number: string): Normalised {
  return COMPLETE_DIGITS.test(number.slice(1)) ? number : Unusable.length;
}
