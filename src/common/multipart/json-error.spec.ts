import { describe, expect, it } from '@jest/globals';
import { describeJsonError } from './json-error.js';

describe('describeJsonError', () => {
  it.each([
    ['[{"a":None}]', 7],
    ["{'a':1}", 2],
    ['[{"a":1},]', 10],
    ['{"a":1,}', 8],
    ['{"a" 1}', 6],
    ['[1 2]', 4],
    ['[1]x', 4],
    ['[1}', 3],
    ['nul', 1],
    ['[01]', 2],
    ['["a\tb"]', 4],
    ['["a\\qb"]', 5],
    ['{"a":{"b":[1,2,{"c":"d"}]},"e":,}', 32],
    ['[true,false,null,-1.5e+3,"\\u00e9\\n"] !', 38],
  ])('finds the place in %s', (text, column) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(describeJsonError(text)).toBe(`is not valid JSON at line 1, column ${column}`);
  });

  it.each(['', '  ', '[', '[1,', '{"a":', '{"a', '["\\', '[[1]'])('sees that %j lacks its end', (text) => {
    expect(describeJsonError(text)).toBe('is not valid JSON: it ends too early');
  });

  it('counts lines', () => {
    expect(describeJsonError('[\n  1,\n  two\n]')).toBe('is not valid JSON at line 3, column 3');
  });

  it('counts millions of them without holding them', () => {
    const lines = 3_000_000;
    const before = process.memoryUsage().heapUsed;
    expect(describeJsonError(`${'\n'.repeat(lines)}x`)).toBe(`is not valid JSON at line ${lines + 1}, column 1`);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * lines);
  });

  it('finds no fault before the place where JSON.parse does, wherever a valid text is spoilt', () => {
    const text = '[{"a":"x\\"y","b":[1,2,null,true],"c":{}},{"d":""}]';
    for (let at = 0; at < text.length; at++) {
      const spoilt = `${text.slice(0, at)}#${text.slice(at + 1)}`;
      const place = placeOf(spoilt);
      if (place === undefined) continue;
      expect({ at, said: describeJsonError(spoilt) }).toEqual({
        at,
        said:
          place === spoilt.length
            ? expect.stringContaining('too early')
            : expect.stringContaining(`column ${place + 1}`),
      });
    }
  });
});

/** The place that `JSON.parse` itself tells, where it tells one. */
function placeOf(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1];
    return position === undefined ? undefined : Number(position);
  }
}
