import { describe, expect, it } from '@jest/globals';
import type { IdentifierField, RejectionReason } from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareLinkedInRows } from './linkedin.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const email = 'jane.doe@example.com';

const prepare = (...users: AudienceUser[]) => prepareLinkedInRows(users);
const rowOf = (user: AudienceUser) => prepare(user).rows[0]?.row;
const rejectionsOf = (user: AudienceUser) => prepare(user).rejections;

describe('email', () => {
  it.each([
    ['Jane.Doe@Example.COM', JANE],
    ['  jane.doe@example.com\t', JANE],
    ['jane . doe @example.com', JANE],
    ['\u200bjane.doe@exam\u2060ple.com\ufeff', JANE],
    ['Jane.Doe+promo@gmail.com', '5f0d1df1fc49e30424381b57b1d4c73e067772a4267dde043a19b026935602c8'],
    ['janedoe@gmail.com', 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69'],
    ['JOSÉ.GARCÍA@CORREO.ES', 'd6e6322f24ceab11df1fd329198226a78912ddc28c9fd17ac9bd4f6f107d9b15'],
    ['jose\u0301@correo.es', '2e8709e8be656579491cc71e17ce096cac1f2002d727b0aae628fbf6df04d141'],
    ['jürgen@münchen.de', 'e64651d05689d6a40ea2f046cc4c96e5c43405c1e3066ea58a9b28389610959c'],
    ["o'brien@Example.co.uk", 'ac15301c3f78cca6ce1edcd0e75fe6b854c80873d1a2ae10ee51aef053ac5a38'],
    ['\u00a0a@b.co\u3000', '80305c9bb1bb2480e03894350e0a8a366dcbdeb302e69e0817aa0743abd77054'],
    ['testing@testing.com', '584c4423c421df49955759498a71495aba49b8780eb9387dff333b6f0982c777'],
    ['random@rudderstack.com', '52ac4b9ef8f745e007c19fac81ddb0a3f50b20029f6699ca1406225fc217f392'],
  ])('%j', (value, digest) => {
    expect(prepare({ email: value })).toMatchObject({
      rows: [{ user: 0, row: { email: digest, firstName: '', lastName: '', country: '' } }],
      rejections: [],
    });
  });

  it.each([JANE, JANE.toUpperCase(), ` ${JANE}\n`])('passes the digest %j on', (value) => {
    expect(rowOf({ email: value })?.email).toBe(JANE);
  });

  it.each<[string, RejectionReason]>([
    ['no-at-sign', 'invalid-format'],
    ['a@b', 'invalid-format'],
    ['@x.com', 'invalid-format'],
    ['a@@b.co', 'invalid-format'],
    ['a@b@c.co', 'invalid-format'],
    ['a@.co', 'invalid-format'],
    ['a@b.', 'invalid-format'],
    ['a\u0000@b.co', 'invalid-format'],
    ['a\ud800@b.co', 'invalid-format'],
    [`${JANE}0`, 'invalid-format'],
    [JANE.slice(1), 'invalid-format'],
    [EMPTY_DIGEST, 'invalid-format'],
    [`${'x'.repeat(254)}@b.co`, 'invalid-length'],
  ])('%j is left out, and the user with it: %s', (value, reason) => {
    expect(prepare({ email: value, firstName: 'Jane', lastName: 'Doe', country: 'US' })).toMatchObject({
      rows: [],
      rejections: [
        { user: 0, field: 'email', reason },
        { user: 0, reason: 'no-usable-identifier' },
      ],
    });
  });

  it.each([{}, { email: '' }, { email: '   ' }, { email: '\u200b\u2060' }, { firstName: 'Jane', lastName: 'Doe' }])(
    'nothing was given: %j',
    (user) => {
      expect(prepare(user)).toMatchObject({ rows: [], rejections: [{ user: 0, reason: 'no-usable-identifier' }] });
      expect(rejectionsOf(user)[0]).not.toHaveProperty('field');
    },
  );
});

describe.each(['firstName', 'lastName'] as const)('%s', (field) => {
  it.each([
    ['  Anne  Marie ', 'Anne Marie'],
    ['Anne\t\nMarie', 'Anne Marie'],
    ['ÉLODIE', 'ÉLODIE'],
    ['E\u0301lodie', 'Élodie'],
    ["O'Brien", "O'Brien"],
    ['李', '李'],
    ['van der Berg', 'van der Berg'],
    ['x'.repeat(35), 'x'.repeat(35)],
    ['é'.repeat(35), 'é'.repeat(35)],
    ['"Bob" \\ Ann', '"Bob" \\ Ann'],
    ['Louis XIV 2', 'Louis XIV 2'],
    ['', ''],
    ['   ', ''],
  ])('%j goes out as %j', (value, sent) => {
    expect(prepare({ email, [field]: value })).toMatchObject({ rows: [{ row: { [field]: sent } }], rejections: [] });
  });

  it.each<[string, RejectionReason]>([
    ['x'.repeat(40), 'invalid-length'],
    ['x'.repeat(36), 'invalid-length'],
    ['👩'.repeat(18), 'invalid-length'],
    ['A\u0000b', 'invalid-format'],
    ['A\ud800b', 'invalid-format'],
    [JANE, 'digest-not-accepted'],
    [JANE.toUpperCase(), 'digest-not-accepted'],
    ['jane.doe@example.com', 'looks-like-personal-data'],
    ['+1 (202) 555-0143', 'looks-like-personal-data'],
    ['٢٠٢٥٥٥٠١٤٣', 'looks-like-personal-data'],
  ])('%j is left out, and the user goes: %s', (value, reason) => {
    expect(prepare({ email, [field]: value })).toMatchObject({
      rows: [{ row: { email: JANE, [field]: '' } }],
      rejections: [{ user: 0, field, reason }],
    });
  });
});

describe('country', () => {
  it.each([
    ['us', 'US'],
    [' De ', 'DE'],
    ['GB', 'GB'],
    ['USA', 'US'],
    ['Germany', 'DE'],
    ['UK', 'GB'],
    ['', ''],
    ['  ', ''],
  ])('%j goes out as %j', (country, sent) => {
    expect(prepare({ email, country })).toMatchObject({ rows: [{ row: { country: sent } }], rejections: [] });
  });

  it.each<[string, RejectionReason]>([
    ['XX', 'unknown-country'],
    ['1', 'unknown-country'],
    ['Dhaka', 'unknown-country'],
    [JANE, 'digest-not-accepted'],
  ])('%j is left out, and the user goes: %s', (country, reason) => {
    expect(prepare({ email, country })).toMatchObject({
      rows: [{ row: { email: JANE, country: '' } }],
      rejections: [{ user: 0, field: 'country', reason }],
    });
  });
});

it('sends nothing else', () => {
  const rest = { phone: '+12025550143', edgeTagId: 'edge-1', postalCode: '94025' };
  const purchase = { currency: 'USD', profit: 4, total7Days: '9' };
  expect(prepare({ email, ...rest, purchase })).toMatchObject({ rejections: [] });
  expect(rowOf({ email, ...rest, purchase })).toEqual({ email: JANE, firstName: '', lastName: '', country: '' });
});

it('tells of every user, in order, and of repeated values each time', () => {
  const { rows, rejections } = prepare(
    { email, country: 'Dhaka' },
    { phone: '+12025550143' },
    { email: 'janedoe@gmail.com', country: 'Dhaka', firstName: 'Jane' },
    { email: 'nobody', country: 'Dhaka' },
  );
  expect(rows.map(({ user, row }) => [user, row.firstName])).toEqual([
    [0, ''],
    [2, 'Jane'],
  ]);
  expect(rejections).toEqual([
    { user: 0, field: 'country', reason: 'unknown-country' },
    { user: 1, reason: 'no-usable-identifier' },
    { user: 2, field: 'country', reason: 'unknown-country' },
    { user: 3, field: 'email', reason: 'invalid-format' },
    { user: 3, reason: 'no-usable-identifier' },
  ]);
});

describe('a listener', () => {
  function stepsOf(user: AudienceUser): [IdentifierField, string, string][] {
    const steps: [IdentifierField, string, string][] = [];
    const listened = prepareLinkedInRows([user], { step: (...step) => void steps.push(step) });
    expect(listened.rows).toEqual(prepare(user).rows);
    expect(listened.rejections).toEqual(prepare(user).rejections);
    return steps;
  }

  it('hears every step that changes a value', () => {
    const user = { email: ' Jane.Doe@Example.COM', firstName: ' Anne  Marie', lastName: 'Doe', country: 'usa' };
    expect(stepsOf(user)).toEqual([
      ['email', 'as given', ' Jane.Doe@Example.COM'],
      ['email', 'blanks and invisible characters taken out', 'Jane.Doe@Example.COM'],
      ['email', 'lower case', 'jane.doe@example.com'],
      ['email', 'SHA-256', JANE],
      ['firstName', 'as given', ' Anne  Marie'],
      ['firstName', 'composed (Unicode NFC), blanks folded', 'Anne Marie'],
      ['lastName', 'as given', 'Doe'],
      ['country', 'as given', 'usa'],
      ['country', 'ISO 3166-1 code', 'US'],
    ]);
  });

  it.each<[AudienceUser, IdentifierField, string, string]>([
    [{ email: JANE.toUpperCase() }, 'email', 'a SHA-256 digest already', JANE],
    [{ email: EMPTY_DIGEST }, 'email', 'refused: the digest of nothing', 'invalid-format'],
    [{ email: 'nobody' }, 'email', 'refused: not an address', 'invalid-format'],
    [{ email: `${'x'.repeat(254)}@b.co` }, 'email', 'refused: too long for an address', 'invalid-length'],
    [
      { email, firstName: JANE },
      'firstName',
      'refused: LinkedIn takes names plain, not as digests',
      'digest-not-accepted',
    ],
    [{ email, lastName: 'a@b.co' }, 'lastName', 'refused: may be an address or a number', 'looks-like-personal-data'],
    [{ email, lastName: 'x'.repeat(36) }, 'lastName', 'refused: longer than 35 characters', 'invalid-length'],
    [{ email, country: 'Dhaka' }, 'country', 'refused: in no list of countries', 'unknown-country'],
  ])('hears what becomes of %j', (user, ...step) => {
    expect(stepsOf(user)).toContainEqual(step);
  });
});
