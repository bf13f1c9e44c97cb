import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { googleIdentifiers } from './google.member.js';
import { prepareGoogleRows } from './google.normaliser.js';

const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const PHONE = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
const ALEX = '4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0';
const LAST_QUINN = 'c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3';

function explain(user: AudienceUser) {
  const steps: string[][] = [];
  const { rows } = prepareGoogleRows([user], {}, { step: (...step) => void steps.push(step) });
  return { steps, sent: rows.flatMap(({ row }) => googleIdentifiers(row)) };
}

const stepsOf = (user: AudienceUser, field: string) =>
  explain(user)
    .steps.filter(([of]) => of === field)
    .map(([, rule, result]) => [rule, result]);

describe('identifiers', () => {
  it('are the digests, and the two parts of an address that go out plain', () => {
    const user = { phone: '(800) 555-0100', firstName: 'Alex', lastName: 'Quinn', country: 'USA', postalCode: '94045' };
    expect(explain({ ...user, email: 'quinny@example.com' }).sent).toEqual([
      { name: 'emailAddress', value: QUINN, hashed: true },
      { name: 'phoneNumber', value: PHONE, hashed: true },
      { name: 'address.givenName', value: ALEX, hashed: true },
      { name: 'address.familyName', value: LAST_QUINN, hashed: true },
      { name: 'address.regionCode', value: 'US', hashed: false },
      { name: 'address.postalCode', value: '94045', hashed: false },
    ]);
    expect(explain({ email: 'quinny@example.com', firstName: 'Alex' }).sent).toEqual([
      { name: 'emailAddress', value: QUINN, hashed: true },
    ]);
  });
});

describe('the steps', () => {
  it('of a Gmail address', () => {
    expect(stepsOf({ email: ' Jane.Doe+promo@Gmail.com' }, 'email')).toEqual([
      ['as given', ' Jane.Doe+promo@Gmail.com'],
      ['blanks around it and invisible characters taken out', 'Jane.Doe+promo@Gmail.com'],
      ['lower case', 'jane.doe+promo@gmail.com'],
      ['cut at the first + in front of the @ (Gmail)', 'jane.doe@gmail.com'],
      ['dots in front of the @ taken out (Gmail)', 'janedoe@gmail.com'],
      ['SHA-256', JANE],
    ]);
  });

  it('of a national number', () => {
    expect(stepsOf({ phone: '(800) 555-0100', country: 'us' }, 'phone')).toEqual([
      ['as given', '(800) 555-0100'],
      ['digits alone, as they are dialled', '8005550100'],
      ['E.164, completed with the country US', '+18005550100'],
      ['SHA-256', PHONE],
    ]);
  });

  it('of names and country', () => {
    const user = { firstName: ' Mr. Alex', lastName: 'Quinn, Jr.', country: 'usa', postalCode: ' 94045' };
    expect(explain(user).steps).toEqual([
      ['country', 'as given', 'usa'],
      ['country', 'ISO 3166-1 code', 'US'],
      ['firstName', 'as given', ' Mr. Alex'],
      ['firstName', 'blanks around it taken off', 'Mr. Alex'],
      ['firstName', 'lower case', 'mr. alex'],
      ['firstName', 'title in front taken off', 'alex'],
      ['firstName', 'SHA-256', ALEX],
      ['lastName', 'as given', 'Quinn, Jr.'],
      ['lastName', 'lower case', 'quinn, jr.'],
      ['lastName', 'suffixes behind it taken off', 'quinn'],
      ['lastName', 'SHA-256', LAST_QUINN],
      ['postalCode', 'as given', ' 94045'],
      ['postalCode', 'blanks around it and invisible characters taken out', '94045'],
    ]);
  });

  it.each<[AudienceUser, string, string, string]>([
    [{ email: '+tag@gmail.com' }, 'email', 'not an address', 'invalid-format'],
    [{ email: `${'x'.repeat(400)}@example.com` }, 'email', 'too long for an address', 'invalid-length'],
    [{ phone: '1-800-FLOWERS' }, 'phone', 'letters in a phone number', 'invalid-format'],
    [{ phone: '8005550100' }, 'phone', 'a national number without a usable country', 'missing-country'],
    [{ phone: '12345', country: 'US' }, 'phone', 'no number of this length in the country', 'invalid-length'],
    [{ firstName: 'Dr.' }, 'firstName', 'not a name', 'invalid-format'],
    [{ country: 'Atlantis' }, 'country', 'in no list of countries', 'unknown-country'],
    [{ postalCode: QUINN }, 'postalCode', 'a digest, which Google takes not', 'digest-not-accepted'],
  ])('of %j end in the reason why %s is left out', (user, field, why, reason) => {
    expect(stepsOf(user, field).at(-1)).toEqual([`refused: ${why}`, reason]);
  });

  it('tell nothing of what Google takes not', () => {
    expect(explain({ edgeTagId: 'edge-1', purchase: { profit: 3 } }).steps).toEqual([]);
  });
});
