import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareKlaviyoRows } from './klaviyo.normaliser.js';
import { KlaviyoPhones } from './klaviyo.phone.js';
import { klaviyoIdentifiers } from './klaviyo.profile.js';

const PHONES = new KlaviyoPhones(['US', 'GB']);
const DIGEST = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

function explain(user: AudienceUser) {
  const steps: string[][] = [];
  const { rows } = prepareKlaviyoRows([user], PHONES, { step: (...step) => void steps.push(step) });
  return { steps, sent: rows.flatMap(({ row }) => klaviyoIdentifiers(row)) };
}
const stepsOf = (user: AudienceUser, field: string) =>
  explain(user)
    .steps.filter(([of]) => of === field)
    .map(([, rule, result]) => [rule, result]);

describe('klaviyoIdentifiers', () => {
  it('are every attribute, nested ones by their path, all of them plain', () => {
    const user = {
      email: 'ada@example.com',
      phone: '+12025550143',
      firstName: 'Ad\u00e9',
      lastName: '"O"',
      country: 'US',
      postalCode: '02139',
      edgeTagId: 'edge-1',
      purchase: { currency: 'usd', profit: '129.90', total7Days: 0 },
    };
    const plain = Object.entries({
      email: 'ada@example.com',
      phone_number: '+12025550143',
      first_name: 'Ad\u00e9',
      last_name: '"O"',
      'location.country': 'United States',
      'location.zip': '02139',
      'properties.blotout_edge_tag_id': 'edge-1',
      'properties.blotout_profit': '129.9',
      'properties.blotout_total_7_days': '0',
      'properties.blotout_currency': 'USD',
    }).map(([name, value]) => ({ name, value, hashed: false }));
    expect(explain(user).sent).toEqual(plain);
  });
});

describe('the steps', () => {
  it.each<[AudienceUser, string, string[][]]>([
    [
      { email: ' mailto:Ada@Example.com' },
      'email',
      [
        ['as given', ' mailto:Ada@Example.com'],
        ['blanks around it taken off', 'mailto:Ada@Example.com'],
        ['lower case', 'mailto:ada@example.com'],
        ['without mailto:', 'ada@example.com'],
      ],
    ],
    [{ email: 'ada@example.com' }, 'email', [['as given', 'ada@example.com']]],
    [
      { phone: '(202) 555-0143', country: 'USA' },
      'phone',
      [
        ['as given', '(202) 555-0143'],
        ['E.164, completed with the country US', '+12025550143'],
      ],
    ],
    [
      { phone: 'tel:+1 202 555 0143' },
      'phone',
      [
        ['as given', 'tel:+1 202 555 0143'],
        ['invisible characters, blanks around it and tel: taken off', '+1 202 555 0143'],
        ['E.164, a valid number of a country that is served', '+12025550143'],
      ],
    ],
    [
      { country: 'uk' },
      'country',
      [
        ['as given', 'uk'],
        ['ISO 3166-1 code', 'GB'],
        ['English name', 'United Kingdom'],
      ],
    ],
    [
      { postalCode: ' sw1a 1aa' },
      'postalCode',
      [
        ['as given', ' sw1a 1aa'],
        ['compatibility form, without blanks around it', 'sw1a 1aa'],
        ['upper case', 'SW1A 1AA'],
      ],
    ],
    [
      { firstName: ' Ada\n' },
      'firstName',
      [
        ['as given', ' Ada\n'],
        ['invisible characters and blanks around it taken off', 'Ada'],
      ],
    ],
    [
      { purchase: { profit: '10', total7Days: 10, currency: ' usd' } },
      'purchase',
      [
        ['profit as given', '10'],
        ['total7Days as given', '10'],
        ['currency as given', ' usd'],
        ['upper case', 'USD'],
      ],
    ],
  ])('of %j', (user, field, steps) => {
    expect(stepsOf(user, field)).toEqual(steps);
  });

  it('of a purchase tell what was given of it', () => {
    expect(stepsOf({ purchase: { total7Days: '7' } }, 'purchase')).toEqual([['total7Days as given', '7']]);
  });

  it.each<[AudienceUser, string, string, string]>([
    [{ email: 'josé@example.com' }, 'email', 'not an address', 'invalid-format'],
    [{ email: DIGEST }, 'email', 'a digest, of which Klaviyo can make nothing', 'digest-not-accepted'],
    [{ phone: DIGEST }, 'phone', 'a digest, of which Klaviyo can make nothing', 'digest-not-accepted'],
    [{ country: DIGEST }, 'country', 'a digest, of which Klaviyo can make nothing', 'digest-not-accepted'],
    [{ phone: '+33 6 12 34 56 78' }, 'phone', 'a country whose numbers are not sent', 'unsupported-country'],
    [{ phone: '202 555 0143', country: 'FR' }, 'phone', 'a country whose numbers are not sent', 'unsupported-country'],
    [{ phone: '202 555 0143' }, 'phone', 'a national number without a country to complete it', 'missing-country'],
    [{ phone: '+1 202 555' }, 'phone', 'not a valid number', 'invalid-format'],
    [{ phone: 'call me' }, 'phone', 'not a phone number', 'invalid-format'],
    [{ country: 'ZZ' }, 'country', 'in no list of countries, and no name of one', 'unknown-country'],
    [{ postalCode: '9'.repeat(256) }, 'postalCode', 'more than Klaviyo keeps', 'invalid-length'],
    [{ edgeTagId: 'a\0' }, 'edgeTagId', 'control characters or half a character', 'invalid-format'],
    [{ firstName: 'a\ud800' }, 'firstName', 'half a character', 'invalid-format'],
    [{ purchase: { profit: '1,5' } }, 'purchase', 'not an amount', 'invalid-format'],
    [{ purchase: { currency: 'dollars' } }, 'purchase', 'not a currency code', 'invalid-format'],
  ])('of %j end in the reason why %s is left out', (user, field, why, reason) => {
    expect(stepsOf(user, field)).toContainEqual([`refused: ${why}`, reason]);
  });
});
