import { describe, expect, it } from '@jest/globals';
import { Unusable } from '../normalise.js';
import { plainId } from './plain-id.js';

describe('plainId', () => {
  it.each([
    [' edge-12345 ', 'edge-12345'],
    ['0012345', '0012345'],
    ['标识-7', '标识-7'],
    ['4155552671', '4155552671'],
    [' ', ''],
  ])('%j is %j', (value, id) => {
    expect(plainId(value)).toBe(id);
  });

  it.each([
    ['ada@example.com', Unusable.personalData],
    ['+1 202 555 0143', Unusable.personalData],
    ['(415) 555-2671', Unusable.personalData],
    ['＋１２０２５５５０１４３', Unusable.personalData],
    ['a\u0000b', Unusable.format],
    ['\ud800', Unusable.format],
  ])('%j is held back', (value, reason) => {
    expect(plainId(value)).toBe(reason);
  });

  it.each([
    '0012345',
    '15559876543',
    '00447400123456',
    '2024-0001-2345',
    '2024.11.21',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79',
    '@handle',
    'user@tenant',
    'Ünï-1',
    'a b',
    '+1',
    '+12345678901234567',
    '12 34',
    '9'.repeat(300),
  ])('keeps %s', (value) => {
    expect(plainId(` ${value}\t`)).toBe(value);
  });

  it.each([
    'mary@example.com',
    'mailto:mary@example.com',
    'id mary@example.com',
    'MARY＠EXAMPLE.COM',
    '+14155552671',
    '+1 (415) 555-2671',
    '+44.20.7946.0018',
    '(650) 253-0000',
    '650-253-0000',
    '650.253.0000',
    '1-650-253-0000',
    '020 7946 0018',
    '06 12 34 56 78',
    '＋４４２０７９４６００１８',
    '+٩٧١٥٠١٢٣٤٥٦٧',
  ])('holds %s back', (value) => {
    expect(plainId(value)).toBe(Unusable.personalData);
  });

  it.each(['a\0b', 'a\uD800', 'a\nb'])('has no use for %j, which would spoil the whole request', (value) => {
    expect(plainId(value)).toBe(Unusable.format);
  });
});
