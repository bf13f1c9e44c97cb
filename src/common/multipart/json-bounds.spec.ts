import { describe, expect, it } from '@jest/globals';
import { boundBroken, type JsonBounds } from './json-bounds.js';

const broken = (json: string, bounds: Partial<JsonBounds> = {}) =>
  boundBroken(Buffer.from(json), { levels: 2, ...bounds });

describe('boundBroken', () => {
  it.each(['', '1', '[]', '[[],[]]', '[{"a":1},{"b"', '{"a":{}}'])('lets %j pass', (json) => {
    expect(broken(json)).toBeUndefined();
  });

  it.each(['[[[', '[[[]]]', '[{"a":[]}]', '{"a":{"b":{}}}'])('finds %j too deep', (json) => {
    expect(broken(json)).toBe('levels');
  });

  it.each(['["[[[["]', '["\\"[[["]', '["\\\\", "[[["]', '"[[[[', '"\\', '[",,,,,,,,"]'])(
    'takes nothing in a text for structure: %j',
    (json) => {
      expect(broken(json, { entries: 3, values: 5 })).toBeUndefined();
    },
  );

  it('goes on after a text, and after one that ends in a backslash', () => {
    expect(broken('["\\\\", [[]]]')).toBe('levels');
  });

  it.each<[string, keyof JsonBounds | undefined]>([
    ['[1,2,3]', undefined],
    ['[1,2,3,4]', 'entries'],
    ['[{"a":1,"b":2,"c":3,"d":4},{},{}]', undefined],
    ['[[],[],[],', 'entries'],
  ])('counts the outer entries of %j', (json, which) => {
    expect(broken(json, { entries: 3 })).toBe(which);
  });

  it.each<[string, keyof JsonBounds | undefined]>([
    ['[{"a":1,"b":2},{"c":3}]', undefined],
    ['[{"a":1,"b":2},{"c":3,"d":4}]', 'values'],
    ['[[],[],[]]', 'values'],
  ])('counts all values of %j', (json, which) => {
    expect(broken(json, { values: 5 })).toBe(which);
  });
});
