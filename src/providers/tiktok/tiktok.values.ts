import { isE164, readDialled } from '../kit/phone.js';
import { dropInvisible, isMalformed, isPlain, type Normalised, Unusable } from '../kit/normalise.js';
import { completeNumber, type PhoneCountry } from '../kit/values/phone-number.js';
import { refused, told, type ValueTrace } from '../kit/values/value-trace.js';

/**
 * TikTok's rules for one value each, plain in and plain out; what is hashed is hashed by the caller.
 * https://business-api.tiktok.com/portal/docs?id=1739566528222210
 */

const MAX_EMAIL_LENGTH = 254;
const WHITE_SPACE = /\s+/g;

const LETTER = /\p{L}/u;
/** What `+44 (0)20 …` means is not to be dialled from abroad. */
const TRUNK_ZERO = /\(\s*0\s*\)/g;

/**
 * The two forms of an address that TikTok's pages ask for. `api`, of the API reference: without dots and `+tag` in front
 * of the @, for every domain. `basic`, of the help centre: only blanks taken out, in lower case.
 */
export type EmailForm = 'api' | 'basic';

/** No folding beyond the rules: accents and other scripts stay as they are. What has no `api` form is no address. */
export function tiktokEmail(value: string, form: EmailForm, trace?: ValueTrace): Normalised {
  const isUsual = isPlain(value);
  const text = isUsual ? value : dropInvisible(value).replace(WHITE_SPACE, '');
  trace?.change('blanks and invisible characters taken out', text);
  if (text === '') return '';
  if (text.length > MAX_EMAIL_LENGTH) return refused(trace, 'too long for an address', Unusable.length);
  const basic = told(trace, 'lower case', text.toLowerCase());
  const at = basic.indexOf('@');
  if (at <= 0 || basic.includes('@', at + 1) || !hasDot(basic, at + 1)) return noAddress(trace);
  if (!isUsual && isMalformed(text)) return noAddress(trace);
  const plainLocal = withoutDotsAndTag(basic, at);
  if (plainLocal === '') return noAddress(trace);
  if (form === 'basic' || plainLocal.length === at) return basic;
  return told(trace, 'dots and +tag in front of the @ taken out', plainLocal + basic.slice(at));
}

function noAddress(trace?: ValueTrace): Unusable {
  return refused(trace, 'not an address', Unusable.format);
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
export function tiktokPhone(value: string, country: PhoneCountry, trace?: ValueTrace): Normalised {
  if (isE164(value)) return value;
  const text = dropInvisible(value).trim();
  if (text === '') return '';
  if (LETTER.test(text)) return refused(trace, 'letters in a phone number', Unusable.format);
  const dialled = readDialled(text.replace(TRUNK_ZERO, ''));
  if (dialled === undefined) return refused(trace, 'too long for a phone number', Unusable.length);
  return completeNumber(dialled, country, trace);
}
