import { describe, expect, it } from '@jest/globals';
import { inOnePiece, jsonText } from './json-text.js';

describe('jsonText', () => {
  const everyUnit = Array.from({ length: 0x300 }, (_, code) => `a${String.fromCharCode(code)}b`);

  it.each(['', 'edge-1', '"', '\\', 'a\nb', 'Zoë', '佐藤', '\ud800', '\u2028', ...everyUnit])(
    'writes %j as JSON does',
    (text) => {
      expect(jsonText(text)).toBe(JSON.stringify(text));
    },
  );
});

it('inOnePiece changes nothing', () => {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('');
  expect(inOnePiece(`${ascii}${ascii}`)).toBe(ascii + ascii);
});
