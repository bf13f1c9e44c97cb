import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisationTrace } from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareTwitterRows } from './twitter.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const US_PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';

function explain(user: AudienceUser) {
  const steps: [string, string, string][] = [];
  const trace: NormalisationTrace = { step: (...step) => void steps.push(step) };
  return { steps, ...prepareTwitterRows([user], { sendPartnerUserId: true }, trace) };
}
const stepsOf = (user: AudienceUser, field: string) =>
  explain(user)
    .steps.filter(([of]) => of === field)
    .map(([, rule, result]) => [rule, result]);

describe('the steps', () => {
  it('of an address', () => {
    expect(stepsOf({ email: '\u200F Jane.Doe@Example.COM ' }, 'email')).toEqual([
      ['as given', '\u200F Jane.Doe@Example.COM '],
      ['invisible characters taken out, composed form', ' Jane.Doe@Example.COM '],
      ['blanks around it taken off', 'Jane.Doe@Example.COM'],
      ['lower case', 'jane.doe@example.com'],
      ['SHA-256', JANE],
    ]);
  });

  it('of a phone and its country', () => {
    const user = { phone: '415-555-2671 x123', country: 'usa' };
    expect(stepsOf(user, 'phone')).toEqual([
      ['as given', '415-555-2671 x123'],
      ['ASCII digits, no extension', '415-555-2671 '],
      ['digits alone, as they are dialled', '4155552671'],
      ['E.164, completed with the country US', '+14155552671'],
      ['SHA-256', US_PHONE],
    ]);
    expect(stepsOf(user, 'country')).toEqual([
      ['as given', 'usa'],
      ['ISO 3166-1 code, to complete phone numbers with', 'US'],
    ]);
    expect(explain({ phone: '+14155552671', country: 'usa' }).steps).toEqual([
      ['phone', 'as given', '+14155552671'],
      ['phone', 'SHA-256', US_PHONE],
    ]);
  });

  it('of an id', () => {
    expect(stepsOf({ edgeTagId: ' edge-1 ' }, 'edgeTagId')).toEqual([
      ['as given', ' edge-1 '],
      ['blanks around it taken off', 'edge-1'],
    ]);
  });

  it('of what is a digest already', () => {
    expect(stepsOf({ email: JANE.toUpperCase() }, 'email').at(-1)).toEqual(['a SHA-256 digest already', JANE]);
  });

  it.each<[AudienceUser, string, string, string]>([
    [{ email: 'foo@bar' }, 'email', 'not an address', 'invalid-format'],
    [{ email: `${'x'.repeat(400)}@example.com` }, 'email', 'too long for an address', 'invalid-length'],
    [{ phone: '(650) 253-0000' }, 'phone', 'a national number without a usable country', 'missing-country'],
    [{ phone: '12345', country: 'US' }, 'phone', 'no number of this length in the country', 'invalid-length'],
    [{ phone: '+1234567' }, 'phone', 'not 8 to 15 digits', 'invalid-length'],
    [{ phone: '1'.repeat(300) }, 'phone', 'too long for a phone number', 'invalid-length'],
    [{ phone: 'n/a' }, 'phone', 'letters in a phone number', 'invalid-format'],
    [{ phone: '+' }, 'phone', 'not a phone number', 'invalid-format'],
    [{ phone: '+0123456789' }, 'phone', 'no calling code', 'invalid-format'],
    [{ phone: '555-1234', country: 'AQ' }, 'phone', 'a country without phone numbers', 'unknown-country'],
    [{ phone: '555-1234', country: 'Wonderland' }, 'country', 'in no list of countries', 'unknown-country'],
    [
      { edgeTagId: 'ada@example.com' },
      'edgeTagId',
      'looks like an e-mail address or a phone number',
      'looks-like-personal-data',
    ],
  ])('of %j end in the reason why it is left out', (user, field, why, reason) => {
    expect(stepsOf(user, field).at(-1)).toEqual([`refused: ${why}`, reason]);
  });

  it('change nothing, and end with what is sent, whatever the values are', () => {
    const phone = fc.string({ unit: fc.constantFrom(...'0123456789 +-()x'), maxLength: 20 });
    const value = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), phone), { nil: undefined });
    const user = fc.record({ email: value, phone: value, country: fc.constantFrom('US', 'IT', 'x'), edgeTagId: value });
    fc.assert(
      fc.property(user, (someone) => {
        const { steps, rows, rejections } = explain(someone);
        expect({ rows, rejections }).toEqual(prepareTwitterRows([someone], { sendPartnerUserId: true }));
        const [email = '', number = '', id = ''] = rows[0]?.row ?? [];
        const last = (field: string) => steps.filter(([name]) => name === field).at(-1)?.[2];
        for (const [field, sent] of Object.entries({ email, phone: number, edgeTagId: id })) {
          if (sent !== '') expect(last(field)).toBe(sent);
        }
      }),
    );
  });
});
