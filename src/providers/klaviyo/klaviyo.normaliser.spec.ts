import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareKlaviyoRows } from './klaviyo.normaliser.js';
import { KlaviyoPhones } from './klaviyo.phone.js';
import { asciiJson, identifierOf, mergedRow, profileBytes, profileJson } from './klaviyo.profile.js';

const DIGEST = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const MAILBOX = { email: 'jane.doe@example.com' };
const phones = new KlaviyoPhones(['US', 'CA', 'GB', 'IE', 'AU', 'NZ']);

const prepare = (...users: AudienceUser[]) => prepareKlaviyoRows(users, phones);

/** What Klaviyo would read of each row. */
const profiles = (...users: AudienceUser[]) =>
  prepare(...users).rows.map(({ row }) => JSON.parse(profileJson(row)) as unknown);

describe('profiles', () => {
  it('hold everything that is known, in Klaviyo\u2019s own fields or in custom properties', () => {
    const user: AudienceUser = {
      edgeTagId: 'f3c1',
      email: ' Jane.Doe@Example.COM',
      phone: '(415) 555-2671',
      firstName: 'Zoë "Zo"',
      lastName: 'O’Connor\\李',
      country: 'us',
      postalCode: '02115',
      purchase: { currency: 'usd', profit: '12.50', total7Days: 40 },
    };
    expect(profiles(user)).toEqual([
      {
        type: 'profile',
        attributes: {
          email: 'jane.doe@example.com',
          phone_number: '+14155552671',
          first_name: 'Zoë "Zo"',
          last_name: 'O’Connor\\李',
          location: { country: 'United States', zip: '02115' },
          properties: {
            blotout_edge_tag_id: 'f3c1',
            blotout_profit: 12.5,
            blotout_total_7_days: 40,
            blotout_currency: 'USD',
          },
        },
      },
    ]);
  });

  it.each<[AudienceUser, object]>([
    [MAILBOX, { email: 'jane.doe@example.com' }],
    [{ phone: '+14155552671' }, { phone_number: '+14155552671' }],
    [
      { ...MAILBOX, postalCode: 'k1a0b1' },
      { email: 'jane.doe@example.com', location: { zip: 'K1A0B1' } },
    ],
    [
      { ...MAILBOX, country: 'IRL' },
      { email: 'jane.doe@example.com', location: { country: 'Ireland' } },
    ],
    [{ ...MAILBOX, purchase: {} }, { email: 'jane.doe@example.com' }],
    [
      { ...MAILBOX, purchase: { profit: 0 } },
      { email: 'jane.doe@example.com', properties: { blotout_profit: 0 } },
    ],
    [
      { ...MAILBOX, purchase: { total7Days: '-3.2' } },
      { email: 'jane.doe@example.com', properties: { blotout_total_7_days: -3.2 } },
    ],
    [
      { ...MAILBOX, purchase: { currency: ' eur ' } },
      { email: 'jane.doe@example.com', properties: { blotout_currency: 'EUR' } },
    ],
    [
      { ...MAILBOX, firstName: '\t', lastName: ' ', edgeTagId: ' ', postalCode: ' ' },
      { email: 'jane.doe@example.com' },
    ],
  ])('leave out what is not known: %j', (user, attributes) => {
    expect(profiles(user)).toEqual([{ type: 'profile', attributes }]);
    expect(prepare(user).rejections).toEqual([]);
  });

  it('are told apart by address, or by number where there is none', () => {
    const { rows } = prepare({ ...MAILBOX, phone: '+14155552671' }, { phone: '+14155552671' });
    expect(rows.map(({ row }) => identifierOf(row))).toEqual(['jane.doe@example.com', '+14155552671']);
  });

  it('are of single bytes, whatever is in them, and far below 100 KB', () => {
    const text = '李👩"\\'.repeat(50);
    const { rows } = prepare({
      ...MAILBOX,
      firstName: '👩'.repeat(400),
      lastName: text,
      country: '李'.repeat(255),
      postalCode: text,
      edgeTagId: text,
    });
    const json = profileJson(rows[0]!.row);
    expect(Buffer.byteLength(json)).toBe(json.length);
    expect(JSON.parse(json)).toMatchObject({
      attributes: { last_name: text, properties: { blotout_edge_tag_id: text } },
    });
    expect(json.length).toBeLessThan(20_000);
  });
});

describe('users', () => {
  it('give each its row, in order, by its index', () => {
    const { rows, rejections } = prepare(MAILBOX, {}, { email: 'nothing' }, { phone: '+14155552671' });
    expect(rows.map(({ user }) => user)).toEqual([0, 3]);
    expect(rejections).toEqual([
      { user: 1, reason: 'no-usable-identifier' },
      { user: 2, field: 'email', reason: 'invalid-format' },
      { user: 2, reason: 'no-usable-identifier' },
    ]);
  });

  it.each([
    ['07700 900123', 'GB', 'invalid-format'],
    ['+49 151 23456789', 'DE', 'unsupported-country'],
    ['14155552671', undefined, 'missing-country'],
    [DIGEST, 'US', 'digest-not-accepted'],
  ])('fall back to the address when the number %s (%s) cannot be sent', (phone, country, reason) => {
    const { rows, rejections } = prepare({ ...MAILBOX, phone, country }, { phone, country });
    expect(rows).toHaveLength(1);
    expect(profileJson(rows[0]!.row)).not.toContain('phone_number');
    expect(rejections).toEqual([
      { user: 0, field: 'phone', reason },
      { user: 1, field: 'phone', reason },
      { user: 1, reason: 'no-usable-identifier' },
    ]);
  });

  it('are sent by number when the address cannot be', () => {
    const { rows, rejections } = prepare({ email: DIGEST, phone: '+14155552671' });
    expect(rows.map(({ row }) => identifierOf(row))).toEqual(['+14155552671']);
    expect(rejections).toEqual([{ user: 0, field: 'email', reason: 'digest-not-accepted' }]);
  });

  it('are never dropped for a bad secondary field, which is told', () => {
    const user = {
      ...MAILBOX,
      firstName: '\uD800',
      lastName: '\uD800',
      country: 'XX',
      postalCode: '1'.repeat(256),
      edgeTagId: 'a'.repeat(256),
      purchase: { currency: 'US$', profit: '1,234.5', total7Days: 7 },
    };
    const { rows, rejections } = prepare(user, user);
    expect(rows.map(({ row }) => JSON.parse(profileJson(row)) as unknown)).toEqual(
      Array(2).fill({
        type: 'profile',
        attributes: { email: 'jane.doe@example.com', properties: { blotout_total_7_days: 7 } },
      }),
    );
    const ofOne = [
      { field: 'purchase', reason: 'invalid-format' },
      { field: 'firstName', reason: 'invalid-format' },
      { field: 'lastName', reason: 'invalid-format' },
      { field: 'country', reason: 'unknown-country' },
      { field: 'postalCode', reason: 'invalid-length' },
      { field: 'edgeTagId', reason: 'invalid-length' },
    ];
    expect(rejections).toEqual([0, 1].flatMap((index) => ofOne.map((rejection) => ({ user: index, ...rejection }))));
  });

  it.each(['firstName', 'lastName', 'country', 'postalCode'] as const)('send no digest as %s', (field) => {
    const { rows, rejections } = prepare({ ...MAILBOX, [field]: ` ${DIGEST.toUpperCase()}` });
    expect(profileJson(rows[0]!.row)).toBe('{"type":"profile","attributes":{"email":"jane.doe@example.com"}}');
    expect(rejections).toEqual([{ user: 0, field, reason: 'digest-not-accepted' }]);
  });

  it('may have a digest for an id: it is sent as the id that it is', () => {
    const { rows, rejections } = prepare({ ...MAILBOX, edgeTagId: DIGEST });
    expect(profileJson(rows[0]!.row)).toContain(DIGEST);
    expect(rejections).toEqual([]);
  });
});

describe('mergedRow', () => {
  it('keeps what only one of two rows knows, and the later where both know', () => {
    const { rows } = prepare(
      { ...MAILBOX, phone: '+14155552671', firstName: 'Jane', country: 'US', purchase: { profit: 1, currency: 'USD' } },
      { ...MAILBOX, firstName: 'Zoë', postalCode: '02115', purchase: { profit: 2 } },
    );
    const [earlier, later] = rows.map(({ row }) => row);
    const merged = mergedRow(earlier!, later!);
    expect(identifierOf(merged)).toBe('jane.doe@example.com');
    expect(JSON.parse(profileJson(merged))).toEqual({
      type: 'profile',
      attributes: {
        email: 'jane.doe@example.com',
        phone_number: '+14155552671',
        first_name: 'Zoë',
        location: { country: 'United States', zip: '02115' },
        properties: { blotout_profit: 2, blotout_currency: 'USD' },
      },
    });
  });
});

describe('asciiJson', () => {
  it.each(['', 'plain', '"', '\\', '\n\0\u007F', 'é', '\u2028', '👩', '\uD800'])('of %j is JSON of it', (text) => {
    expect(JSON.parse(asciiJson(text))).toBe(text);
    expect(asciiJson(text)).toMatch(/^[ -~]*$/);
  });
});

describe('profileBytes', () => {
  const FIELDS = { email: 'a@b.example', phone: '+14155552671', firstName: 'Zoë "Z"', lastName: '李', country: 'FR' };
  const MORE = { postalCode: '02115', edgeTagId: '标识', purchase: { profit: 1.5, total7Days: 2e-7, currency: 'EUR' } };

  it('is the size of the profile, whatever it holds', () => {
    const all = Object.entries({ ...FIELDS, ...MORE });
    // With each field and without it, in every combination.
    const users = Array.from({ length: 2 ** all.length }, (_, mask) =>
      Object.fromEntries(all.filter((_field, at) => mask & (1 << at))),
    );
    const { rows } = prepare(...users);
    expect(rows).toHaveLength(192);
    for (const { row } of rows) expect(profileBytes(row)).toBe(Buffer.byteLength(profileJson(row)));
  });
});
