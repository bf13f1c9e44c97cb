import { type Normalised, Unusable } from '../normalise.js';
import { type DialledNumber, hasNumberingPlan, toE164 } from '../phone.js';

/** Of an E.164 number, without its plus. */
const COMPLETE_DIGITS = /^[1-9]\d{7,14}$/;

/** A country that a national number may be completed with (alpha-2, upper case), or why there is none. */
export type PhoneCountry = string | Unusable;

/**
 * E.164 with its plus. An international number passes whether or not a country has numbers of this length, since plans change;
 * a national one is completed with `country`, or left out.
 */
export function completeNumber(dialled: DialledNumber, country: PhoneCountry): Normalised {
  const { digits, international } = dialled;
  if (digits === '') return Unusable.format;
  if (international) {
    // No calling code starts with a zero: what follows would be a guess at somebody else's number.
    return digits.startsWith('0') ? Unusable.format : ofLength(toE164(dialled) ?? `+${digits}`);
  }
  if (typeof country !== 'string') return country;
  if (!hasNumberingPlan(country)) return Unusable.unknownCountry;
  const number = toE164(dialled, country);
  return number === undefined ? Unusable.length : ofLength(number);
}

function ofLength(number: string): Normalised {
  return COMPLETE_DIGITS.test(number.slice(1)) ? number : Unusable.length;
}
