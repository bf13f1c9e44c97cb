import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOrder, lastPlaces } from './key-order.js';

/** Keys of 16 bytes; many share their first bytes, and some are given several times. */
const key = fc
  .tuple(fc.constantFrom('\u0000', 'a', '\u00ff'), fc.array(fc.integer({ min: 0, max: 255 }), { size: 'small' }))
  .map(([first, rest]) => (first.repeat(6) + String.fromCharCode(...rest)).padEnd(16, '\u0007').slice(0, 16));

describe('the order of keys', () => {
  it('is that of their bytes, and of their places where one is given twice', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 50 }), (keys) => {
        const byBytes = [...keys.keys()].sort(
          (one, other) => Buffer.compare(bytes(keys[one]!), bytes(keys[other]!)) || one - other,
        );
        expect(keyOrder(keys)).toEqual(byBytes);
        expect(lastPlaces(keys)).toEqual(byBytes.filter((place) => keys.lastIndexOf(keys[place]!) === place));
      }),
    );
  });
});

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
