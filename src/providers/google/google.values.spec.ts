import { describe, expect, it } from '@jest/globals';
import { Unusable } from '../kit/normalise.js';
import { googleEmail, googleFirstName, googleLastName, googlePhone, googlePostalCode } from './google.values.js';

describe('googleEmail', () => {
  it.each([
    ['QuinnY@EXAMPLE.com', 'quinny@example.com'],
    ['  Jane.Doe+promo@Gmail.com ', 'janedoe@gmail.com'],
    ['j.e.f..ferson.Loves.hiking@googlemail.com', 'jeffersonloveshiking@googlemail.com'],
    ['user.name+NYC@Example.com', 'user.name+nyc@example.com'],
    ['JOSÉ.Núñez@Exämple.de', 'josé.núñez@exämple.de'],
    ["o'connor@example.ie", "o'connor@example.ie"],
    ['cloudySanFrancisco@GMAIL.com', 'cloudysanfrancisco@gmail.com'],
    ['first.last@gmail.com.example.org', 'first.last@gmail.com.example.org'],
    ['first.last@notgmail.com', 'first.last@notgmail.com'],
    ['a+b+c@gmail.com', 'a@gmail.com'],
    ['\u200bquinny@example.com\u00a0', 'quinny@example.com'],
    ['用户@例子.公司', '用户@例子.公司'],
  ])('%j is %j', (value, normal) => {
    expect(googleEmail(value)).toBe(normal);
  });

  it.each([
    '+tag@gmail.com',
    '...@gmail.com',
    'jane doe@example.com',
    'jane\u00a0doe@example.com',
    'janeexample.com',
    'a@b@example.com',
    '@example.com',
    'a@',
    'Quinn <quinny@example.com>',
    'mary\u0000@example.com',
    'mary\ud800@example.com',
  ])('%j is no address', (value) => {
    expect(googleEmail(value)).toBe(Unusable.format);
  });

  it.each(['', ' ', '\t\u00a0', '\u200b'])('%j is nothing', (value) => {
    expect(googleEmail(value)).toBe('');
  });

  it('is not longer than an address can be', () => {
    expect(googleEmail(`${'x'.repeat(242)}@example.com`)).toHaveLength(254);
    expect(googleEmail(`${'x'.repeat(243)}@example.com`)).toBe(Unusable.length);
  });
});

describe('googlePhone', () => {
  it.each([
    ['+1 800-555-0100', 'US', '+18005550100'],
    ['(800) 555-0100', 'US', '+18005550100'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['0044 20 7946 0018', 'US', '+442079460018'],
    ['+49 (0)30 901820', 'DE', '+4930901820'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['11 91234-5678', 'BR', '+5511912345678'],
    ['+39 06 698 12345', 'IT', '+390669812345'],
    ['+442079460018', 'DE', '+442079460018'],
    ['٠٥٠١٢٣٤٥٦٧', 'AE', '+971501234567'],
    ['＋１６１６９５４７８８８', 'GB', '+16169547888'],
    ['\u202a+1 800 555 0100\u202c', 'US', '+18005550100'],
  ])('%j of %s is %s', (value, country, normal) => {
    expect(googlePhone(value, country)).toBe(normal);
  });

  it.each<[string, string | Unusable, Unusable]>([
    ['8005550100', Unusable.missingCountry, Unusable.missingCountry],
    ['8005550100', Unusable.unknownCountry, Unusable.unknownCountry],
    ['8005550100', 'AQ', Unusable.unknownCountry],
    ['12345', 'US', Unusable.length],
    ['+1 23', 'US', Unusable.length],
    ['1'.repeat(300), 'US', Unusable.length],
    ['+abc-DEF', 'US', Unusable.format],
    ['1-800-FLOWERS', 'US', Unusable.format],
    ['+0000000000', 'US', Unusable.format],
    ['+', 'US', Unusable.format],
  ])('%j of %p is left out', (value, country, reason) => {
    expect(googlePhone(value, country)).toBe(reason);
  });

  it.each(['', '  ', '\u200b'])('%j is nothing', (value) => {
    expect(googlePhone(value, Unusable.missingCountry)).toBe('');
  });
});

describe('googleFirstName', () => {
  it.each([
    [' Alex  ', 'alex'],
    ['Mr. Alex', 'alex'],
    ['DR. Alex', 'alex'],
    ['Mr.Alex', 'mr.alex'],
    ['Mrs. Dr. Alex', 'dr. alex'],
    ['Drew', 'drew'],
    ['José', 'josé'],
    ['Jose\u0301', 'josé'],
    ['ZOË', 'zoë'],
    ['Mary Ann', 'mary ann'],
    ['Jean-Luc', 'jean-luc'],
    ['Żółć', 'żółć'],
    ['李', '李'],
    ['\u202eabc', 'abc'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
  ])('%j is %j', (value, normal) => {
    expect(googleFirstName(value)).toBe(normal);
  });

  it.each(['Dr.', 'mr. ', 'a\u0000b', 'a\ud800'])('%j is no name', (value) => {
    expect(googleFirstName(value)).toBe(Unusable.format);
  });

  it.each(['', '   ', '\u200b'])('%j is nothing', (value) => {
    expect(googleFirstName(value)).toBe('');
  });
});

describe('googleLastName', () => {
  it.each([
    [' Quinn ', 'quinn'],
    ['Quinn, Jr.', 'quinn'],
    ['quinn, jr., dds', 'quinn'],
    ['Quinn III PhD', 'quinn'],
    ["O'Brien", "o'brien"],
    ['Müller-Lüdenscheidt', 'müller-lüdenscheidt'],
    ['Núñez', 'núñez'],
    ['van der Berg', 'van der berg'],
    ['ÅNGSTRÖM', 'ångström'],
    ['Smith III', 'smith'],
    ['Md', 'md'],
    ['Vi', 'vi'],
    ['Davi', 'davi'],
  ])('%j is %j', (value, normal) => {
    expect(googleLastName(value)).toBe(normal);
  });

  it.each([', Jr. ', ' , ii', 'a\u0007b'])('%j is no name', (value) => {
    expect(googleLastName(value)).toBe(Unusable.format);
  });

  it('takes no time over blanks without end', () => {
    const startedAt = performance.now();
    expect(googleLastName(`a${' '.repeat(200_000)}b`)).toHaveLength(200_002);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('googlePostalCode', () => {
  it.each([
    ['94045', '94045'],
    [' 02134 ', '02134'],
    ['SW1A 1AA', 'SW1A 1AA'],
    ['sw1a 1aa', 'sw1a 1aa'],
    ['1229-076', '1229-076'],
    ['94045-1234', '94045-1234'],
    ['00100', '00100'],
    ['９４０２５', '９４０２５'],
    ['94045\u200b', '94045'],
  ])('%j is %j', (value, normal) => {
    expect(googlePostalCode(value)).toBe(normal);
  });

  it.each<[string, Unusable]>([
    ['--', Unusable.format],
    ['94\u000045', Unusable.format],
    ['94\ud80045', Unusable.format],
    ['9'.repeat(21), Unusable.length],
  ])('%j is left out', (value, reason) => {
    expect(googlePostalCode(value)).toBe(reason);
  });

  it.each(['', '  ', '\u200b'])('%j is nothing', (value) => {
    expect(googlePostalCode(value)).toBe('');
  });
});
