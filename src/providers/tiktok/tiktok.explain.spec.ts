import { describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/config.js';
import type { AudienceUser } from '../contract/audience-user.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { TikTokTag } from './tiktok.config.js';
import { TikTokProvider } from './tiktok.provider.js';

const FIRST_LAST = 'a2c722c182246d9f13668ae371c664097b240f3180f35b046366c16c237b9ee3';
const FIRST_LAST_BASIC = 'edff9144cdad471f21eccb8b3a6df337c52e409978f24cfdb9004d9b4e2b6ef8';
const LONDON = 'e631c2534428c6c9b48c2167604a8983046085e43a2c00ed748733c544c0bb4d';
const LONDON_PLAIN = '8d5f937f3a5590634cbe975951a6aa1543170671ce6e73cce4062f4e8c288417';

const BOTH: Partial<TikTokTag> = { emailNormalization: 'both', phoneNormalization: 'both' };

/** Nothing here calls the platform. */
const NO_HTTP = undefined as unknown as PlatformHttp;

function explain(user: AudienceUser, settings: Partial<TikTokTag> = {}) {
  const tags = new Map([['default', Object.assign(new TikTokTag(), settings)]]);
  const config = new AppConfig({ providers: new Map([['tiktok', tags]]) } as unknown as AppConfig);
  const provider = new TikTokProvider(config, NO_HTTP);
  const steps: string[][] = [];
  const { rows } = provider.prepare([user], 'default', { step: (...step) => void steps.push(step) });
  return { steps, sent: rows.flatMap(({ row }) => provider.identifiers(row)) };
}
const stepsOf = (user: AudienceUser, field: string, settings?: Partial<TikTokTag>) =>
  explain(user, settings)
    .steps.filter(([of]) => of === field)
    .map(([, rule, result]) => [rule, result]);

describe('identifiers', () => {
  it('are the digests, by their kind', () => {
    expect(explain({ phone: '020 7183 8750', country: 'GB' }).sent).toEqual([
      { name: 'PHONE_SHA256', value: LONDON, hashed: true },
    ]);
  });

  it('are both forms of each where both are sent', () => {
    const user = { email: 'first.last+promo@Example.co.uk', phone: '020 7183 8750', country: 'GB' };
    expect(explain(user, BOTH).sent).toEqual([
      { name: 'EMAIL_SHA256', value: FIRST_LAST, hashed: true },
      { name: 'PHONE_SHA256', value: LONDON, hashed: true },
      { name: 'EMAIL_SHA256', value: FIRST_LAST_BASIC, hashed: true },
      { name: 'PHONE_SHA256', value: LONDON_PLAIN, hashed: true },
    ]);
  });
});

describe('the steps', () => {
  it('of an address', () => {
    expect(stepsOf({ email: ' first.last+promo@Example.co.uk' }, 'email')).toEqual([
      ['as given', ' first.last+promo@Example.co.uk'],
      ['blanks and invisible characters taken out', 'first.last+promo@Example.co.uk'],
      ['lower case', 'first.last+promo@example.co.uk'],
      ['dots and +tag in front of the @ taken out', 'firstlast@example.co.uk'],
      ['SHA-256', FIRST_LAST],
    ]);
  });

  it('of both forms of an address and a number, one after the other', () => {
    const user = { email: 'first.last+promo@example.co.uk', phone: '+442071838750' };
    expect(stepsOf(user, 'email', BOTH).slice(3)).toEqual([
      ['again as given, for its second form', 'first.last+promo@example.co.uk'],
      ['SHA-256', FIRST_LAST_BASIC],
    ]);
    expect(stepsOf(user, 'phone', BOTH)).toEqual([
      ['as given', '+442071838750'],
      ['SHA-256', LONDON],
      ['again as given, for its second form', '+442071838750'],
      ['without the plus', '442071838750'],
      ['SHA-256', LONDON_PLAIN],
    ]);
  });

  it.each<[AudienceUser, Partial<TikTokTag>, string[][]]>([
    [{ phone: '020 7183 8750', country: 'UK' }, {}, [['E.164, completed with the country GB', '+442071838750']]],
    [{ phone: '020 7183 8750' }, { defaultCountry: 'GB' }, [['E.164, completed with the country GB', '+442071838750']]],
  ])('of the national number in %j', (user, settings, completed) => {
    expect(stepsOf(user, 'phone', settings)).toEqual([
      ['as given', '020 7183 8750'],
      ['digits alone, as they are dialled', '02071838750'],
      ...completed,
      ['SHA-256', LONDON],
    ]);
  });

  it('of a country are those that complete numbers, and are told before them', () => {
    const { steps } = explain({ phone: '020 7183 8750', country: 'UK' });
    expect(steps.slice(0, 3)).toEqual([
      ['country', 'as given', 'UK'],
      ['country', 'ISO 3166-1 code, to complete phone numbers with', 'GB'],
      ['phone', 'as given', '020 7183 8750'],
    ]);
  });

  it('tell nothing of what TikTok takes not', () => {
    expect(explain({ firstName: 'Jane', postalCode: '94025', edgeTagId: 'edge-1' }).steps).toEqual([]);
  });

  it.each<[AudienceUser, string, string, string]>([
    [{ email: '+promo@example.com' }, 'email', 'not an address', 'invalid-format'],
    [{ email: `${'x'.repeat(400)}@example.com` }, 'email', 'too long for an address', 'invalid-length'],
    [{ phone: '+1 800 FLOWERS' }, 'phone', 'letters in a phone number', 'invalid-format'],
    [{ phone: '+0000000000' }, 'phone', 'no calling code', 'invalid-format'],
    [{ phone: '374-93-828222' }, 'phone', 'a national number without a usable country', 'missing-country'],
    [{ phone: '12345', country: 'US' }, 'phone', 'no number of this length in the country', 'invalid-length'],
    [{ phone: '12345', country: 'ZZ' }, 'phone', 'a national number without a usable country', 'unknown-country'],
    [{ phone: '12345', country: 'ZZ' }, 'country', 'in no list of countries', 'unknown-country'],
  ])('of %j end in the reason why %s is left out', (user, field, why, reason) => {
    expect(stepsOf(user, field).at(-1)).toEqual([`refused: ${why}`, reason]);
  });
});
