import { describe, expect, it } from '@jest/globals';
import { Unusable } from '../normalise.js';
import { completeNumber, type PhoneCountry } from './phone-number.js';

const abroad = (digits: string) => ({ digits, international: true });
const national = (digits: string) => ({ digits, international: false });

describe('completeNumber', () => {
  it.each<[{ digits: string; international: boolean }, PhoneCountry, string]>([
    [abroad('442079460958'), Unusable.missingCountry, '+442079460958'],
    [abroad('4402079460958'), 'US', '+442079460958'],
    [abroad('390669812345'), 'US', '+390669812345'],
    [abroad('12345678'), Unusable.missingCountry, '+12345678'],
    [national('02079460958'), 'GB', '+442079460958'],
    [national('0669812345'), 'IT', '+390669812345'],
    [national('89123456789'), 'RU', '+79123456789'],
  ])('%j in %s is %s', (dialled, country, number) => {
    expect(completeNumber(dialled, country)).toBe(number);
  });

  it.each<[{ digits: string; international: boolean }, PhoneCountry, Unusable]>([
    [abroad(''), 'US', Unusable.format],
    [abroad('0442079460958'), 'US', Unusable.format],
    [abroad('1234567'), 'US', Unusable.length],
    [abroad('1234567890123456'), 'US', Unusable.length],
    [national('02079460958'), Unusable.missingCountry, Unusable.missingCountry],
    [national('02079460958'), Unusable.unknownCountry, Unusable.unknownCountry],
    [national('02079460958'), 'AQ', Unusable.unknownCountry],
    [national('12345'), 'US', Unusable.length],
  ])('%j in %s is none', (dialled, country, reason) => {
    expect(completeNumber(dialled, country)).toBe(reason);
  });
});
