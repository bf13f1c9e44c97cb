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
});
