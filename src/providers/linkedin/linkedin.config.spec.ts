import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../config/load-config.js';
import { linkedInSettings, type LinkedInTag } from './linkedin.config.js';

const fixed = { LINKEDIN_AD_ACCOUNT_ID: '512345678', LINKEDIN_ACCESS_TOKEN: 'tok_abc' };
const refreshed = {
  LINKEDIN_AD_ACCOUNT_ID: '512345678',
  LINKEDIN_CLIENT_ID: '77demo',
  LINKEDIN_CLIENT_SECRET: 'WPL_AP1.demo==',
  LINKEDIN_REFRESH_TOKEN: 'AQW_demo',
};

const tagOf = (variables: Record<string, string>): LinkedInTag =>
  loadConfig(variables, [linkedInSettings]).providers.get('linkedin')?.get('default') as LinkedInTag;

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    tagOf(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('LinkedInTag', () => {
  it('needs an account and a token, and has defaults for the rest', () => {
    expect(tagOf(fixed)).toEqual({
      adAccountId: '512345678',
      accessToken: 'tok_abc',
      clientId: undefined,
      clientSecret: undefined,
      refreshToken: undefined,
      apiVersion: '202608',
      sourcePlatform: 'DIRECT_API',
      baseUrl: 'https://api.linkedin.com',
      tokenUrl: 'https://www.linkedin.com/oauth/v2/accessToken',
    });
  });

  it('takes what access tokens are got with instead of one', () => {
    expect(tagOf(refreshed)).toMatchObject({
      accessToken: undefined,
      clientId: '77demo',
      clientSecret: 'WPL_AP1.demo==',
      refreshToken: 'AQW_demo',
    });
  });

  it.each([
    [{ LINKEDIN_AD_ACCOUNT_ID: '512345678' }, ['LINKEDIN_ACCESS_TOKEN is missing']],
    [{ LINKEDIN_ACCESS_TOKEN: 'tok_abc' }, ['LINKEDIN_AD_ACCOUNT_ID is missing']],
    [
      { LINKEDIN_AD_ACCOUNT_ID: '512345678', LINKEDIN_REFRESH_TOKEN: 'AQW_demo' },
      ['LINKEDIN_CLIENT_ID is missing', 'LINKEDIN_CLIENT_SECRET is missing'],
    ],
    [
      { LINKEDIN_CLIENT_ID: '77demo', LINKEDIN_CLIENT_SECRET: 'x' },
      ['LINKEDIN_AD_ACCOUNT_ID is missing', 'LINKEDIN_REFRESH_TOKEN is missing'],
    ],
    [
      { ...refreshed, LINKEDIN_ACCESS_TOKEN: 'tok_abc' },
      [
        'LINKEDIN_ACCESS_TOKEN must be left out where LINKEDIN_CLIENT_ID, LINKEDIN_CLIENT_SECRET and LINKEDIN_REFRESH_TOKEN are set',
      ],
    ],
  ])('tells what is missing or too much: %j', (variables, problems) => {
    expect(problemsOf(variables)).toEqual(problems);
  });

  it('makes no tag of addresses alone', () => {
    expect(tagOf({ LINKEDIN_BASE_URL: 'http://127.0.0.1:4013', LINKEDIN_TOKEN_URL: 'http://127.0.0.1:4013/t' })).toBe(
      undefined,
    );
  });

  it.each([
    ['AD_ACCOUNT_ID', ' 77 ', 'adAccountId', '77'],
    ['AD_ACCOUNT_ID', 'urn:li:sponsoredAccount:77', 'adAccountId', '77'],
    ['API_VERSION', '202701', 'apiVersion', '202701'],
    ['SOURCE_PLATFORM', 'SEGMENT', 'sourcePlatform', 'SEGMENT'],
    ['BASE_URL', 'http://127.0.0.1:4013/', 'baseUrl', 'http://127.0.0.1:4013'],
    [
      'TOKEN_URL',
      'http://127.0.0.1:4013/oauth/v2/accessToken',
      'tokenUrl',
      'http://127.0.0.1:4013/oauth/v2/accessToken',
    ],
  ] as const)('takes %s %j', (name, value, field, expected) => {
    expect(tagOf({ ...fixed, [`LINKEDIN_${name}`]: value })[field]).toBe(expected);
  });

  it.each([
    [fixed, 'AD_ACCOUNT_ID', 'act_77', 'must be the digits of an ad account'],
    [fixed, 'AD_ACCOUNT_ID', 'urn:li:organization:77', 'must be the digits of an ad account'],
    [fixed, 'ACCESS_TOKEN', 'two words', 'must be set, without blanks'],
    [refreshed, 'CLIENT_ID', 'two words', 'must be set, without blanks'],
    [refreshed, 'CLIENT_SECRET', 'é', 'must be set, without blanks'],
    [refreshed, 'REFRESH_TOKEN', 'two words', 'must be set, without blanks'],
    [fixed, 'API_VERSION', '202613', 'must look like 202608'],
    [fixed, 'API_VERSION', '2026-08', 'must look like 202608'],
    [fixed, 'SOURCE_PLATFORM', 'direct api', 'must be a name such as DIRECT_API'],
    [
      fixed,
      'BASE_URL',
      'https://api.linkedin.com/rest',
      'must be an https origin without a path; http only for this machine',
    ],
    [
      fixed,
      'TOKEN_URL',
      'http://www.linkedin.com/token',
      'must be an https address without a query; http only for this machine',
    ],
  ])('with %j refuses %s %j, without repeating it', (others, name, value, sentence) => {
    expect(problemsOf({ ...others, [`LINKEDIN_${name}`]: value })).toEqual([`LINKEDIN_${name} ${sentence}`]);
  });

  it('has further tags, which share the addresses', () => {
    const { providers } = loadConfig(
      {
        ...fixed,
        LINKEDIN_TOKEN_URL: 'http://127.0.0.1:4013/t',
        LINKEDIN__EU_WEST__AD_ACCOUNT_ID: '9',
        LINKEDIN__EU_WEST__ACCESS_TOKEN: 'tok_eu',
      },
      [linkedInSettings],
    );
    expect(providers.get('linkedin')?.get('eu-west')).toMatchObject({
      adAccountId: '9',
      accessToken: 'tok_eu',
      tokenUrl: 'http://127.0.0.1:4013/t',
    });
  });
});
