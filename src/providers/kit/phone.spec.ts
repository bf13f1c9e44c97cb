import { describe, expect, it } from '@jest/globals';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { hasNumberingPlan, isE164, readDialled, toE164 } from './phone.js';

function complete(value: string, country?: string): string | undefined {
  const dialled = readDialled(value);
  return dialled && toE164(dialled, country);
}

describe('isE164', () => {
  it.each(['+14155552671', '+442079460018', '+4915123456789', '+393123456789', '+5511912345678', '+971501234567'])(
    'knows %s as complete',
    (value) => {
      expect(isE164(value)).toBe(true);
    },
  );

  it.each([
    ['no plus', '14155552671'],
    ['too short', '+1415555267'],
    ['too long', '+141555526711'],
    ['a national zero', '+4402079460018'],
    ['blanks', '+1 415 555 2671'],
    ['a line end', '+14155552671\n'],
    ['a calling code that nobody has', '+9991234567890'],
    ['nothing', ''],
  ])('leaves %s to be read', (_, value) => {
    expect(isE164(value)).toBe(false);
  });

  it('takes only numbers that libphonenumber gives back unchanged', () => {
    const callingCodes = new Set(getCountries().map((country) => getCountryCallingCode(country)));
    const wrong: string[] = [];
    let taken = 0;
    for (const code of callingCodes) {
      for (const national of nationalNumbers(15 - code.length)) {
        const value = `+${code}${national}`;
        if (!isE164(value)) continue;
        taken += 1;
        const parsed = parsePhoneNumberFromString(value);
        if (parsed?.number !== value || !parsed.isPossible()) wrong.push(value);
      }
    }
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(2_000);
  });
});

/** For each length and each `step`-th pair of first digits one number; the rest is spread by a fixed sequence. */
function* nationalNumbers(longest: number, step = 1): Generator<string> {
  let state = 1;
  for (let length = 6; length <= longest; length += 1) {
    for (let start = 10; start < 100; start += step) {
      let digits = String(start);
      while (digits.length < length) {
        state = (state * 48_271) % 2_147_483_647;
        digits += String(state % 10);
      }
      yield digits;
    }
  }
}

describe('readDialled', () => {
  it.each([
    ['+1 (616) 954-78 88', '16169547888', true],
    ['+001 (616) 954-78 88', '16169547888', true],
    ['0044 20 7946 0018', '442079460018', true],
    ['(+44) 20 7946 0018', '442079460018', true],
    ['\u202A+44 20 7946 0018\u202C', '442079460018', true],
    ['＋４４２０７９４６００１８', '442079460018', true],
    ['tel:+1-415-555-2671', '14155552671', true],
    ['020 7946 0018', '02079460018', false],
    ['٠٥٠١٢٣٤٥٦٧', '0501234567', false],
    ['415-555-2671 x123', '4155552671', false],
    ['415-555-2671 ext. 12', '4155552671', false],
    ['415-555-2671 Extension: 12', '4155552671', false],
    ['+14155552671;ext=5', '14155552671', true],
    ['415 555 2671 #9', '4155552671', false],
    ['+0000000000', '00000000', true],
    ['00', '', true],
    ['+0 415 555 2671', '04155552671', true],
    ['000 44 20 7946 0018', '0442079460018', true],
    ['call me', '', false],
    ['', '', false],
  ])('reads %j', (value, digits, international) => {
    expect(readDialled(value)).toEqual({ digits, international });
  });

  it('refuses a text that is too long for a number', () => {
    expect(readDialled('1'.repeat(251))).toBeUndefined();
  });

  it.each(['\0', '\uD800', '+\uDC00 44'])('takes %j without throwing', (value) => {
    expect(readDialled(value)).toBeDefined();
  });
});

describe('toE164', () => {
  it.each([
    ['+44 (0)20 7946 0018', undefined, '+442079460018'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['8 (495) 123-45-67', 'RU', '+74951234567'],
    ['044 123 45 67', 'UA', '+380441234567'],
    ['052-123-4567', 'IL', '+972521234567'],
    ['11 91234-5678', 'BR', '+5511912345678'],
    ['090-1234-5678', 'JP', '+819012345678'],
    ['011 44 20 7946 0018', 'US', '+442079460018'],
    ['447400123456', 'GB', '+447400123456'],
    ['1 415 555 2671', 'US', '+14155552671'],
    ['+1 415 555 2671', 'DE', '+14155552671'],
  ])('completes %s (%s)', (value, country, expected) => {
    expect(complete(value, country)).toBe(expected);
  });

  it.each([
    ['12345', 'US'],
    ['+1 415', undefined],
    ['+999 123 456 789', undefined],
    ['+0 415 555 2671', undefined],
    ['+0123456789', 'US'],
    ['000 44 20 7946 0018', 'GB'],
    ['6502530000', undefined],
    ['6502530000', 'ZZ'],
    ['+1 415 555 2671 / +1 415 555 2672', 'US'],
    ['', 'US'],
  ])('has no number for %j (%s)', (value, country) => {
    expect(complete(value, country)).toBeUndefined();
  });
});

describe('toE164 beside libphonenumber', () => {
  it.each(['', '0'])('says the same of national numbers that start with %j, in every country', (prefix) => {
    const wrong: string[] = [];
    for (const country of getCountries()) {
      for (const national of nationalNumbers(11, 7)) {
        const digits = prefix + national;
        const parsed = parsePhoneNumberFromString(digits, country);
        const expected = parsed?.isPossible() ? parsed.number : undefined;
        if (toE164({ digits, international: false }, country) !== expected) wrong.push(`${country} ${digits}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('hasNumberingPlan', () => {
  it.each([
    ['GB', true],
    ['AQ', false],
    ['gb', false],
    ['', false],
  ])('%s: %s', (country, expected) => {
    expect(hasNumberingPlan(country)).toBe(expected);
  });
});
