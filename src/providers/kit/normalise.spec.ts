import { describe, expect, it } from '@jest/globals';
import {
  asciiDigits,
  dropInvisible,
  dropMarks,
  dropTrailing,
  isAscii,
  isMalformed,
  nfc,
  nfkc,
  Unusable,
} from './normalise.js';

describe('rules of Unicode', () => {
  it.each([
    ['', true],
    ['Mary ~\0', true],
    ['é', false],
    ['\u0080', false],
    ['😀', false],
  ])('tells whether %j is ASCII', (value, expected) => {
    expect(isAscii(value)).toBe(expected);
  });

  it('composes accents', () => {
    expect(nfc('Jose\u0301')).toBe('José');
    expect(nfc('ｆull')).toBe('ｆull');
  });

  it('makes compatibility characters plain', () => {
    expect(nfkc('ＡＬＩＣＥ １')).toBe('ALICE 1');
  });

  it('drops marks', () => {
    expect(dropMarks('Côte, São, Åland, Jose\u0301')).toBe('Cote, Sao, Aland, Jose');
  });

  it('drops zero-width and direction marks and nothing else', () => {
    expect(dropInvisible('\uFEFF\u202Aa\u200Bb\u00AD \u2066c\u200F\u202C')).toBe('ab c');
    expect(dropInvisible('é 😀 א')).toBe('é 😀 א');
  });
});

describe('asciiDigits', () => {
  it.each([
    ['٠٥٠١٢٣٤٥٦٧', '0501234567'],
    ['۰۱۲۳۴۵۶۷۸۹', '0123456789'],
    ['०१२३४५६७८९', '0123456789'],
    ['๐๑๙', '019'],
    ['＋４４ ２０', '+44 20'],
    ['12 é', '12 é'],
  ])('reads %s as %s', (value, expected) => {
    expect(asciiDigits(value)).toBe(expected);
  });
});

describe('dropTrailing', () => {
  it.each([
    ['a.b..', 'a.b'],
    ['...', ''],
    ['', ''],
    ['.a', '.a'],
  ])('takes the dots off the end of %j', (value, expected) => {
    expect(dropTrailing(value, '.')).toBe(expected);
  });
});

describe('isMalformed', () => {
  it.each(['a\0', '\uD800', 'a\uDC00b', '\u0007'])('finds what no text holds in %j', (value) => {
    expect(isMalformed(value)).toBe(true);
  });

  it.each(['', 'Mary', '😀', '👩‍👩‍👧', 'é'])('leaves %j alone', (value) => {
    expect(isMalformed(value)).toBe(false);
  });
});

it('an unusable value says why', () => {
  expect(Unusable.missingCountry.reason).toBe('missing-country');
  expect(Unusable.format).not.toBe(Unusable.length);
});
