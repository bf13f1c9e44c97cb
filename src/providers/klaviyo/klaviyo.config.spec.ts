import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readProviderTags } from '../../config/provider-variables.js';
import { klaviyoSettings, KlaviyoTag } from './klaviyo.config.js';

const read = (variables: Record<string, string>) =>
  readProviderTags(new Map(Object.entries({ KLAVIYO_API_KEY: 'pk_test', ...variables })), klaviyoSettings);

describe('KlaviyoTag', () => {
  it('needs a key, and has defaults for the rest', () => {
    expect(klaviyoSettings.id).toBe('klaviyo');
    expect({ ...new KlaviyoTag() }).toEqual({
      apiKey: '',
      revision: '2026-07-15',
      createSegment: true,
      phoneCountries: ['US', 'CA', 'GB', 'IE', 'AU', 'NZ'],
      baseUrl: 'https://a.klaviyo.com',
    });
    expect(read({}).problems).toEqual([]);
    expect(readProviderTags(new Map([['KLAVIYO_CREATE_SEGMENT', 'false']]), klaviyoSettings).problems).toEqual([
      'KLAVIYO_API_KEY is missing',
    ]);
    expect(readProviderTags(new Map(), klaviyoSettings).tags.size).toBe(0);
  });

  it.each([
    ['REVISION', '2026-10-15', { revision: '2026-10-15' }],
    ['REVISION', '2026-10-15.pre', { revision: '2026-10-15.pre' }],
    ['CREATE_SEGMENT', 'false', { createSegment: false }],
    ['PHONE_COUNTRIES', 'us', { phoneCountries: ['US'] }],
    ['PHONE_COUNTRIES', ' gb, IE ,gb,', { phoneCountries: ['GB', 'IE'] }],
    ['BASE_URL', 'http://127.0.0.1:4000/', { baseUrl: 'http://127.0.0.1:4000' }],
  ])('takes %s %j', (name, value, expected) => {
    const { tags, problems } = read({ [`KLAVIYO_${name}`]: value });
    expect(problems).toEqual([]);
    expect(tags.get('default')).toMatchObject(expected);
  });

  it.each([
    ['API_KEY', 'Klaviyo-API-Key pk_test'],
    ['API_KEY', 'sk_live_9'],
    ['API_KEY', 'pk_ab cd'],
    ['API_KEY', 'pk_ab\r\nx'],
    ['REVISION', 'v26.0'],
    ['CREATE_SEGMENT', 'yes'],
    ['PHONE_COUNTRIES', 'USA'],
    ['PHONE_COUNTRIES', 'US,XX'],
    ['PHONE_COUNTRIES', ' , '],
    ['BASE_URL', 'http://a.klaviyo.com'],
    ['BASE_URL', 'https://a.klaviyo.com/api'],
  ])('refuses %s %j by name, not by value', (name, value) => {
    const { problems } = read({ [`KLAVIYO_${name}`]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(`KLAVIYO_${name} must`);
    expect(problems[0]).not.toContain(value);
  });
});
