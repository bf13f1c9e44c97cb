import { describe, expect, it } from '@jest/globals';
import { Utf8Watch } from './utf8-watch.js';

function isValidInPieces(bytes: Buffer, size: number): boolean {
  const watch = new Utf8Watch();
  for (let at = 0; at < bytes.length; at += size) watch.push(bytes.subarray(at, at + size));
  return watch.isValid;
}

describe('Utf8Watch', () => {
  const valid = Buffer.from('a é € 😀 z');

  it.each([1, 2, 3, 4, 5, 100])('accepts characters cut into pieces of %i bytes', (size) => {
    expect(isValidInPieces(valid, size)).toBe(true);
  });

  it.each([
    ['a lone continuation', [0x61, 0x80, 0x61]],
    ['Latin-1', [0x61, 0xe9, 0x61]],
    ['a half character', [0xf0, 0x9f, 0x61, 0x61, 0x61]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80, 0x61]],
    ['an overlong slash', [0xc0, 0xaf, 0x61]],
  ])('refuses %s in pieces of any size', (_, bytes) => {
    for (const size of [1, 2, 3, 100]) expect(isValidInPieces(Buffer.from(bytes), size)).toBe(false);
  });
});
