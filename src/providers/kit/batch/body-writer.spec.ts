import { describe, expect, it } from '@jest/globals';
import { BodyWriter } from './body-writer.js';

function written(texts: readonly string[], bytes: number): Buffer {
  const body = new BodyWriter(bytes);
  for (const text of texts) body.add(text);
  return body.end();
}

describe('BodyWriter', () => {
  it.each([0, 1, 127, 128, 129, 256, 1_000])('puts %i texts together as they come', (count) => {
    const texts = Array.from({ length: count }, (_, at) => `"${at}",`);
    expect(written(texts, 10_000).toString()).toBe(texts.join(''));
  });

  it.each(['plain', 'Zoë Lefèvre', '佐藤 蓮', 'clown 🤡'])(
    'writes %s as UTF-8, however much room there was',
    (text) => {
      const texts = Array.from({ length: 300 }, () => text);
      const whole = Buffer.from(texts.join(''));
      for (const bytes of [0, 1, whole.length - 1, whole.length, whole.length + 1, 3 * whole.length]) {
        expect(written(texts, bytes)).toEqual(whole);
      }
    },
  );

  it('keeps a text of several blocks whole', () => {
    const long = 'ä'.repeat(100_000);
    expect(written(['[', long, ']'], 16).toString()).toBe(`[${long}]`);
  });
});
