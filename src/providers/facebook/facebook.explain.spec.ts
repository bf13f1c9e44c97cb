import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { facebookIdentifiers, prepareFacebookRows } from './facebook.normaliser.js';

const MARY_SMITH = '3803253275d895656abb56c4c4b810a64a4e4f3983b067a08c3cb48129536e34';
const LONDON = '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc';
const JOSE = 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866';
const SW1A1 = '949af780a19e6f6d4b99d7044743348dbbb7ab2245fe146863573b23d02c5890';
const GB = '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677';

function explain(user: AudienceUser, valueBased = false) {
  const steps: string[][] = [];
  const { rows } = prepareFacebookRows([user], { valueBased }, { step: (...step) => void steps.push(step) });
  return { steps, sent: rows.flatMap(({ row }) => facebookIdentifiers(row, { valueBased })) };
}
const stepsOf = (user: AudienceUser, field: string, valueBased?: boolean) =>
  explain(user, valueBased)
    .steps.filter(([of]) => of === field)
    .map(([, rule, result]) => [rule, result]);

describe('facebookIdentifiers', () => {
  it('names every column that holds something, and which of them are plain', () => {
    const user = { edgeTagId: ' 0012345 ', email: '  Mary.Smith@Example.COM ', country: 'UK', firstName: 'José' };
    expect(explain(user).sent).toEqual([
      { name: 'EXTERN_ID', value: '0012345', hashed: false },
      { name: 'EMAIL', value: MARY_SMITH, hashed: true },
      { name: 'FN', value: JOSE, hashed: true },
      { name: 'COUNTRY', value: GB, hashed: true },
    ]);
  });

  it('has the value of value-based audiences, 0 included', () => {
    const value = { name: 'LOOKALIKE_VALUE', hashed: false };
    const email = 'mary@example.com';
    expect(explain({ email, purchase: { total7Days: ' 44.50 ' } }, true).sent).toContainEqual({
      ...value,
      value: '44.5',
    });
    expect(explain({ email }, true).sent).toContainEqual({ ...value, value: '0' });
  });
});

describe('the steps', () => {
  it('of an address', () => {
    expect(stepsOf({ email: '\u200F  Mary.Smith@Example.COM. ' }, 'email')).toEqual([
      ['as given', '\u200F  Mary.Smith@Example.COM. '],
      ['invisible characters taken out, composed form', '  Mary.Smith@Example.COM. '],
      ['blanks around it taken off', 'Mary.Smith@Example.COM.'],
      ['lower case', 'mary.smith@example.com.'],
      ['dots at the end taken off', 'mary.smith@example.com'],
      ['SHA-256', MARY_SMITH],
    ]);
  });

  it.each([
    [
      '020 7946 0018',
      [
        ['digits alone, as they are dialled', '02079460018'],
        ['completed with the country GB', '442079460018'],
      ],
    ],
    ['+442079460018', [['without the plus', '442079460018']]],
    [
      '0044 (0)20 7946 0018',
      [
        ['digits alone, as they are dialled', '4402079460018'],
        ['without trunk prefix', '442079460018'],
      ],
    ],
    [
      '000 44 20 7946 0018',
      [
        ['digits alone, as they are dialled', '0442079460018'],
        ['zeros in front taken off', '442079460018'],
      ],
    ],
  ])('of the phone %s', (phone, steps) => {
    expect(stepsOf({ phone, country: 'UK' }, 'phone')).toEqual([['as given', phone], ...steps, ['SHA-256', LONDON]]);
  });

  it('of a postal code and its country', () => {
    const user = { postalCode: 'SW1A 1AA', country: 'UK', email: 'mary@example.com' };
    expect(stepsOf(user, 'postalCode')).toEqual([
      ['as given', 'SW1A 1AA'],
      ['ASCII digits, lower case', 'sw1a 1aa'],
      ['blanks taken out', 'sw1a1aa'],
      ['without the unit (GB)', 'sw1a1'],
      ['SHA-256', SW1A1],
    ]);
    expect(stepsOf(user, 'country')).toEqual([
      ['as given', 'UK'],
      ['ISO 3166-1 code, lower case', 'gb'],
      ['SHA-256', GB],
    ]);
  });

  it('of names, each its own, even where both are the same', () => {
    const steps = [
      ['as given', ' Jose\u0301 '],
      ['composed form', ' José '],
      ['lower case', ' josé '],
      ['blanks, punctuation and symbols taken out', 'josé'],
      ['SHA-256', JOSE],
    ];
    const user = { firstName: ' Jose\u0301 ', lastName: ' Jose\u0301 ' };
    expect([stepsOf(user, 'firstName'), stepsOf(user, 'lastName')]).toEqual([steps, steps]);
  });

  it('of a value', () => {
    const purchase = { profit: 3, total7Days: ' 44.50' };
    expect(stepsOf({ email: 'mary@example.com', purchase }, 'purchase', true)).toEqual([
      ['as given', '{"profit":3,"total7Days":" 44.50"}'],
      ['total7Days, else profit, else 0', ' 44.50'],
      ['as a number, 0 or more', '44.5'],
    ]);
    expect(stepsOf({ email: 'mary@example.com', purchase: { profit: '1,5' } }, 'purchase', true).slice(2)).toEqual([
      ['refused: not a number', 'invalid-format'],
      ['0 in its place', '0'],
    ]);
  });

  it.each<[AudienceUser, string, string, string]>([
    [{ email: 'foo@bar' }, 'email', 'not an address', 'invalid-format'],
    [{ email: `${'x'.repeat(400)}@example.com` }, 'email', 'too long for an address', 'invalid-length'],
    [{ phone: '(650) 253-0000' }, 'phone', 'a national number without a country to complete it', 'missing-country'],
    [{ phone: '12345', country: 'US' }, 'phone', 'no number of this length in the country', 'invalid-length'],
    [{ phone: 'call me' }, 'phone', 'not a phone number', 'invalid-format'],
    [{ firstName: '--' }, 'firstName', 'not a name', 'invalid-format'],
    [{ postalCode: '1' }, 'postalCode', 'too short for a postal code', 'invalid-length'],
    [{ country: 'Wonderland' }, 'country', 'in no list of countries', 'unknown-country'],
    [
      { edgeTagId: 'ada@example.com' },
      'edgeTagId',
      'looks like an e-mail address or a phone number',
      'looks-like-personal-data',
    ],
  ])('of %j end in the reason why it is left out', (user, field, why, reason) => {
    expect(stepsOf(user, field).at(-1)).toEqual([`refused: ${why}`, reason]);
  });

  it('of what is a digest already', () => {
    const steps = stepsOf({ email: MARY_SMITH.toUpperCase() }, 'email');
    expect(steps.at(-1)).toEqual(['a SHA-256 digest already', MARY_SMITH]);
  });
});
