import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisationTrace } from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareTwitterRows } from './twitter.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';

function explained(user: AudienceUser, sendPartnerUserId = true) {
  const steps: [string, string, string][] = [];
  const trace: NormalisationTrace = { step: (...step) => void steps.push(step) };
  return { steps, ...prepareTwitterRows([user], { sendPartnerUserId }, trace) };
}

describe('the explanation', () => {
  it.each<[AudienceUser, [string, string, string][]]>([
    [
      { email: ' Jane.Doe@Example.COM ' },
      [
        ['email', 'blanks at the ends taken out', 'Jane.Doe@Example.COM'],
        ['email', 'lower case', 'jane.doe@example.com'],
        ['email', 'SHA-256', JANE],
      ],
    ],
    [{ email: JANE.toUpperCase() }, [['email', 'passed on as the SHA-256 digest that it is', JANE]]],
    [
      { phone: '415-555-2671 x123', country: 'usa' },
      [
        ['country', 'country of the phone number', 'US'],
        ['phone', 'extension taken off', '415-555-2671 '],
        ['phone', 'digits as dialled', '4155552671'],
        ['phone', 'E.164 with its plus', '+14155552671'],
        ['phone', 'SHA-256', 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928'],
      ],
    ],
    [{ edgeTagId: ' edge-1 ' }, [['edgeTagId', 'sent as it is, without blanks at the ends', 'edge-1']]],
    [
      { phone: '12345', country: 'US' },
      [
        ['country', 'country of the phone number', 'US'],
        ['phone', 'digits as dialled', '12345'],
      ],
    ],
  ])('of %j', (user, steps) => {
    expect(explained(user).steps).toEqual(steps);
  });

  it('changes nothing, and ends with what is sent, whatever the values are', () => {
    const value = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), phone), { nil: undefined });
    const user = fc.record({ email: value, phone: value, country: fc.constantFrom('US', 'IT', 'x'), edgeTagId: value });
    fc.assert(
      fc.property(user, (someone) => {
        const { steps, rows, rejections } = explained(someone);
        expect({ rows, rejections }).toEqual(prepareTwitterRows([someone], { sendPartnerUserId: true }));
        const last = (field: string) => steps.filter(([name]) => name === field).at(-1)?.[2];
        const [email = '', number = '', id = ''] = rows[0]?.row ?? [];
        if (email !== '') expect(last('email')).toBe(email);
        if (number !== '') expect(last('phone')).toBe(number);
        if (id !== '') expect(last('edgeTagId')).toBe(id);
      }),
    );
  });
});

const phone = fc
  .array(fc.constantFrom(...'0123456789 +-()x'), { maxLength: 20 })
  .map((characters) => characters.join(''));
