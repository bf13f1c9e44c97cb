import { describe, expect, it } from '@jest/globals';
import type { IdentifierField } from '../../contract/audience-provider.js';
import { givenDigest } from '../given-digest.js';
import { Unusable } from '../normalise.js';
import { hashed } from './hashed.js';
import { refused, told, traceOf } from './value-trace.js';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function listen() {
  const steps: [IdentifierField, string, string][] = [];
  const trace = { step: (...step: [IdentifierField, string, string]) => void steps.push(step) };
  return { steps, trace };
}

describe('traceOf', () => {
  it('is nothing when nobody listens', () => {
    expect(traceOf(undefined, 'email', 'mary@example.com')).toBeUndefined();
  });

  it('tells the value first, then every step that changes it', () => {
    const { steps, trace } = listen();
    const email = traceOf(trace, 'email', ' A@b.c');
    expect(told(email, 'trimmed', 'A@b.c')).toBe('A@b.c');
    expect(told(email, 'composed', 'A@b.c')).toBe('A@b.c');
    expect(told(email, 'lower case', 'a@b.c')).toBe('a@b.c');
    expect(steps).toEqual([
      ['email', 'as given', ' A@b.c'],
      ['email', 'trimmed', 'A@b.c'],
      ['email', 'lower case', 'a@b.c'],
    ]);
  });

  it('keeps two values of one field apart, even where they are the same', () => {
    const { steps, trace } = listen();
    traceOf(trace, 'purchase', '5', 'profit as given');
    traceOf(trace, 'purchase', '5', 'total7Days as given');
    expect(steps).toEqual([
      ['purchase', 'profit as given', '5'],
      ['purchase', 'total7Days as given', '5'],
    ]);
  });
});

it('refused tells why, and the reason by its word', () => {
  const { steps, trace } = listen();
  expect(refused(traceOf(trace, 'email', 'x'), 'not an address', Unusable.format)).toBe(Unusable.format);
  expect(refused(undefined, 'not an address', Unusable.format)).toBe(Unusable.format);
  expect(steps.at(-1)).toEqual(['email', 'refused: not an address', 'invalid-format']);
});

describe('hashed', () => {
  it('is the digest of a normal form, and the last step of it', () => {
    const { steps, trace } = listen();
    expect(hashed('mary@example.com', traceOf(trace, 'email', 'mary@example.com'))).toBe(MARY);
    expect(steps.at(-1)).toEqual(['email', 'SHA-256', MARY]);
    expect(hashed('mary@example.com')).toBe(MARY);
  });

  it.each(['', Unusable.length])('leaves %p as it is, and tells no step', (normal) => {
    const { steps, trace } = listen();
    expect(hashed(normal, traceOf(trace, 'email', ' '))).toBe(normal);
    expect(steps).toHaveLength(1);
  });
});

it.each([
  [MARY.toUpperCase(), 'a SHA-256 digest already', MARY],
  [MARY, 'a SHA-256 digest already', MARY],
  [EMPTY, 'refused: the digest of nothing', 'invalid-format'],
])('givenDigest tells what it makes of %s', (value, rule, result) => {
  const { steps, trace } = listen();
  givenDigest(value, traceOf(trace, 'email', value));
  expect(steps.slice(1)).toEqual([['email', rule, result]]);
});
