import { describe, expect, it } from '@jest/globals';
import { isDeeperThan } from './json-depth.js';

const isTooDeep = (json: string, levels = 2) => isDeeperThan(levels, Buffer.from(json));

describe('isDeeperThan', () => {
  it.each(['', '1', '[]', '[[],[]]', '[{"a":1},{"b"', '{"a":{}}'])('lets %j pass', (json) => {
    expect(isTooDeep(json)).toBe(false);
  });

  it.each(['[[[', '[[[]]]', '[{"a":[]}]', '{"a":{"b":{}}}'])('finds %j too deep', (json) => {
    expect(isTooDeep(json)).toBe(true);
  });

  it.each(['["[[[["]', '["\\"[[["]', '["\\\\", "[[["]', '"[[[[', '"\\'])(
    'takes no bracket in a text for one: %j',
    (json) => {
      expect(isTooDeep(json)).toBe(false);
    },
  );

  it('goes on after a text, and after one that ends in a backslash', () => {
    expect(isTooDeep('["\\\\", [[]]]')).toBe(true);
  });
});
