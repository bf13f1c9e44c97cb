import { describe, expect, it } from '@jest/globals';
import { integerOf, isRecord, textOf } from './answer-values.js';

describe('isRecord', () => {
  it.each([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['text', false],
  ])('%j: %s', (value, expected) => {
    expect(isRecord(value)).toBe(expected);
  });
});

describe('textOf', () => {
  it.each([
    ['text', 'text'],
    [7, ''],
    [null, ''],
    [['text'], ''],
  ])('%j is %j', (value, expected) => {
    expect(textOf(value)).toBe(expected);
  });
});

describe('integerOf', () => {
  it.each([
    [190, 190],
    [-3, -3],
    ['40105', 40105],
    [' 7 ', 7],
    ['', undefined],
    [' ', undefined],
    ['many', undefined],
    [1.5, undefined],
    [Infinity, undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j', (value, expected) => {
    expect(integerOf(value)).toBe(expected);
  });
});
