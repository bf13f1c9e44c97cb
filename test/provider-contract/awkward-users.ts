import type { AudienceUser } from '../../src/providers/contract/audience-user.js';

const EMAILS = [
  'mary@example.com',
  '  Mary.Smith@Example.COM ',
  'john.doe+promo@gmail.com',
  'J.O.H.N@GMail.com',
  '\tTEST@EXAMPLE.COM\n',
  'user@example.com.',
  'josé@exämple.de',
  'foo@bar',
  'a b@example.com',
  '@example.com',
  'two@@example.com',
  `${'x'.repeat(400)}@example.com`,
  'mary\u0000@example.com',
  'mary\ud800@example.com',
  '\u200fmary@example.com',
  'F1904CF1A9D73A55FA5DE0AC823C4403DED71AFD4C3248D00BDCD0866552BB79',
  'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79 and more',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '__proto__',
  '"; DROP TABLE users; --@example.com',
];

const PHONES = [
  '+15559876543',
  '15559876543',
  '+1 (616) 954-78 88',
  '+001 (616) 954-78 88',
  '0044 20 7946 0018',
  '020 7946 0018',
  '٠٥٠١٢٣٤٥٦٧',
  '＋１６１６９５４７８８８',
  '+0000000000',
  '(650) 253-0000',
  'call me',
  '12345',
  '+',
  '1'.repeat(300),
  '555-0143 ext. 12',
  '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e',
];

const COUNTRIES = ['US', ' us ', 'u.s.', 'USA', 'Germany', 'UK', 'ZZ', 'U', '12', 'Österreich', 'Côte d’Ivoire'];
const POSTAL_CODES = ['94025-3215', '９４０２５', '02139', 'SW1A 1AA', '01310-100', '1', '--', '\u0000'];
const NAMES = [
  'Mary',
  "O'Brien",
  'Van der Berg',
  'José',
  'Straße',
  '김민준',
  'Мария',
  '--',
  '👩‍👩‍👧',
  '\u202eabc',
  'x'.repeat(900),
];
const IDS = [
  'edge-tag-8842',
  ' 0012345 ',
  '标识-7',
  'A|b,c"d',
  'ada@example.com',
  '+1 202 555 0143',
  '{"a":1}',
  '\ud800',
];
const AMOUNTS = [44.5, '140', '0.9', 0, ' 12.30 ', 1e6, -3, '1,200.50', 'abc', 1e308];

/** Values that real lists hold and that broke other connectors, alone and together. */
export const AWKWARD_USERS: readonly AudienceUser[] = [
  {},
  ...EMAILS.map((email) => ({ email })),
  ...PHONES.flatMap((phone) => [
    { phone },
    { phone, country: 'US' },
    { phone, country: 'GB', email: 'ann@example.com' },
  ]),
  ...COUNTRIES.map((country) => ({ country, firstName: 'Mary', lastName: 'Smith', postalCode: '94025' })),
  ...POSTAL_CODES.flatMap((postalCode) =>
    ['US', 'GB', undefined].map((country) => ({ postalCode, country, email: 'z@example.com' })),
  ),
  ...NAMES.map((name) => ({ firstName: name, lastName: name, country: 'US' })),
  ...IDS.map((edgeTagId) => ({ edgeTagId })),
  ...IDS.map((edgeTagId) => ({ edgeTagId, email: 'ann@example.com' })),
  ...AMOUNTS.map((amount) => ({
    email: 'ann@example.com',
    purchase: { currency: 'USD', profit: amount, total7Days: amount },
  })),
  { email: 'ann@example.com', purchase: {} },
];
