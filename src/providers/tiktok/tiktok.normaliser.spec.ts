import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../contract/audience-user.js';
import { prepareTikTokRows, type TikTokRowOptions } from './tiktok.normaliser.js';

const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const JANE_BASIC = '831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982';
const US_PHONE = 'a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb';
const US_PHONE_PLAIN = '8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2';
const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const DEFAULTS: TikTokRowOptions = { emailNormalization: 'api', phoneNormalization: 'plus' };

const prepare = (users: AudienceUser[], options: Partial<TikTokRowOptions> = {}) =>
  prepareTikTokRows(users, { ...DEFAULTS, ...options });
const rowOf = (user: AudienceUser, options: Partial<TikTokRowOptions> = {}) => prepare([user], options).rows[0]?.row;

describe('email', () => {
  const cases: [string, string, string?][] = [
    ['  Jane.Doe@Gmail.com ', JANE, JANE_BASIC],
    ['janedoe@gmail.com', JANE],
    [
      'first.last+promo@Example.co.uk',
      'a2c722c182246d9f13668ae371c664097b240f3180f35b046366c16c237b9ee3',
      'edff9144cdad471f21eccb8b3a6df337c52e409978f24cfdb9004d9b4e2b6ef8',
    ],
    [
      'local-part.123+suffix@domain.com',
      '8d771c407c5ac0a6d864156f7f3018b8f3b6f5ce3a6ab66ed8da18a6903f8978',
      'd4fbd45fef165cec3d84c7cd401d341b732d9a2f3292792bff930c0c4156ffae',
    ],
    [
      'JOSÉ.García@exámple.es',
      '19a2859f9a00171125752922e36500417a372ca14e427d7230401767082f65e8',
      '414b40506ab77c1645b2bee25243d1fa7e442713d06a03d2a57fe106a2f546d3',
    ],
    ["o'brien@mail.example.org", '1189e22859bb08531c365eafc2ddf66f85b3031df0585f9aef1a06067154a920'],
    ['j ane@example.com', '8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d'],
    ['j\u00a0a\u3000ne@example.com\u200b', '8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d'],
    ['用户@例子.公司', 'e4fd5b10931495799577a165a21e06f867dc0cfee2545b4e175e7d82257c3f80'],
  ];

  it.each(cases)('%j in the three modes', (email, api, basic = api) => {
    expect(rowOf({ email })).toEqual([api, '']);
    expect(rowOf({ email }, { emailNormalization: 'basic' })).toEqual([basic, '']);
    expect(rowOf({ email }, { emailNormalization: 'both' })).toEqual(basic === api ? [api, ''] : [api, '', basic, '']);
  });

  const invalid = [
    '+promo@example.com',
    'user@@example.com',
    'no-at-sign.example.com',
    'user@localhost',
    '@example.com',
    '...@example.com',
    'user@.com',
    'user@example.',
    'user@example.com\0',
    'us\ud800er@example.com',
  ];

  it.each(invalid)('%j is skipped in every mode', (email) => {
    for (const emailNormalization of ['api', 'basic', 'both'] as const) {
      expect(prepare([{ email }], { emailNormalization })).toMatchObject({
        rows: [],
        rejections: [
          { user: 0, field: 'email', reason: 'invalid-format' },
          { user: 0, reason: 'no-usable-identifier' },
        ],
      });
    }
  });

  it.each(['', ' ', '\u00a0\t', '\u200b'])('%j is nothing', (email) => {
    expect(prepare([{ email }]).rejections).toEqual([{ user: 0, reason: 'no-usable-identifier' }]);
  });

  it('is skipped when it is too long for an address', () => {
    const email = `${'a'.repeat(250)}@example.com`;
    expect(prepare([{ email }]).rejections[0]).toEqual({ user: 0, field: 'email', reason: 'invalid-length' });
  });
});

describe('phone', () => {
  const gb = 'e631c2534428c6c9b48c2167604a8983046085e43a2c00ed748733c544c0bb4d';
  const gbPlain = '8d5f937f3a5590634cbe975951a6aa1543170671ce6e73cce4062f4e8c288417';
  const am = '241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d';
  const amPlain = '65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4';

  it.each<[string | undefined, string, string, string]>([
    [undefined, '+1 (657) 777-0000', US_PHONE, US_PHONE_PLAIN],
    ['US', '(657) 777-0000', US_PHONE, US_PHONE_PLAIN],
    ['US', '1-657-777-0000', US_PHONE, US_PHONE_PLAIN],
    [undefined, '+374 93 828222', am, amPlain],
    ['GB', '020 7183 8750', gb, gbPlain],
    ['united kingdom', '020 7183 8750', gb, gbPlain],
    [undefined, '+44 (0)20 7183 8750', gb, gbPlain],
    [undefined, '0044 20 7183 8750', gb, gbPlain],
    [
      'FR',
      '06 12 34 56 78',
      '42d573cfc315801d4cd8eddd5416b416a0bf298b9b9e12d6b07442c91db42bd8',
      '8a3e7886c9335e82e02299fa3e87b46e2de3b0c63d56003e30a5029394a47661',
    ],
    [
      'IT',
      '06 6982 1234',
      '14b19cd14e26f45419651ce76c09e2e4781f7fa6e0cfff28275aa0bdc2339bce',
      '467029093e0098559a35e1b10c86434ab58c0b98384e0a98cb0aa40a8b22328e',
    ],
    [
      'IL',
      '052-123-4567',
      'e09e0147f3f5f313a8cd4933e142ce2a232ddca07f6b72ecf805bffa0a34615b',
      '14497f050217d427077fea7700606fb29d722886c89133f8d936170229096d5d',
    ],
    [
      undefined,
      '+551155256',
      '26ec301451b4410147c94b51bdd0e4a30231f5b5868be5581d8c19d1e7d3eb09',
      '89d92a9aa3ba61447378d661820ace0f64fc8f10b687c11a5fac9a35cc87f5e8',
    ],
  ])('%s %j with the plus, and without it', (country, phone, plus, plain) => {
    expect(rowOf({ phone, country })).toEqual(['', plus]);
    expect(rowOf({ phone, country }, { phoneNormalization: 'both' })).toEqual(['', plus, '', plain]);
  });

  it.each<[string | undefined, string, string]>([
    [undefined, '374-93-828222', 'missing-country'],
    [undefined, '0123456789', 'missing-country'],
    [' ', '0123456789', 'missing-country'],
    ['Atlantis', '020 7183 8750', 'unknown-country'],
    [JANE, '020 7183 8750', 'unknown-country'],
    [undefined, '+1 800 FLOWERS', 'invalid-format'],
    [undefined, '+44 20 7183 8750 ext. 5', 'invalid-format'],
    [undefined, '+', 'invalid-format'],
    [undefined, '+0000000000', 'invalid-format'],
    [undefined, '+0 415 555 2671', 'invalid-format'],
    [undefined, '+0123456789', 'invalid-format'],
    ['GB', '000 44 20 7946 0018', 'invalid-format'],
    ['US', '12345', 'invalid-length'],
    [undefined, '+1234567', 'invalid-length'],
    [undefined, '+1234567890123456', 'invalid-length'],
  ])('%s %j is left out', (country, phone, reason) => {
    expect(prepare([{ email: 'janedoe@gmail.com', phone, country }])).toMatchObject({
      rows: [{ user: 0, row: [JANE, ''] }],
      rejections: [{ user: 0, field: 'phone', reason }],
    });
  });

  it('is completed with the default country where a user has none, and only there', () => {
    const national = { phone: '(657) 777-0000' };
    const users = [
      national,
      { ...national, country: ' ' },
      { ...national, country: 'GB' },
      { ...national, country: 'Atlantis' },
    ];
    const prepared = prepare(users, { defaultCountry: 'US' });
    expect(prepared.rows.slice(0, 2)).toEqual([
      { user: 0, row: ['', US_PHONE] },
      { user: 1, row: ['', US_PHONE] },
    ]);
    expect(prepared.rows.slice(2).map(({ row }) => row)).not.toContainEqual(['', US_PHONE]);
    expect(prepared.rejections).toContainEqual({ user: 3, field: 'phone', reason: 'unknown-country' });
  });
});

describe('digests', () => {
  it.each(['email', 'phone'] as const)('are passed on in %s, in lower case and one form only', (field) => {
    const row = rowOf(
      { [field]: ` ${JANE.toUpperCase()} ` },
      { emailNormalization: 'both', phoneNormalization: 'both' },
    );
    expect(row).toEqual(field === 'email' ? [JANE, ''] : ['', JANE]);
  });

  it.each(['email', 'phone'] as const)('of nothing are never passed on in %s', (field) => {
    expect(prepare([{ [field]: EMPTY_DIGEST.toUpperCase() }])).toMatchObject({
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
      email: 'Jane.Doe@Gmail.com',
      phone: '+16577770000',
      firstName: 'Jane',
      lastName: 'Doe',
      country: 'US',
      postalCode: '94025',
      purchase: { currency: 'USD', profit: 3, total7Days: 4 },
    };
    expect(prepare([{}, everything, { firstName: 'Jane', country: 'US', edgeTagId: 'edge-2' }])).toMatchObject({
      rows: [{ user: 1, row: [JANE, US_PHONE] }],
      rejections: [
        { user: 0, reason: 'no-usable-identifier' },
        { user: 2, reason: 'no-usable-identifier' },
      ],
    });
  });

  it('with two forms of both become two pairs', () => {
    const user = { email: 'Jane.Doe@Gmail.com', phone: '+16577770000' };
    const row = rowOf(user, { emailNormalization: 'both', phoneNormalization: 'both' });
    expect(row).toEqual([JANE, US_PHONE, JANE_BASIC, US_PHONE_PLAIN]);
  });
});
