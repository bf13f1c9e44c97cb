import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareTwitterRows } from './twitter.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const US_PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';
const GB_PHONE = 'f0bf0228144d9fe2bdf1da2d8ca698f17bf1410ee688b075c27062e47b6f0b6d';
const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const prepare = (users: AudienceUser[], sendPartnerUserId = false) => prepareTwitterRows(users, { sendPartnerUserId });
const rowOf = (user: AudienceUser, sendPartnerUserId = false) => prepare([user], sendPartnerUserId).rows[0]?.row;

describe('email', () => {
  it.each([
    ['abc@twitter.com', '4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3'],
    [' Test@Twitter.COM ', 'd360d510a224510f373931ce2d6215a799f5a9c1cef221b0149b6b6b50cced62'],
    ['test@x.com', '5806dc6b2f04fb728708a8f7b81c14edcd4fba36f77914cf0c9368d9a3a25f76'],
    ['Jane.Doe@Example.COM', JANE],
    ['Jane.Doe+promo@gmail.com', '5f0d1df1fc49e30424381b57b1d4c73e067772a4267dde043a19b026935602c8'],
    ['JOSÉ.GARCÍA@CORREO.ES', 'd6e6322f24ceab11df1fd329198226a78912ddc28c9fd17ac9bd4f6f107d9b15'],
    ['JOSE\u0301.GARCI\u0301A@CORREO.ES', 'd6e6322f24ceab11df1fd329198226a78912ddc28c9fd17ac9bd4f6f107d9b15'],
    ['jürgen@münchen.de', 'e64651d05689d6a40ea2f046cc4c96e5c43405c1e3066ea58a9b28389610959c'],
    ['\u200fjane.doe@example.com\u00a0', JANE],
    ['\tjane.doe@example.com\n', JANE],
  ])('%j', (email, digest) => {
    expect(rowOf({ email })).toEqual([digest, '', '']);
  });

  it.each([
    'abc',
    'a b@c.de',
    'a@b',
    'a@b.',
    '@b.de',
    'a@@b.de',
    'a@b@c.de',
    'Jane <jane.doe@example.com>',
    'a@b.de,c@d.de',
    'a@b.de\0',
    'a\ud800@b.de',
  ])('%j is left out', (email) => {
    expect(prepare([{ email }])).toEqual({
      rows: [],
      rejections: [
        { user: 0, field: 'email', reason: 'invalid-format' },
        { user: 0, reason: 'no-usable-identifier' },
      ],
    });
  });

  it.each(['', ' ', '\u200b\u00a0'])('%j is nothing', (email) => {
    expect(prepare([{ email }]).rejections).toEqual([{ user: 0, reason: 'no-usable-identifier' }]);
  });

  it.each([`${'a'.repeat(250)}@example.com`, `${'é'.repeat(250)}@example.com`])(
    'is left out when too long',
    (email) => {
      expect(prepare([{ email }]).rejections[0]).toEqual({ user: 0, field: 'email', reason: 'invalid-length' });
    },
  );
});

describe('phone', () => {
  it.each<[string, string | undefined, string]>([
    ['+1 (123) 456-7890', undefined, '1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231'],
    ['(415) 555-2671', 'US', US_PHONE],
    ['415-555-2671 x123', 'US', US_PHONE],
    ['001 415 555 2671', 'GB', US_PHONE],
    ['+14155552671', undefined, US_PHONE],
    ['+1 415 555 2671 ext. 9', 'united states', US_PHONE],
    ['＋１４１５５５５２６７１', undefined, US_PHONE],
    ['020 7946 0958', 'GB', GB_PHONE],
    ['0044 20 7946 0958', 'GB', GB_PHONE],
    ['+44 (0)20 7946 0958', undefined, GB_PHONE],
    ['06 12 34 56 78', 'FR', '42d573cfc315801d4cd8eddd5416b416a0bf298b9b9e12d6b07442c91db42bd8'],
    ['06 698 12345', 'IT', '6a63cf8febcd7ccbf5b6dbfc27dc58c9247dfc86e4da4a66d574baaee5a3160b'],
    ['+39 06 698 12345', undefined, '6a63cf8febcd7ccbf5b6dbfc27dc58c9247dfc86e4da4a66d574baaee5a3160b'],
    ['8 (912) 345-67-89', 'RU', '694e8de862e4f3198b67f7a4aa9f4dfb123c5b78b0a72460ce882c405b111e63'],
    ['0171 1234567', 'DE', '26fe61aab2698bb3696dc47387e6c64172c6c716727917caaf6ff965d030cb3d'],
    ['090-1234-5678', 'JP', '3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64'],
    ['(11) 98765-4321', 'BR', '38225ec3dccec4189659c110ddc4f3dc9c27539850cb6a9ddae31ae03a5cf441'],
    ['٠٥٠١٢٣٤٥٦٧', 'SA', '90a38f9294c5ab0c10c460c72353df5b7d0bd03ca3c4a01809c0f6363705b84f'],
  ])('%j %s', (phone, country, digest) => {
    expect(rowOf({ phone, country })).toEqual(['', digest, '']);
  });

  it.each<[string, string | undefined, string]>([
    ['555-1234', undefined, 'missing-country'],
    ['555-1234', ' ', 'missing-country'],
    ['555-1234', 'US', 'invalid-length'],
    ['12345', 'US', 'invalid-length'],
    ['020 7946 0958', 'Atlantis', 'unknown-country'],
    ['020 7946 0958', 'AQ', 'unknown-country'],
    ['n/a', 'US', 'invalid-format'],
    ['+1 800 FLOWERS', undefined, 'invalid-format'],
    ['+', undefined, 'invalid-format'],
    ['+0123456789', undefined, 'invalid-format'],
    ['+0000000000', undefined, 'invalid-format'],
    ['+1234567', undefined, 'invalid-length'],
    ['+1234567890123456', undefined, 'invalid-length'],
    ['1'.repeat(300), 'US', 'invalid-length'],
  ])('%j %s is left out', (phone, country, reason) => {
    expect(prepare([{ email: 'jane.doe@example.com', phone, country }])).toEqual({
      rows: [{ user: 0, row: [JANE, '', ''] }],
      rejections: [{ user: 0, field: 'phone', reason }],
    });
  });

  it.each(['', ' ', '\u200b'])('%j is nothing', (phone) => {
    expect(prepare([{ phone, country: 'US' }]).rejections).toEqual([{ user: 0, reason: 'no-usable-identifier' }]);
  });
});

describe('edgeTagId', () => {
  it.each([
    ['edge-12345', 'edge-12345'],
    [' edge-12345 ', 'edge-12345'],
    ['Ünï-1', 'Ünï-1'],
    ['007', '007'],
    ['a,b', 'a,b'],
  ])('%j is sent as %j where the account has an agreement with X', (edgeTagId, id) => {
    expect(rowOf({ edgeTagId }, true)).toEqual(['', '', id]);
    expect(rowOf({ edgeTagId, email: 'jane.doe@example.com' })).toEqual([JANE, '', '']);
    expect(prepare([{ edgeTagId }]).rejections).toEqual([{ user: 0, reason: 'no-usable-identifier' }]);
  });

  it.each([
    ['jane.doe@example.com', 'looks-like-personal-data'],
    ['+1 202 555 0143', 'looks-like-personal-data'],
    ['half \ud800', 'invalid-format'],
  ])('%j is held back', (edgeTagId, reason) => {
    expect(prepare([{ edgeTagId, email: 'jane.doe@example.com' }], true)).toEqual({
      rows: [{ user: 0, row: [JANE, '', ''] }],
      rejections: [{ user: 0, field: 'edgeTagId', reason }],
    });
  });

  it('that is blank is nothing', () => {
    expect(prepare([{ edgeTagId: ' ' }], true).rejections).toEqual([{ user: 0, reason: 'no-usable-identifier' }]);
  });
});

describe('digests', () => {
  it.each(['email', 'phone'] as const)('are passed on in %s, in lower case', (field) => {
    expect(rowOf({ [field]: ` ${JANE.toUpperCase()} ` })).toEqual(field === 'email' ? [JANE, '', ''] : ['', JANE, '']);
  });

  it.each(['email', 'phone'] as const)('of nothing are never passed on in %s', (field) => {
    expect(prepare([{ [field]: EMPTY_DIGEST.toUpperCase() }])).toEqual({
      rows: [],
      rejections: [
        { user: 0, field, reason: 'invalid-format' },
        { user: 0, reason: 'no-usable-identifier' },
      ],
    });
  });

  it('with one character more are no digests', () => {
    expect(prepare([{ email: `${JANE}0` }]).rows).toEqual([]);
  });
});

describe('users', () => {
  it('become rows by their index, of nothing but e-mail and phone', () => {
    const everything: AudienceUser = {
      edgeTagId: 'edge-1',
      email: 'Jane.Doe@Example.COM',
      phone: '(415) 555-2671',
      firstName: 'Jane',
      lastName: 'Doe',
      country: 'US',
      postalCode: '94025',
      purchase: { currency: 'USD', profit: 3, total7Days: 4 },
    };
    expect(prepare([{}, everything, { firstName: 'Jane', country: 'US' }])).toEqual({
      rows: [{ user: 1, row: [JANE, US_PHONE, ''] }],
      rejections: [
        { user: 0, reason: 'no-usable-identifier' },
        { user: 2, reason: 'no-usable-identifier' },
      ],
    });
  });
});
