import { type Normalised, Unusable } from '../normalise.js';
import { type DialledNumber, hasNumberingPlan, toE164 } from '../phone.js';
import { refused, told, type ValueTrace } from './value-trace.js';

/** Of an E.164 number, without its plus. */
const COMPLETE_DIGITS = /^[1-9]\d{7,14}$/;

/** A country that a national number may be completed with (alpha-2, upper case), or why there is none. */
export type PhoneCountry = string | Unusable;

/**
 * E.164 with its plus. An international number passes whether or not a country has numbers of this length, since plans change;
 * a national one is completed with `country`, or left out.
 */
export function completeNumber(dialled: DialledNumber, country: PhoneCountry, trace?: ValueTrace): Normalised {
  const { digits, international } = dialled;
  if (digits === '') return refused(trace, 'not a phone number', Unusable.format);
  trace?.change('digits alone, as they are dialled', international ? `+${digits}` : digits);
  if (international) {
    // No calling code starts with a zero: what follows would be a guess at somebody else's number.
    if (digits.startsWith('0')) return refused(trace, 'no calling code', Unusable.format);
    return ofLength(told(trace, 'E.164, with the plus', toE164(dialled) ?? `+${digits}`), trace);
  }
  if (typeof country !== 'string') return refused(trace, 'a national number without a usable country', country);
  if (!hasNumberingPlan(country)) return refused(trace, 'a country without phone numbers', Unusable.unknownCountry);
  const number = toE164(dialled, country);
  if (number === undefined) return refused(trace, 'no number of this length in the country', Unusable.length);
  return ofLength(told(trace, `E.164, completed with the country ${country}`, number), trace);
}

function ofLength(number: string, trace?: ValueTrace): Normalised {
  return COMPLETE_DIGITS.test(number.slice(1)) ? number : refused(trace, 'not 8 to 15 digits', Unusable.length);
}
