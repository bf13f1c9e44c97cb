import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../config/load-config.js';
import { twitterSettings, type TwitterTag } from './twitter.config.js';

const required = {
  TWITTER_CONSUMER_KEY: 'key_abc',
  TWITTER_CONSUMER_SECRET: 'secret_abc',
  TWITTER_ACCESS_TOKEN: '1528000001-token',
  TWITTER_ACCESS_TOKEN_SECRET: 'secret_def',
  TWITTER_AD_ACCOUNT_ID: '18ce54d4x5t',
};

const tagOf = (variables: Record<string, string>): TwitterTag =>
  loadConfig(variables, [twitterSettings]).providers.get('twitter')?.get('default') as TwitterTag;

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    tagOf(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('TwitterTag', () => {
  it('needs two pairs of keys and an account, and has defaults for the rest', () => {
    expect(tagOf(required)).toEqual({
      consumerKey: 'key_abc',
      consumerSecret: 'secret_abc',
      accessToken: '1528000001-token',
      accessTokenSecret: 'secret_def',
      adAccountId: '18ce54d4x5t',
      memberTtlDays: 395,
      sendPartnerUserId: false,
      baseUrl: 'https://ads-api.x.com',
    });
    expect(problemsOf({ TWITTER_MEMBER_TTL_DAYS: '30' })).toEqual([
      'TWITTER_CONSUMER_KEY is missing',
      'TWITTER_CONSUMER_SECRET is missing',
      'TWITTER_ACCESS_TOKEN is missing',
      'TWITTER_ACCESS_TOKEN_SECRET is missing',
      'TWITTER_AD_ACCOUNT_ID is missing',
    ]);
  });

  it.each([
    ['AD_ACCOUNT_ID', ' 18ce54d4x5t ', 'adAccountId', '18ce54d4x5t'],
    ['MEMBER_TTL_DAYS', '1', 'memberTtlDays', 1],
    ['SEND_PARTNER_USER_ID', 'true', 'sendPartnerUserId', true],
    ['BASE_URL', 'http://127.0.0.1:4013/', 'baseUrl', 'http://127.0.0.1:4013'],
    ['BASE_URL', 'https://ads-api-sandbox.x.com', 'baseUrl', 'https://ads-api-sandbox.x.com'],
  ] as const)('takes %s %j', (name, value, field, expected) => {
    expect(tagOf({ ...required, [`TWITTER_${name}`]: value })[field]).toBe(expected);
  });

  it.each([
    ['CONSUMER_KEY', 'two words', 'without blanks'],
    ['CONSUMER_SECRET', 'schlüssel', 'without blanks'],
    ['ACCESS_TOKEN', 'AAAAbearerToken', 'starts with digits and a hyphen'],
    ['ACCESS_TOKEN_SECRET', 'two words', 'without blanks'],
    ['AD_ACCOUNT_ID', '@brandname', 'not a @handle'],
    ['MEMBER_TTL_DAYS', '0', '1 to 395'],
    ['MEMBER_TTL_DAYS', '396', '1 to 395'],
    ['MEMBER_TTL_DAYS', '1.5', '1 to 395'],
    ['MEMBER_TTL_DAYS', 'forever', '1 to 395'],
    ['SEND_PARTNER_USER_ID', 'yes', 'true or false'],
    ['BASE_URL', 'https://ads-api.x.com/12', 'origin'],
  ])('refuses %s %j by name, not by value', (name, value, words) => {
    const [problem, ...others] = problemsOf({ ...required, [`TWITTER_${name}`]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^TWITTER_${name} must .*${words}`));
    expect(problem?.replaceAll('1 to 395', '')).not.toContain(` ${value} `);
  });
});
