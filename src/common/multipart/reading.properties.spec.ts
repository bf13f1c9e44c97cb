import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUtf8 } from 'node:buffer';
import { boundBroken } from './json-bounds.js';
import { describeJsonError } from './json-error.js';
import { Utf8Watch } from './utf8-watch.js';

const RUNS = { numRuns: 1_000 };
/** Texts that are almost JSON. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.constantFrom('', ',', ']', '}', '"', '\\', '\n', '1', '\0'),
  )
  .map(([text, at, removed, added]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + added + text.slice(place + removed);
  });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(), fc.nat({ max: 255 })).map(([text, at, byte]) => {
    const spoilt = Buffer.from(text);
    if (spoilt.length > 0) spoilt[at % spoilt.length] = byte;
    return spoilt;
  }),
);

/** Levels, outer entries and values of a parsed JSON text: what is counted in its bytes without parsing it. */
function measure(value: unknown): { levels: number; entries: number; values: number } {
  if (typeof value !== 'object' || value === null) return { levels: 0, entries: 0, values: 0 };
  const inner = Object.values(value).map(measure);
  const commas = Math.max(0, inner.length - 1);
  return {
    levels: 1 + Math.max(0, ...inner.map(({ levels }) => levels)),
    entries: inner.length,
    values: 1 + commas + inner.reduce((sum, { values }) => sum + values, 0),
  };
}

describe('boundBroken, for any JSON', () => {
  it('finds exactly what is beyond the bounds', () => {
    const json = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(json, fc.nat({ max: 2 }), fc.nat({ max: 5 }), (value, pretty, slack) => {
        const { levels, entries, values } = measure(value);
        const text = Buffer.from(JSON.stringify(value, null, pretty));
        const bounds = { levels, entries: entries + slack, values };
        expect(boundBroken(text, bounds)).toBeUndefined();
        if (levels > 0) expect(boundBroken(text, { ...bounds, levels: levels - 1 })).toBe('levels');
        if (entries > 1) expect(boundBroken(text, { ...bounds, entries: entries - 1 })).toBe('entries');
        if (levels > 0) expect(boundBroken(text, { ...bounds, values: values - 1 })).toBe('values');
      }),
      RUNS,
    );
  });
});

describe('describeJsonError, for any text', () => {
  it('names a place within the text, behind which no JSON can go on', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        if (isJson(text)) return;
        const said = describeJsonError(text);
        const place = /^is not valid JSON(?:: it ends too early| at line (\d+), column (\d+))$/.exec(said);
        expect(place).not.toBeNull();
        if (place?.[1] === undefined) return;
        const before = text.split('\n').slice(0, Number(place[1]) - 1);
        const offset = before.reduce((sum, line) => sum + line.length + 1, Number(place[2]) - 1);
        expect(offset).toBeLessThan(text.length);
        // Up to there it may yet become JSON: then the whole lacks nothing but its end.
        expect(describeJsonError(text.slice(0, offset))).toBe('is not valid JSON: it ends too early');
      }),
      RUNS,
    );
  });
});

describe('Utf8Watch, for any bytes', () => {
  it('agrees with Node about whole characters, in whatever pieces they come', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }), (given, sizes) => {
        // A line end, as every form has behind a value, ends a character that was cut.
        const ended = Buffer.concat([given, Buffer.from('\r\n')]);
        const watch = new Utf8Watch();
        for (let at = 0, piece = 0; at < ended.length; piece++) {
          const size = sizes[piece % sizes.length]!;
          watch.push(ended.subarray(at, at + size));
          at += size;
        }
        expect(watch.isValid).toBe(isUtf8(ended));
      }),
      RUNS,
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
