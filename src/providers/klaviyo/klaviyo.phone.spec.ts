import { describe, expect, it } from '@jest/globals';
import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { alpha2 } from '../kit/country.js';
import { sha256Hex } from '../kit/hash.js';
import { Unusable } from '../kit/normalise.js';
import { KlaviyoPhones } from './klaviyo.phone.js';

const COUNTRIES = ['US', 'CA', 'GB', 'IE', 'AU', 'NZ'] as const;
const phones = new KlaviyoPhones(COUNTRIES);

/** The number, or why there is none. */
function read(value: string, country?: string): string {
  const result = phones.read(value, country === undefined ? undefined : alpha2(country));
  return result instanceof Unusable ? result.reason : result;
}

describe('phone', () => {
  it.each<[string, string | undefined, string]>([
    ['(415) 555-2671', 'US', '+14155552671'],
    ['1 415 555 2671', 'US', '+14155552671'],
    ['+1 415 555 2671', undefined, '+14155552671'],
    ['+14155552671', 'CA', '+14155552671'],
    ['+1 415 555 2671', 'DE', '+14155552671'],
    ['011 1 415 555 2671', 'US', '+14155552671'],
    ['0014155552671', 'GB', '+14155552671'],
    ['tel:+1-415-555-2671', undefined, '+14155552671'],
    ['＋１４１５５５５２６７１', undefined, '+14155552671'],
    ['\u202A+14155552671\u202C', undefined, '+14155552671'],
    ['4155552671', 'US', '+14155552671'],
    ['415-555-0132', 'US', '+14155550132'],
    ['+15005550006', 'US', '+15005550006'],
    ['1-800-356-9377', 'US', '+18003569377'],
    ['(416) 967-1111', 'CA', '+14169671111'],
    ['604.555.0199', 'CA', '+16045550199'],
    ['+1 867 555 0100', 'CA', '+18675550100'],
    ['604-234-5678', 'US', '+16042345678'],
    ['2042345678', 'CA', '+12042345678'],
    ['310 1234', 'CA', '+13101234'],
    ['07400 123456', 'GB', '+447400123456'],
    ['07400 123456', 'UK', '+447400123456'],
    ['+44 (0)7400 123456', undefined, '+447400123456'],
    ['447400123456', 'GB', '+447400123456'],
    ['00447400123456', 'GB', '+447400123456'],
    ['7400123456', 'GB', '+447400123456'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['+44 20 7946 0958', 'IE', '+442079460958'],
    ['085 012 3456', 'IE', '+353850123456'],
    ['+353 (0)87 123 4567', undefined, '+353871234567'],
    ['00353 85 012 3456', 'IE', '+353850123456'],
    ['353871234567', 'IE', '+353871234567'],
    ['086 1234567', 'IRL', '+353861234567'],
    ['01 234 5678', 'IE', '+35312345678'],
    ['1800 123 456', 'IE', '+3531800123456'],
    ['0412 345 678', 'AU', '+61412345678'],
    ['+61 (0)412 345 678', undefined, '+61412345678'],
    ['61412345678', 'AU', '+61412345678'],
    ['412345678', 'AU', '+61412345678'],
    ['0011 61 412 345 678', 'AU', '+61412345678'],
    ['(02) 9374 4000', 'AU', '+61293744000'],
    ['+61 491 570 156', 'AU', '+61491570156'],
    ['1300 975 707', 'AU', '+611300975707'],
    ['13 11 14', 'AU', '+61131114'],
    ['021 123 4567', 'NZ', '+64211234567'],
    ['00 64 21 123 4567', 'NZ', '+64211234567'],
    ['6421123456', 'NZ', '+6421123456'],
    ['027 123 4567', 'NZ', '+64271234567'],
    ['+64 (0)21 123 456', undefined, '+6421123456'],
    ['09 355 2000', 'NZ', '+6493552000'],
    ['022 123 45678', 'NZ', '+642212345678'],
    ['0800 83 83 83', 'NZ', '+64800838383'],
  ])('%j (%s) becomes %s', (value, country, expected) => {
    expect(read(value, country)).toBe(expected);
  });

  it.each<[string, string | undefined, string]>([
    ['14155552671', undefined, 'missing-country'],
    ['4155552671', 'UK', 'invalid-format'],
    ['415555267', 'US', 'invalid-format'],
    ['555-2671', 'US', 'invalid-format'],
    ['(123) 456-7890', 'US', 'invalid-format'],
    ['+1 (212) 000-0000', 'US', 'invalid-format'],
    ['+1234', 'US', 'invalid-format'],
    ['011-4155552671', 'US', 'invalid-format'],
    ['(415) 555-2671 ext. 12', 'US', 'invalid-format'],
    ['+14155552671;ext=5', undefined, 'invalid-format'],
    ['+1 787 555 1234', 'US', 'unsupported-country'],
    ['264-986-0690', 'US', 'invalid-format'],
    ['1-415-FLOWERS', 'US', 'invalid-format'],
    ['4.15555E+09', 'US', 'invalid-format'],
    ['416 967 111', 'CA', 'invalid-format'],
    ['1 (514) 555-0100', undefined, 'missing-country'],
    ['07700 900123', 'GB', 'invalid-format'],
    ['07400 12345', 'GB', 'invalid-format'],
    ['+44 7781 123456', 'GB', 'unsupported-country'],
    ['+44 7911 123456', 'GB', 'unsupported-country'],
    ['+44 7797 712345', 'GB', 'unsupported-country'],
    ['+44 7624 412345', 'GB', 'unsupported-country'],
    ['087 123 4567', 'GB', 'invalid-format'],
    ['07400123456', 'US', 'invalid-format'],
    ['087 123 456', 'IE', 'invalid-format'],
    ['027 130 1636', 'IE', 'invalid-format'],
    ['069 457 2869', 'IE', 'invalid-format'],
    ['0412 345 67', 'AU', 'invalid-format'],
    ['+61 8 9162 1234', 'AU', 'unsupported-country'],
    ['0064 21 123 4567', 'AU', 'invalid-format'],
    ['021 1234', 'NZ', 'invalid-format'],
    ['027 083 290', 'NZ', 'invalid-format'],
    ['0412345678', 'NZ', 'invalid-format'],
    ['+49 151 23456789', 'DE', 'unsupported-country'],
    ['0151 23456789', 'DE', 'unsupported-country'],
    ['+33 6 12 34 56 78', undefined, 'unsupported-country'],
    ['abc', 'US', 'invalid-format'],
    ['+', 'US', 'invalid-format'],
    ['n/a', 'US', 'invalid-format'],
    ['+0 415 555 2671', 'US', 'invalid-format'],
    ['+0123456789', 'US', 'invalid-format'],
    ['000 44 20 7946 0018', 'GB', 'invalid-format'],
    ['+1 415 555 2671 / +1 415 555 2672', 'US', 'invalid-format'],
    ['0412 345 678', 'XX', 'missing-country'],
    ['call me', undefined, 'invalid-format'],
    ['+'.repeat(300), 'US', 'invalid-format'],
    ['1'.repeat(300), 'US', 'invalid-format'],
    ['\0', 'US', 'invalid-format'],
    ['\uD800', 'US', 'invalid-format'],
  ])('%j (%s) is none: %s', (value, country, reason) => {
    expect(read(value, country)).toBe(reason);
  });

  it.each(['', ' ', '\t', '\u200B'])('%j is nothing given', (value) => {
    expect(read(value, 'US')).toBe('');
  });

  it.each([
    ['(415) 555-2671', 'US', 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928'],
    ['(416) 967-1111', 'CA', '9a435b466a027941e94cf287c699df3449943560158cb9d2d582d67c526520b9'],
    ['07400 123456', 'GB', '42665f0be57cc01155844c5bf6ed208c2a32f8da144a949a2f7b69f007810eb6'],
    ['085 012 3456', 'IE', 'b58366aca0fff57936904da08ac16e51deca243812d12cabaf9ad7f912c70bc2'],
    ['0412 345 678', 'AU', 'bc65da54a3ddbacfdc93a0400f0a2d78e41c2180c8255015e9616facfe56f58a'],
    ['021 123 4567', 'NZ', '23249c2df7f87de9cd5af2ffaa3d4c206dcd665a8c008f94b9109ab2de685e0d'],
  ])('%j (%s) is exactly the one of this digest', (value, country, digest) => {
    expect(sha256Hex(read(value, country))).toBe(digest);
  });

  it('serves the countries it is told to, and no others', () => {
    const german = new KlaviyoPhones(['DE']);
    expect(german.read('0151 23456789', 'DE')).toBe('+4915123456789');
    expect(german.read('+4915123456789')).toBe('+4915123456789');
    expect(german.read('+14155552671')).toBe(Unusable.unsupportedCountry);
    expect(new KlaviyoPhones(['US']).read('+16042345678')).toBe(Unusable.unsupportedCountry);
    expect(new KlaviyoPhones(['CA']).read('+16042345678')).toBe('+16042345678');
  });
});

describe('phones that libphonenumber is not asked about', () => {
  /** What the rule says, without any short cut. */
  function asked(value: string, country?: CountryCode): string | undefined {
    const number = parsePhoneNumberFromString(value, { defaultCountry: country, extract: false });
    const served = (COUNTRIES as readonly (string | undefined)[]).includes(number?.country);
    return number?.isValid() && served ? number.number : undefined;
  }

  const answer = (value: string, country?: string): string | undefined => {
    const result = phones.read(value, country);
    return typeof result === 'string' ? result : undefined;
  };

  it.each(COUNTRIES)('are the ones it would pass: %s', (country) => {
    const code = getCountryCallingCode(country);
    const wrong: string[] = [];
    let valid = 0;
    for (const national of nationalNumbers(country)) {
      for (const [value, home] of [[`+${code}${national}`], [national, country], [`0${national}`, country]] as const) {
        const expected = asked(value, home);
        if (expected !== undefined) valid += 1;
        if (answer(value, home) !== expected) wrong.push(`${value} ${home}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(valid).toBeGreaterThan(100);
  });

  /** For each length and each start of three digits a few numbers; the rest is spread by a fixed sequence. */
  function* nationalNumbers(country: string): Generator<string> {
    let state = 7;
    const lengths = country === 'US' || country === 'CA' ? [10] : [8, 9, 10];
    for (const length of lengths) {
      for (let start = 100; start < 1000; start += 0.5) {
        let digits = String(Math.floor(start));
        while (digits.length < length) {
          state = (state * 48_271) % 2_147_483_647;
          digits += String(state % 10);
        }
        yield digits;
      }
    }
  }
});
