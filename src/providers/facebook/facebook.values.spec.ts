import { describe, expect, it } from '@jest/globals';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { facebookEmail, facebookLookalikeValue, facebookName, facebookPhone, facebookZip } from './facebook.values.js';

const DIGEST = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

function reason(result: Normalised): string {
  return result instanceof Unusable ? result.reason : `taken as ${result}`;
}

describe('facebookEmail', () => {
  it.each([
    ['\u200Emary@example.com\u200F', 'mary@example.com'],
    ['\uFEFF mary@exam\u00ADple.com\u200B', 'mary@example.com'],
    ['MARY@EXAMPLE.COM...', 'mary@example.com'],
    ['用户@例子.公司', '用户@例子.公司'],
    ["o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"],
    ['😀@example.com', '😀@example.com'],
    [`${'a'.repeat(242)}@example.com`, `${'a'.repeat(242)}@example.com`],
    [' \u00A0', ''],
    ['\u200B', ''],
  ])('reads %j', (value, expected) => {
    expect(facebookEmail(value)).toBe(expected);
  });

  it.each([
    'foo@bar',
    'a b@example.com',
    'a@b@example.com',
    '@example.com',
    'mary@',
    'mary@.com',
    'mary@example..com',
    'Mary <mary@example.com>',
    '<mary@example.com>',
    'mailto:mary@example.com',
    'a@example.com,b@example.com',
    'mary\0@example.com',
    'mary\uD800@example.com',
    'mary@example.com .',
    '...',
    '123',
    `${DIGEST}0`,
    `x${DIGEST}`,
  ])('has no use for %j', (value) => {
    expect(reason(facebookEmail(value))).toBe('invalid-format');
  });

  it.each([[`${'a'.repeat(243)}@example.com`], ['@'.repeat(1_000_000)], ['a.'.repeat(500_000)]])(
    'refuses what is too long, at once',
    (value) => {
      expect(reason(facebookEmail(value))).toBe('invalid-length');
    },
  );
});

describe('facebookPhone', () => {
  it.each([
    ['+442079460018', undefined, '442079460018'],
    ['\u202A+44 20 7946 0018\u202C', undefined, '442079460018'],
    ['415-555-2671 x123', 'US', '14155552671'],
    ['14155552671', 'US', '14155552671'],
    ['442079460018', 'GB', '442079460018'],
    ['442079460018', undefined, '442079460018'],
    ['+442079460018', 'US', '442079460018'],
    ['+999 123 456 789', undefined, '999123456789'],
    ['+39 06 1234 5678', undefined, '390612345678'],
    ['+49 151 23456789', 'AQ', '4915123456789'],
    ['4915123456789', 'AQ', '4915123456789'],
    ['  ', 'US', ''],
    ['+001 (616) 954-78 88', undefined, '16169547888'],
    ['0044 20 7946 0018', undefined, '442079460018'],
    ['000 44 20 7946 0018', undefined, '442079460018'],
    ['+0 44 20 7946 0018', 'US', '442079460018'],
  ])('reads %j (%s)', (value, country, expected) => {
    expect(facebookPhone(value, country)).toBe(expected);
  });

  it.each([
    ['call me', undefined, 'invalid-format'],
    ['+', undefined, 'invalid-format'],
    ['+0000000000', undefined, 'invalid-format'],
    ['(650) 253-0000', undefined, 'missing-country'],
    ['020 7946 0018', undefined, 'missing-country'],
    ['00', undefined, 'invalid-format'],
    ['0123456789012', undefined, 'missing-country'],
    ['020 7946 0018', 'AQ', 'missing-country'],
    ['12345', undefined, 'invalid-length'],
    ['12345', 'US', 'invalid-length'],
    ['+12345', undefined, 'invalid-length'],
    ['1234567890123456', undefined, 'invalid-length'],
    ['+1 415 555 2671 / +1 415 555 2672', 'US', 'invalid-length'],
    ['9'.repeat(251), 'US', 'invalid-length'],
    [`${DIGEST}x`, undefined, 'invalid-length'],
    ['\0\uD800', 'US', 'invalid-format'],
  ])('has no use for %j (%s)', (value, country, expected) => {
    expect(reason(facebookPhone(value, country))).toBe(expected);
  });
});

describe('facebookName', () => {
  it.each([
    ['Mary 😀', 'mary😀'],
    ['\u200Fמשה\u200E', 'משה'],
    ['\u202AMary\u202C\0', 'mary'],
    ['«Anne»\u3000—\u00A0Marie', 'annemarie'],
    ['$+<=>^`|~Ann', 'ann'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    ['Mary2', 'mary2'],
    ['İnci', 'i\u0307nci'],
    ['Jose\u200B\u0301', 'jos\u00E9'],
    [`${DIGEST}!0`, `${DIGEST}0`],
    ['12345', '12345'],
    ['\u200B\uFEFF', ''],
  ])('reads %j', (value, expected) => {
    expect(facebookName(value)).toBe(expected);
  });

  it.each(['--', "'", '\0', 'Mary\uD800', '\uDC00'])('has no use for %j', (value) => {
    expect(reason(facebookName(value))).toBe('invalid-format');
  });

  it('takes a very long one', () => {
    expect(facebookName('-A'.repeat(500_000))).toBe('a'.repeat(500_000));
  });
});

describe('facebookZip', () => {
  it.each([
    ['CA 94025', 'US', '94025'],
    ['94025\u20113215', 'US', '94025'],
    ['2139', 'US', '2139'],
    ['SW1A1AA', 'GB', 'sw1a1'],
    ['SW1A', 'GB', 'sw1a'],
    ['EC1A 1BB', 'GB', 'ec1a1'],
    ['SW1A 1AA', undefined, 'sw1a1aa'],
    ['JE2 3NN', 'JE', 'je23nn'],
    ['940253215', undefined, '940253215'],
    ['\u200F١٢٣٤٥', 'EG', '12345'],
    ['\t \u200B', 'US', ''],
  ])('reads %j (%s)', (value, country, expected) => {
    expect(facebookZip(value, country)).toBe(expected);
  });

  it.each([
    ['1', undefined, 'invalid-length'],
    ['-1010', undefined, 'invalid-length'],
    ['none', 'US', 'invalid-length'],
    ['10\x0010', 'AT', 'invalid-format'],
    ['10\uD80010', 'AT', 'invalid-format'],
  ])('has no use for %j (%s)', (value, country, expected) => {
    expect(reason(facebookZip(value, country))).toBe(expected);
  });
});

describe('facebookLookalikeValue', () => {
  it.each([
    [44.5, 44.5],
    ['140', 140],
    ['0.9', 0.9],
    [0, 0],
    [' 12.30 ', 12.3],
    [1e6, 1_000_000],
    ['1e6', 1_000_000],
    ['.5', 0.5],
    [-3, 0],
    ['-3', 0],
    [-0, 0],
    ['', 0],
    [' ', 0],
    [undefined, 0],
  ])('reads %j as %d', (total7Days, expected) => {
    expect(facebookLookalikeValue({ total7Days })).toBe(expected);
    expect(facebookLookalikeValue({ profit: total7Days })).toBe(expected);
  });

  it.each(['1,200.50', 'abc', '0x10', '12 EUR', 'Infinity', '1e999', NaN, Infinity, -Infinity])(
    'finds no number in %s',
    (total7Days) => {
      expect(facebookLookalikeValue({ total7Days, profit: 5 })).toBeUndefined();
    },
  );

  it('takes null for nothing', () => {
    const nothing = null as unknown as undefined;
    expect(facebookLookalikeValue({ total7Days: nothing, profit: nothing })).toBe(0);
    expect(facebookLookalikeValue({ total7Days: nothing, profit: 5 })).toBe(5);
  });

  it('prefers the seven days to the profit', () => {
    expect(facebookLookalikeValue({ total7Days: 0, profit: 5 })).toBe(0);
    expect(facebookLookalikeValue({ total7Days: '', profit: 5 })).toBe(5);
    expect(facebookLookalikeValue({ profit: '5' })).toBe(5);
    expect(facebookLookalikeValue({ currency: 'EUR' })).toBe(0);
    expect(facebookLookalikeValue(undefined)).toBe(0);
  });
});
