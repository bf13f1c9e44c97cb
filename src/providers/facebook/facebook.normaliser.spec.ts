import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { facebookSchema, prepareFacebookRows } from './facebook.normaliser.js';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const MAILBOX: AudienceUser = { email: 'mary@example.com' };

const prepare = (...users: AudienceUser[]) => prepareFacebookRows(users, { valueBased: false });
/** What is sent of one user in one column, beside an address that makes the user worth sending. */
const sent = (column: string, user: AudienceUser) =>
  prepare({ ...MAILBOX, ...user }).rows[0]?.row[facebookSchema({ valueBased: false }).indexOf(column)];

describe('EMAIL', () => {
  it.each([
    ['mary@example.com', MARY],
    ['  Mary.Smith@Example.COM ', '3803253275d895656abb56c4c4b810a64a4e4f3983b067a08c3cb48129536e34'],
    ['john.doe+promo@gmail.com', '80f9126efd0446cb338c54ea6fe3d4af8fa3fe93db0024b14150441550e632a2'],
    ['J.O.H.N@Gmail.com', '6e40ce239d40ae2d17ae2be97c08125e7444b315e9e16d2090d660a8a0cc39ad'],
    ['\tTEST@EXAMPLE.COM\n', '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'],
    ['user@example.com.', 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'],
    ['josé@exämple.de', 'fd77ec53c6567bfa7b9f7110e10d3d985380bd7ab39c134586f9e35e1136f1db'],
    ['jose\u0301@exa\u0308mple.de', 'fd77ec53c6567bfa7b9f7110e10d3d985380bd7ab39c134586f9e35e1136f1db'],
    [MARY.toUpperCase(), MARY],
    ['foo@bar', ''],
    ['a b@example.com', ''],
    ['', ''],
  ])('%j becomes %s', (email, digest) => {
    expect(sent('EMAIL', { email, phone: '+14155552671' })).toBe(digest);
  });
});

describe('PHONE', () => {
  it.each([
    [undefined, '15559876543', '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e'],
    [undefined, '+15559876543', '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e'],
    [undefined, '+1 (616) 954-78 88', 'bb2fa2e6d2cea4746530c99686d0c7886ab2019875dca2d7e9e171c0e6ada00d'],
    [undefined, '+001 (616) 954-78 88', 'bb2fa2e6d2cea4746530c99686d0c7886ab2019875dca2d7e9e171c0e6ada00d'],
    [undefined, '0044 20 7946 0018', '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc'],
    [undefined, '+44 (0)20 7946 0018', '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc'],
    ['gb', '020 7946 0018', '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc'],
    ['us', '(650) 253-0000', '67d3cb9e9b1b64b913a5f2508beac167cfa7d3fb943f6a52e6767392d425a536'],
    ['it', '06 1234 5678', '472e1123cd4e2f66f1df06bd488dc6135dab8f80cbfcc4af144d042c005f0fb2'],
    ['ua', '044 123 45 67', '3956c10e01846f47f7a34499f243a8857f0a0737049c2435c0e9a5acc3c1f338'],
    ['ua', '+380 (44) 123-45-67', '3956c10e01846f47f7a34499f243a8857f0a0737049c2435c0e9a5acc3c1f338'],
    ['ru', '8 (495) 123-45-67', '0db1f8fe9abe3d3f789ac6cd9de8d39cfc9d2fc9a31e76010f0fa5b377e50235'],
    ['ae', '٠٥٠١٢٣٤٥٦٧', 'b7a8f5085aa733eb29857a02945bc84a5227e693708d469ec9fb21d34e9e44f5'],
    ['GBR', '020 7946 0018', '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc'],
    ['United Kingdom', '020 7946 0018', '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc'],
    [undefined, MARY.toUpperCase(), MARY],
    [undefined, '+0000000000', ''],
    [undefined, '(650) 253-0000', ''],
    [undefined, 'call me', ''],
    [undefined, '', ''],
    ['us', '12345', ''],
  ])('%s %j becomes %s', (country, phone, digest) => {
    expect(sent('PHONE', { country, phone })).toBe(digest);
  });
});

describe('FN and LN', () => {
  it.each([
    ['Mary', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
    [' mary-jane ', 'f08f448a5e7a9dc3619bb7c129f6a7d5fc6af002cea17ad71dfdc1c68f4d4e0e'],
    ["O'Brien", 'b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba'],
    ['O’Brien', 'b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba'],
    ['Van der Berg', 'aad607ca3121d5d843c2cd64e8c73c2a24fa3a4cb890ed8d40a1efa8af7a14d5'],
    ['Jos\u00e9', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
    ['Jose\u0301', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'],
    ['Straße', '787f4770613d3824cbc89b6d5da90a123e41b07b90b45ea3738c216b14616140'],
    ['김민준', '0b46d03b0b3355e67179efa6f64f4e6461af77dc577142b8e0749b67188a3a9f'],
    ['Мария', '8f09a8c7679ad321ae49bb24fb83d7f3195f4f85e7652448e62e1394ed4f462b'],
    ['St. John', '2012ca9043ebe0e4ad081f0033e5a72bc380249a621f1c5705fc50deebc51663'],
    ['D’Angelo Jr.', '218ad3948f356836232ca297c96ff63fb129088782e28d61ec37d3b41374d542'],
    [MARY.toUpperCase(), MARY],
    ['  ', ''],
    ['--', ''],
  ])('%j becomes %s in both', (name, digest) => {
    expect(sent('FN', { firstName: name })).toBe(digest);
    expect(sent('LN', { lastName: name })).toBe(digest);
  });
});

describe('COUNTRY', () => {
  it.each([
    ['US', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
    [' us ', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
    ['u.s.', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
    ['USA', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
    ['GB', '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677'],
    ['UK', '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677'],
    ['Germany', '959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578'],
    ['DE', '959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578'],
    [MARY.toUpperCase(), MARY],
    ['ZZ', ''],
    ['U', ''],
    ['12', ''],
    ['Österreich', ''],
    ['', ''],
  ])('%j becomes %s', (country, digest) => {
    expect(sent('COUNTRY', { country })).toBe(digest);
  });
});

describe('ZIP', () => {
  it.each([
    ['us', '94025', 'b9a9cf3cd3723a2e91b7c23ecf68456e872b6e5d86e5cab7f3d45a7302da32c7'],
    ['us', '94025-3215', 'b9a9cf3cd3723a2e91b7c23ecf68456e872b6e5d86e5cab7f3d45a7302da32c7'],
    ['us', '940253215', 'b9a9cf3cd3723a2e91b7c23ecf68456e872b6e5d86e5cab7f3d45a7302da32c7'],
    ['us', '９４０２５', 'b9a9cf3cd3723a2e91b7c23ecf68456e872b6e5d86e5cab7f3d45a7302da32c7'],
    ['us', '02139', '37ee873de5c1aa94b4bd802ad204de983c221f35fc2c0c28259232eb329f36bf'],
    ['gb', 'SW1A 1AA', '949af780a19e6f6d4b99d7044743348dbbb7ab2245fe146863573b23d02c5890'],
    ['gb', 'M1 1AE', 'bb85e451e092b31aedb250d1883a6dd8f7f8de1e302fa7167ab7f9044b0f8040'],
    ['ca', 'L3T 5M7', '42e82947638d13fc5a4e26e779e4e83d0719be0c5a05498e10a547ab1191707f'],
    ['br', '01310-100', 'cba5aecb8b3505d2221a198a401d3ecc88a02990b5d2863c50c4ded91a978fb5'],
    ['jp', '100-0001', 'ad57366865126e55649ecb23ae1d48887544976efea46a48eb5d85a6eeb4d306'],
    ['at', ' 1010 ', '7a5df5ffa0dec2228d90b8d0a0f1b0767b748b0a41314c123075b8289e4e053f'],
    ['UK', 'SW1A 1AA', '949af780a19e6f6d4b99d7044743348dbbb7ab2245fe146863573b23d02c5890'],
    [undefined, MARY.toUpperCase(), MARY],
    [undefined, '1', ''],
    [undefined, '', ''],
  ])('%s %j becomes %s', (country, postalCode, digest) => {
    expect(sent('ZIP', { country, postalCode })).toBe(digest);
  });
});

describe('EXTERN_ID', () => {
  it.each([
    ['edge-tag-8842', 'edge-tag-8842'],
    ['EdgeTag_0AF3', 'EdgeTag_0AF3'],
    ['标识-7', '标识-7'],
    ['A|b,c"d', 'A|b,c"d'],
    [' 0012345 ', '0012345'],
    ['', ''],
  ])('%j is sent as %j, unhashed', (edgeTagId, id) => {
    expect(sent('EXTERN_ID', { edgeTagId })).toBe(id);
  });

  it.each(['mary@example.com', '+14155552671'])('holds %s back', (edgeTagId) => {
    const prepared = prepare({ ...MAILBOX, edgeTagId });
    expect(prepared.rows[0]?.row).toEqual(['', MARY, '', '', '', '', '']);
    expect(prepared.rejections).toEqual([{ user: 0, field: 'edgeTagId', reason: 'looks-like-personal-data' }]);
  });
});

describe('LOOKALIKE_VALUE', () => {
  it('is the last column of value-based audiences only', () => {
    const plain = ['EXTERN_ID', 'EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'];
    expect(facebookSchema({ valueBased: false })).toEqual(plain);
    expect(facebookSchema({ valueBased: true })).toEqual([...plain, 'LOOKALIKE_VALUE']);
  });

  it('is a number, and 0 when there is nothing or no number', () => {
    const users = [
      { ...MAILBOX, purchase: { currency: 'EUR', profit: 3, total7Days: '44.5' } },
      MAILBOX,
      { ...MAILBOX, purchase: { total7Days: 'abc', profit: 3 } },
    ];
    const prepared = prepareFacebookRows(users, { valueBased: true });
    expect(prepared.rows.map(({ row }) => row)).toEqual([
      ['', MARY, '', '', '', '', '', 44.5],
      ['', MARY, '', '', '', '', '', 0],
      ['', MARY, '', '', '', '', '', 0],
    ]);
    expect(prepared.rejections).toEqual([{ user: 2, field: 'purchase', reason: 'invalid-format' }]);
    expect(prepareFacebookRows(users, { valueBased: false }).rejections).toEqual([]);
  });
});

describe('users', () => {
  it('gives each its row, in order, by its index', () => {
    const prepared = prepare(MAILBOX, {}, { email: 'nothing' }, { phone: '+14155552671' });
    expect(prepared.rows).toEqual([
      { user: 0, row: ['', MARY, '', '', '', '', ''] },
      { user: 3, row: ['', '', '758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0', '', '', '', ''] },
    ]);
    expect(prepared.rejections).toEqual([
      { user: 1, reason: 'no-usable-identifier' },
      { user: 2, field: 'email', reason: 'invalid-format' },
      { user: 2, reason: 'no-usable-identifier' },
    ]);
  });

  it.each<[string, AudienceUser, boolean]>([
    ['both names and a postal code', { firstName: 'Mary', lastName: 'Lee', postalCode: '1010' }, true],
    ['both names and a country', { firstName: 'Mary', lastName: 'Lee', country: 'AT' }, true],
    ['both names alone', { firstName: 'Mary', lastName: 'Lee' }, false],
    ['both names and no known country', { firstName: 'Mary', lastName: 'Lee', country: 'ZZ' }, false],
    ['one name', { firstName: 'Mary', postalCode: '1010', country: 'AT' }, false],
    ['an id alone', { edgeTagId: 'edge-tag-8842', country: 'AT' }, false],
    ['nothing but blanks', { email: ' ', phone: '\t', firstName: ' ', lastName: ' ', postalCode: ' ' }, false],
  ])('%s: %j', (_, user, enough) => {
    const prepared = prepare(user);
    expect(prepared.rows).toHaveLength(enough ? 1 : 0);
    expect(prepared.rejections.some(({ field }) => field === undefined)).toBe(!enough);
  });

  it('rejects what was given and cannot be used, field by field', () => {
    const user = {
      email: 'a@b',
      phone: '020 7946 0018',
      firstName: '--',
      lastName: '!',
      country: 'ZZ',
      postalCode: '1',
    };
    expect(prepare(user, { ...MAILBOX, ...user, email: 'mary@example.com' }).rejections).toEqual([
      { user: 0, field: 'email', reason: 'invalid-format' },
      { user: 0, field: 'phone', reason: 'missing-country' },
      { user: 0, field: 'firstName', reason: 'invalid-format' },
      { user: 0, field: 'lastName', reason: 'invalid-format' },
      { user: 0, field: 'postalCode', reason: 'invalid-length' },
      { user: 0, field: 'country', reason: 'unknown-country' },
      { user: 0, reason: 'no-usable-identifier' },
      { user: 1, field: 'phone', reason: 'missing-country' },
      { user: 1, field: 'firstName', reason: 'invalid-format' },
      { user: 1, field: 'lastName', reason: 'invalid-format' },
      { user: 1, field: 'postalCode', reason: 'invalid-length' },
      { user: 1, field: 'country', reason: 'unknown-country' },
    ]);
  });

  it('rejects a repeated bad name or country for each user that has it', () => {
    const user = { ...MAILBOX, firstName: '--', country: 'ZZ' };
    expect(prepare(user, user).rejections.map((rejection) => rejection.user)).toEqual([0, 0, 1, 1]);
  });

  it('completes no phone and cuts no postal code with a country that is a digest', () => {
    const prepared = prepare({ ...MAILBOX, phone: '020 7946 0018', postalCode: '940253215', country: MARY });
    expect(prepared.rejections).toEqual([{ user: 0, field: 'phone', reason: 'missing-country' }]);
    expect(prepared.rows[0]?.row.slice(5)).toEqual([
      'daa601a3e55e237d7a431ee8bfe016be84606a374481b82ea8ac94fc8e3e11dd',
      MARY,
    ]);
  });
});

describe('digests', () => {
  const fields = ['email', 'phone', 'firstName', 'lastName', 'country', 'postalCode'] as const;

  it.each(fields)('passes one on in %s, blanks around it or not', (field) => {
    const column = 1 + ['email', 'phone', 'firstName', 'lastName', 'postalCode', 'country'].indexOf(field);
    const user = { email: 'a@example.com', [field]: ` ${MARY.toUpperCase()}\n` };
    expect(prepare(user).rows[0]?.row[column]).toBe(MARY);
  });

  it.each(fields)('does not take one with more characters in %s for a digest', (field) => {
    const { rows } = prepare({ edgeTagId: 'x', email: 'b@example.com', [field]: `${MARY}0` }, MAILBOX);
    expect(rows.filter(({ user }) => user === 0).flatMap(({ row }) => row)).not.toContain(MARY);
    expect(rows.at(-1)?.row).toContain(MARY);
  });

  it.each(fields)('never sends the digest of nothing, given in %s', (field) => {
    const prepared = prepare({ ...MAILBOX, [field]: EMPTY_DIGEST.toUpperCase() });
    expect(prepared.rejections[0]).toEqual({ user: 0, field, reason: 'invalid-format' });
    expect(JSON.stringify(prepared.rows)).not.toContain('e3b0c442');
  });

  it('never sends the digest of nothing, whatever is left out', () => {
    const values = ['', ' ', '\u200B', '\uFEFF\u00A0', '-', '\0', '\uD800', '+', '()', '.', '0', '😀', '\u200F\u202E'];
    const users = values.map((value) => ({
      ...MAILBOX,
      ...Object.fromEntries(fields.slice(1).map((f) => [f, value])),
    }));
    const prepared = prepare(...users, ...values.map((email) => ({ email, phone: '+14155552671' })));
    expect(prepared.rows).toHaveLength(2 * values.length);
    expect(JSON.stringify(prepared.rows)).not.toContain('e3b0c442');
  });
});
