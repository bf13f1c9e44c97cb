import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../kit/hash.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import {
  klaviyoAmount,
  klaviyoCountry,
  klaviyoCurrency,
  klaviyoEdgeTagId,
  klaviyoEmail,
  klaviyoName,
  klaviyoZip,
} from './klaviyo.values.js';

const shown = (result: Normalised): string => (result instanceof Unusable ? result.reason : result);

describe('email', () => {
  it.each([
    [
      '  Jane.Doe@Example.COM ',
      'jane.doe@example.com',
      '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d',
    ],
    [
      'jane.doe+promo@gmail.com',
      'jane.doe+promo@gmail.com',
      '5f0d1df1fc49e30424381b57b1d4c73e067772a4267dde043a19b026935602c8',
    ],
    ['J.a.n.e@gmail.com', 'j.a.n.e@gmail.com', '9be5bd8805a22142c21bbcc8b4e5fe3920d920c7360cfbb7cab91b24dee8ab84'],
    ["o'brien@example.ie", "o'brien@example.ie", 'e26868db901d80db302fd874cb1ec46b84bff238584179ec598ce23f423e91b3'],
    [
      '\uFEFFbob@example.co.uk\u200B',
      'bob@example.co.uk',
      'ccb75430945e585463f2f7aa00af3cb98c47d14601418cfc01e0fdcd616cc58b',
    ],
    ['ＡＬＩＣＥ@example.com', 'alice@example.com', 'ff8d9819fc0e12bf0d24892e45987e249a28dce836a85cad60e28eaaa8c6d976'],
    [
      'user@xn--mnchen-3ya.de',
      'user@xn--mnchen-3ya.de',
      '51c68ae97e5cf29244283f5ff49b8ab83cbc810b7b69732c20e30d242b4756cf',
    ],
    [
      'MAILTO:Bob@example.co.uk',
      'bob@example.co.uk',
      'ccb75430945e585463f2f7aa00af3cb98c47d14601418cfc01e0fdcd616cc58b',
    ],
  ])('%j becomes %s', (value, email, digest) => {
    expect(klaviyoEmail(value)).toBe(email);
    expect(sha256Hex(email)).toBe(digest);
  });

  it.each([
    'josé@example.com',
    'user@münchen.de',
    'a@localhost',
    'a@b',
    'a..b@example.com',
    '.a@example.com',
    'a.@example.com',
    'a b@example.com',
    'Jane <jane@example.com>',
    'a@example.com,b@example.com',
    'x@example.com.',
    'a@example.c',
    'null',
    'mailto:',
    'a@-example.com',
    'a@example-.com',
    `${'a'.repeat(65)}@example.com`,
    'a"b@example.com',
    'a\\b@example.com',
    'a@example.com\0',
  ])('%j is none', (value) => {
    expect(shown(klaviyoEmail(value))).toBe('invalid-format');
  });

  it('is 254 characters at most', () => {
    const longest = `a@${'b.'.repeat(124)}info`;
    expect(longest).toHaveLength(254);
    expect(klaviyoEmail(longest)).toBe(longest);
    expect(shown(klaviyoEmail(`a${longest}`))).toBe('invalid-length');
  });

  it.each(['', ' ', '\u200B'])('%j is nothing given', (value) => {
    expect(klaviyoEmail(value)).toBe('');
  });
});

describe('firstName and lastName', () => {
  it.each([
    ['  Mary  Ann ', 'Mary Ann'],
    ['JOSÉ', 'JOSÉ'],
    ['Jose\u0301', 'José'],
    ['O’Connor', 'O’Connor'],
    ['李', '李'],
    ['Anne\u00A0Marie', 'Anne Marie'],
    ['\u200BZoë', 'Zoë'],
    ['\t', ''],
    ['', ''],
    ['Mary\u0007Ann\nLee', 'Mary Ann Lee'],
    ['x'.repeat(300), 'x'.repeat(255)],
    ['👩'.repeat(300), '👩'.repeat(255)],
    [`${'x'.repeat(254)} y`, 'x'.repeat(254)],
  ])('%j becomes %j', (value, name) => {
    expect(klaviyoName(value)).toBe(name);
  });

  it('cannot hold half a character', () => {
    expect(shown(klaviyoName('Mary\uD83D'))).toBe('invalid-format');
  });
});

describe('country', () => {
  it.each([
    ['us', 'US', 'United States'],
    ['UK', 'GB', 'United Kingdom'],
    [' gb ', 'GB', 'United Kingdom'],
    ['IRL', 'IE', 'Ireland'],
    ['USA', 'US', 'United States'],
    ['CAN', 'CA', 'Canada'],
    ['GBR', 'GB', 'United Kingdom'],
    ['AUS', 'AU', 'Australia'],
    ['NZL', 'NZ', 'New Zealand'],
    ['NZ', 'NZ', 'New Zealand'],
    ['HK', 'HK', 'Hong Kong'],
    ['MO', 'MO', 'Macao'],
    ['Germany', 'DE', 'Germany'],
    ['united states of america', 'US', 'United States'],
    [' Österreich ', undefined, 'Österreich'],
    ['XX', undefined, 'unknown-country'],
    ['ZZ', undefined, 'unknown-country'],
    ['??', undefined, 'unknown-country'],
    ['1234', undefined, 'unknown-country'],
    ['Lala\uD83D', undefined, 'unknown-country'],
    ['x'.repeat(256), undefined, 'invalid-length'],
    ['', undefined, ''],
    [' ', undefined, ''],
  ])('%j is %s, %j', (value, code, name) => {
    const country = klaviyoCountry(value);
    expect(country.code).toBe(code);
    expect(shown(country.name)).toBe(name);
  });
});

describe('postalCode', () => {
  it.each([
    ['02115', '02115'],
    ['2115', '2115'],
    [' sw1a  1aa ', 'SW1A 1AA'],
    ['k1a0b1', 'K1A0B1'],
    ['94105-1234', '94105-1234'],
    ['D02 AF30', 'D02 AF30'],
    ['３１１１', '3111'],
    ['', ''],
    ['\u200B ', ''],
    ['\uD83D', 'invalid-format'],
    ['1'.repeat(256), 'invalid-length'],
  ])('%j becomes %j', (value, zip) => {
    expect(shown(klaviyoZip(value))).toBe(zip);
  });
});

describe('edgeTagId', () => {
  it.each([
    [' f3c1 ', 'f3c1'],
    ['42', '42'],
    ['', ''],
    ['a'.repeat(255), 'a'.repeat(255)],
    ['a'.repeat(256), 'invalid-length'],
    ['ÄB-1', 'ÄB-1'],
    ['a\0b', 'invalid-format'],
    ['\uD83D', 'invalid-format'],
  ])('%j becomes %j', (value, id) => {
    expect(shown(klaviyoEdgeTagId(value))).toBe(id);
  });
});

describe('purchase', () => {
  it.each([
    [12.5, 12.5],
    ['12.50', 12.5],
    ['-3.2', -3.2],
    [-3.2, -3.2],
    [0, 0],
    [' 7 ', 7],
    ['.5', 0.5],
    ['1,234.5', NaN],
    ['1e3', NaN],
    ['0x10', NaN],
    ['abc', NaN],
    ['9'.repeat(400), NaN],
    [NaN, NaN],
    [Infinity, NaN],
    ['', undefined],
    [' ', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j is the amount %p', (value, amount) => {
    expect(klaviyoAmount(value)).toBe(amount);
  });

  it.each([
    ['usd', 'USD'],
    [' eur ', 'EUR'],
    ['US$', 'invalid-format'],
    ['EURO', 'invalid-format'],
    [' ', ''],
  ])('%j is the currency %j', (value, currency) => {
    expect(shown(klaviyoCurrency(value))).toBe(currency);
  });
});
