import { describe, expect, it } from '@jest/globals';
import { EMPTY_SHA256, isSha256Hex, sha256Hex } from './hash.js';

const digestOfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('sha256Hex', () => {
  it.each([
    // The examples of FIPS 180-4.
    ['abc', digestOfAbc],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['', EMPTY_SHA256],
    ['josé', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
  ])('hashes %j as UTF-8', (value, digest) => {
    expect(sha256Hex(value)).toBe(digest);
  });

  it('takes NUL and half a surrogate pair', () => {
    expect(sha256Hex('\0')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(sha256Hex('\uD800')).toBe(sha256Hex('\uFFFD'));
  });
});

describe('isSha256Hex', () => {
  it.each([digestOfAbc, digestOfAbc.toUpperCase(), '0'.repeat(64)])('knows %s as a digest', (value) => {
    expect(isSha256Hex(value)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a character too few', digestOfAbc.slice(1)],
    ['a character too many', `${digestOfAbc}0`],
    ['a line end behind it', `${digestOfAbc}\n`],
    ['a digest within a text', `x${digestOfAbc}x`],
    ['a digest on a line of its own', `a\n${digestOfAbc}\nb`],
    ['64 characters, one of them no hex digit', `${digestOfAbc.slice(1)}g`],
    ['full-width digits', '０'.repeat(64)],
  ])('does not take %s for one', (_, value) => {
    expect(isSha256Hex(value)).toBe(false);
  });
});
