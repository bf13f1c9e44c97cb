import { describe, expect, it } from '@jest/globals';
import type { IdentifierField, RejectionReason } from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareGoogleRows } from './google.normaliser.js';

const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
const PHONE = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
const LONDON = 'faad3b10918e39b5f4d5334f1e1e128719608e8bd3ad3b963dc30187b4518e23';
const ALEX = '4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0';
const LAST_QUINN = 'c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const HOME = { firstName: 'Alex', lastName: 'Quinn', country: 'us', postalCode: '94045' };

const prepare = (users: AudienceUser[], defaultCountry?: string) => prepareGoogleRows(users, { defaultCountry });
const rowOf = (user: AudienceUser) => prepare([user]).rows[0]?.row;
const rejectionsOf = (user: AudienceUser, defaultCountry?: string) =>
  prepare([user], defaultCountry).rejections.map(({ field, reason }) => [field, reason]);

describe('the digest of an address', () => {
  it.each([
    ['QuinnY@EXAMPLE.com', QUINN],
    ['  Jane.Doe+promo@Gmail.com ', 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69'],
    ['j.e.f..ferson.Loves.hiking@googlemail.com', '2824967181c781aced84c32bf8bb51fc6401202eeff88263776f63c99df9314c'],
    ['user.name+NYC@Example.com', 'f109a2a632fbcea5fc82049f50beed3d8621bf9034399f437fb622222acccdac'],
    ['JOSÉ.Núñez@Exämple.de', '9a3e94441cf2449d082b1d1295a16c8f00937d9a45ea785097a7341979b9e796'],
    ["o'connor@example.ie", '9926bc75806e32873f5eaf49dd1d2566f9b15ae1b8a8fa061d07b4a7f4a15cec'],
    ['cloudySanFrancisco@GMAIL.com', '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4'],
  ])('%j', (email, digest) => {
    expect(rowOf({ email })).toEqual([digest, '', '', '', '', '']);
  });

  it.each(['+tag@gmail.com', 'jane doe@example.com', 'janeexample.com', 'a@b@example.com'])(
    '%j is none, and its user is skipped',
    (email) => {
      expect(rejectionsOf({ email })).toEqual([
        ['email', 'invalid-format'],
        [undefined, 'no-usable-identifier'],
      ]);
    },
  );
});

describe('the digest of a phone number', () => {
  it.each([
    ['+1 800-555-0100', 'US', PHONE],
    ['(800) 555-0100', 'US', PHONE],
    ['020 7946 0018', 'GB', LONDON],
    ['0044 20 7946 0018', 'US', LONDON],
    ['+49 (0)30 901820', 'DE', '4db5829924ee5c466cbd9ac69b2a6af527f758614fa3b3aec8c89b16a709a678'],
    ['06 12 34 56 78', 'FR', '42d573cfc315801d4cd8eddd5416b416a0bf298b9b9e12d6b07442c91db42bd8'],
    ['11 91234-5678', 'BR', '195563c1d879cb1564e2cdd6d89363ecb1f091ac0eeac094760f06139eae6077'],
    ['+39 06 698 12345', 'IT', '6a63cf8febcd7ccbf5b6dbfc27dc58c9247dfc86e4da4a66d574baaee5a3160b'],
  ])('%j of %s', (phone, country, digest) => {
    expect(rowOf({ phone, country })).toEqual(['', digest, '', '', '', '']);
  });

  it.each<[string, string | undefined, RejectionReason]>([
    ['8005550100', undefined, 'missing-country'],
    ['12345', 'US', 'invalid-length'],
    ['+abc-DEF', 'US', 'invalid-format'],
  ])('%j of %s is none: %s', (phone, country, reason) => {
    expect(rejectionsOf({ phone, country })[0]).toEqual(['phone', reason]);
  });

  it('is that of the number completed by the tag, where its user has no country', () => {
    const { rows } = prepare([{ phone: '020 7946 0018' }, { phone: '020 7946 0018', country: ' ' }], 'GB');
    expect(rows.map(({ row }) => row[1])).toEqual([LONDON, LONDON]);
    expect(rejectionsOf({ phone: '020 7946 0018', country: 'Atlantis' }, 'GB')).toEqual([
      ['phone', 'unknown-country'],
      ['country', 'unknown-country'],
      [undefined, 'no-usable-identifier'],
    ]);
  });
});

describe('the digest of a first name', () => {
  it.each([
    [' Alex  ', ALEX],
    ['Mr. Alex', ALEX],
    ['José', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
    ['Jose\u0301', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
    ['ZOË', '2752b88686847fa5c86f47b94ce652b7b3f22a91c37617d451a4db9afa431450'],
    ['Mary Ann', '343b97011010c3549fe7fcd6c226ed9431ea37b0b77ed78f6300a0098925faf1'],
    ['Jean-Luc', '541459444b713dcbea4a267a8135219e7b6aadf83437691eb4ad6d72dfaba804'],
    ['Żółć', '47ff00909613d05d62e7ba4ae9e6c072d7371dcc16c7eb27edb5d298d21094ec'],
    ['李', 'c16667ca7839a011a548628372ac24f56500a68088eac17e3e7ee6edf9c54125'],
  ])('%j', (firstName, digest) => {
    expect(rowOf({ ...HOME, firstName })).toEqual(['', '', digest, LAST_QUINN, 'US', '94045']);
  });
});

describe('the digest of a last name', () => {
  it.each([
    [' Quinn ', LAST_QUINN],
    ['Quinn, Jr.', LAST_QUINN],
    ['quinn, jr., dds', LAST_QUINN],
    ["O'Brien", '65b87174be3b1b122e2b0929f0b84888637d31a4a83bb96a860bcff411f5e668'],
    ['Müller-Lüdenscheidt', '172b16f0eef5e91e526c105ff4b06843eac26a30e1a93522bf8943e6c400f1dc'],
    ['Núñez', '1aafcb92547a6d1d82dbb3e72eb5bf4d83f628aa06041547a1c0faff83d908e8'],
    ['van der Berg', 'a6fe68a719fbd8e4466cb6992d9a64dd1f6837e26dfc5a024f1393f51d3737c0'],
    ['ÅNGSTRÖM', 'd792fdbd024c6c8239fbb1d588beab4a614f12fb166e006c32cb85bceb2881ac'],
    ['Smith III', '6627835f988e2c5e50533d491163072d3f4f41f5c8b04630150debb3722ca2dd'],
  ])('%j', (lastName, digest) => {
    expect(rowOf({ ...HOME, lastName })).toEqual(['', '', ALEX, digest, 'US', '94045']);
  });

  it('is another than that of the same first name, where only one of the rules applies', () => {
    const { rows } = prepare([{ ...HOME, firstName: 'Quinn Jr.', lastName: 'Quinn Jr.' }]);
    expect(rows[0]?.row.slice(2, 4)).toEqual([expect.not.stringContaining(LAST_QUINN), LAST_QUINN]);
  });
});

describe('an address', () => {
  it.each([
    ['us', 'US'],
    [' gb ', 'GB'],
    ['De', 'DE'],
    ['BR', 'BR'],
    ['United Kingdom', 'GB'],
  ])('of %j is one of %s', (country, code) => {
    expect(rowOf({ ...HOME, country })?.slice(4)).toEqual([code, '94045']);
  });

  it.each(['94045', 'SW1A 1AA', '1229-076', '94045-1234', '00100'])(
    'keeps the postal code %s as it is',
    (postalCode) => {
      expect(rowOf({ ...HOME, postalCode: ` ${postalCode} ` })?.slice(4)).toEqual(['US', postalCode]);
    },
  );

  it.each<[Partial<AudienceUser>, IdentifierField, RejectionReason]>([
    [{ firstName: 'Dr.' }, 'firstName', 'invalid-format'],
    [{ lastName: ', Jr. ' }, 'lastName', 'invalid-format'],
    [{ country: 'u2' }, 'country', 'unknown-country'],
    [{ country: QUINN }, 'country', 'digest-not-accepted'],
    [{ postalCode: '--' }, 'postalCode', 'invalid-format'],
    [{ postalCode: QUINN }, 'postalCode', 'digest-not-accepted'],
  ])('with %j is left out, and its user is known by the rest', (change, field, reason) => {
    const { rows, rejections } = prepare([{ ...HOME, ...change, email: 'quinny@example.com' }]);
    expect(rows).toEqual([{ user: 0, row: [QUINN, '', '', '', '', ''] }]);
    expect(rejections).toEqual([{ user: 0, field, reason }]);
  });

  it.each(['firstName', 'lastName', 'country', 'postalCode'] as const)('is none without %s', (field) => {
    for (const absent of [undefined, '  ']) {
      const user = { ...HOME, [field]: absent };
      expect(rowOf({ ...user, email: 'quinny@example.com' })).toEqual([QUINN, '', '', '', '', '']);
      expect(rejectionsOf(user)).toEqual([[undefined, 'no-usable-identifier']]);
    }
  });
});

describe('a value that is a digest already', () => {
  it('is passed on where Google takes digests', () => {
    const user = { email: QUINN.toUpperCase(), phone: ` ${PHONE} `, ...HOME, firstName: ALEX, lastName: LAST_QUINN };
    expect(rowOf(user)).toEqual([QUINN, PHONE, ALEX, LAST_QUINN, 'US', '94045']);
  });

  it('is left out when it is that of nothing', () => {
    expect(rejectionsOf({ email: EMPTY, phone: '+18005550100' })).toEqual([['email', 'invalid-format']]);
  });
});

describe('users', () => {
  it('become rows in their order, without what Google has no place for', () => {
    const everything: AudienceUser = {
      ...HOME,
      email: 'QuinnY@EXAMPLE.com',
      phone: '(800) 555-0100',
      edgeTagId: 'edge-1',
      purchase: { currency: 'USD', profit: 3, total7Days: 4 },
    };
    expect(prepare([{}, everything, { edgeTagId: 'edge-2' }, { email: 'quinny@example.com' }])).toMatchObject({
      rows: [
        { user: 1, row: [QUINN, PHONE, ALEX, LAST_QUINN, 'US', '94045'] },
        { user: 3, row: [QUINN, '', '', '', '', ''] },
      ],
      rejections: [
        { user: 0, reason: 'no-usable-identifier' },
        { user: 2, reason: 'no-usable-identifier' },
      ],
    });
  });
});
