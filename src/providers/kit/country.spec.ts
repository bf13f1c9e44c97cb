import { describe, expect, it } from '@jest/globals';
import { alpha2 } from './country.js';
import { sha256Hex } from './hash.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const PAIRS = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));

describe('codes', () => {
  it('keeps the 249 codes of ISO 3166-1 and no other two letters, but for UK', () => {
    const kept = PAIRS.filter((pair) => alpha2(pair) === pair);
    const other = PAIRS.filter((pair) => ![undefined, pair].includes(alpha2(pair)));
    expect(kept).toHaveLength(249);
    expect(other).toEqual(['UK']);
    expect(alpha2('UK')).toBe('GB');
  });

  it('has the alpha-3 codes of ISO 3166-1', () => {
    const found = PAIRS.flatMap((pair) => LETTERS.map((third) => pair + third)).flatMap((code) => {
      const country = alpha2(code);
      return country !== undefined && code !== 'UAE' && code !== 'DRC' && code !== 'PRC' ? [`${code}:${country}`] : [];
    });
    expect(found).toHaveLength(249);
    // Of the same list, `AND:AD ARE:AE ...` in alphabetical order, made from Debian's iso-codes.
    expect(sha256Hex(found.sort().join(' '))).toBe('232da319b7ea484e68051ba74dfa2eb7487dd1b561bb6869da85e8479546a707');
  });

  it.each([
    ['AUT', 'AT'],
    ['AUS', 'AU'],
    ['CHE', 'CH'],
    ['CHN', 'CN'],
    ['SVK', 'SK'],
    ['SVN', 'SI'],
    ['DEU', 'DE'],
    ['and', 'AD'],
    ['u.s.', 'US'],
    ['U.S.A.', 'US'],
    ['\u200E us\u00A0', 'US'],
    ['ＵＳ', 'US'],
  ])('reads %j as %s', (value, code) => {
    expect(alpha2(value)).toBe(code);
  });
});

describe('names', () => {
  it('knows the English name of every country', () => {
    const english = new Intl.DisplayNames('en', { type: 'region' });
    const codes = PAIRS.filter((pair) => alpha2(pair) === pair);
    expect(codes.map((code) => alpha2(english.of(code) ?? ''))).toEqual(codes);
  });

  it.each([
    ['Germany', 'DE'],
    [' united  kingdom ', 'GB'],
    ['Great Britain', 'GB'],
    ['Northern Ireland', 'GB'],
    ['Ireland', 'IE'],
    ['United States of America', 'US'],
    ['The Netherlands', 'NL'],
    ['Holland', 'NL'],
    ['South Korea', 'KR'],
    ['Korea, Republic of', 'KR'],
    ["Korea (Democratic People's Republic of)", 'KP'],
    ['Russia', 'RU'],
    ['Russian Federation', 'RU'],
    ['UAE', 'AE'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ['Turkiye', 'TR'],
    ['Czech Republic', 'CZ'],
    ['Czechia', 'CZ'],
    ['Viet Nam', 'VN'],
    ["Cote d'Ivoire", 'CI'],
    ['CÔTE D’IVOIRE', 'CI'],
    ['Ivory Coast', 'CI'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Saint Vincent and the Grenadines', 'VC'],
    ['Congo (the Democratic Republic of the)', 'CD'],
    ['Congo', 'CG'],
    ['Niger', 'NE'],
    ['Nigeria', 'NG'],
    ['Dominica', 'DM'],
    ['Dominican Republic', 'DO'],
    ['Guinea', 'GN'],
    ['Guinea-Bissau', 'GW'],
    ['Hong Kong', 'HK'],
    ['Macau', 'MO'],
    ['Macedonia', 'MK'],
    ['Swaziland', 'SZ'],
    ['Cape Verde', 'CV'],
    ['Burma', 'MM'],
    ['Palestine', 'PS'],
    ['Vatican', 'VA'],
    ['Isle of Man', 'IM'],
  ])('reads %j as %s', (name, code) => {
    expect(alpha2(name)).toBe(code);
  });

  it.each([
    ['', 'ZZ', 'XX', 'EU', 'U', '12', '-', ' '],
    ['Österreich', 'Deutschland', 'Germanyy', 'Germ', 'USSR', 'Korea', 'the', 'of', 'Atlantis'],
    ['中国', 'Россия', '中US', 'constructor', '__proto__', '\0', '\uD800', 'x'.repeat(100_000)],
  ])('guesses nothing', (...values) => {
    expect(values.map((value) => alpha2(value))).toEqual(values.map(() => undefined));
  });
});
