import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../config/load-config.js';
import { tiktokSettings, type TikTokTag } from './tiktok.config.js';

const required = { TIKTOK_ACCESS_TOKEN: 'tok_abc', TIKTOK_ADVERTISER_ID: '7170000000000000001' };

const tagOf = (variables: Record<string, string>): TikTokTag =>
  loadConfig(variables, [tiktokSettings]).providers.get('tiktok')?.get('default') as TikTokTag;

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    tagOf(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('TikTokTag', () => {
  it('needs a token and an account, and has defaults for the rest', () => {
    expect(tagOf(required)).toEqual({
      accessToken: 'tok_abc',
      advertiserId: '7170000000000000001',
      route: 'stream',
      emailNormalization: 'api',
      phoneNormalization: 'plus',
      defaultCountry: undefined,
      retentionInDays: undefined,
      baseUrl: 'https://business-api.tiktok.com',
    });
    expect(problemsOf({ TIKTOK_ROUTE: 'file' })).toEqual([
      'TIKTOK_ACCESS_TOKEN is missing',
      'TIKTOK_ADVERTISER_ID is missing',
    ]);
  });

  it.each([
    ['ADVERTISER_ID', ' 77 ', 'advertiserId', '77'],
    ['ROUTE', 'file', 'route', 'file'],
    ['EMAIL_NORMALIZATION', 'both', 'emailNormalization', 'both'],
    ['EMAIL_NORMALIZATION', 'basic', 'emailNormalization', 'basic'],
    ['PHONE_NORMALIZATION', 'both', 'phoneNormalization', 'both'],
    ['DEFAULT_COUNTRY', 'us', 'defaultCountry', 'US'],
    ['DEFAULT_COUNTRY', 'United Kingdom', 'defaultCountry', 'GB'],
    ['BASE_URL', 'http://127.0.0.1:4011/', 'baseUrl', 'http://127.0.0.1:4011'],
  ] as const)('takes %s %j', (name, value, field, expected) => {
    expect(tagOf({ ...required, [`TIKTOK_${name}`]: value })[field]).toBe(expected);
  });

  it.each(['1', '180', '365'])('keeps audiences of files for %s days', (days) => {
    const tag = tagOf({ ...required, TIKTOK_ROUTE: 'file', TIKTOK_RETENTION_IN_DAYS: days });
    expect(tag.retentionInDays).toBe(Number(days));
  });

  it.each([
    ['ACCESS_TOKEN', 'two words', 'without blanks'],
    ['ADVERTISER_ID', '12a', 'digits'],
    ['ROUTE', 'streaming', 'stream or file'],
    ['EMAIL_NORMALIZATION', 'none', 'api, basic or both'],
    ['PHONE_NORMALIZATION', 'none', 'plus or both'],
    ['DEFAULT_COUNTRY', 'Atlantis', 'country code'],
    ['RETENTION_IN_DAYS', '0', '1 to 365'],
    ['RETENTION_IN_DAYS', '366', '1 to 365'],
    ['RETENTION_IN_DAYS', '1.5', '1 to 365'],
    ['RETENTION_IN_DAYS', 'forever', '1 to 365'],
    ['BASE_URL', 'https://business-api.tiktok.com/open_api/v1.3', 'origin'],
  ])('refuses %s %j by name, not by value', (name, value, words) => {
    const [problem, ...others] = problemsOf({ ...required, TIKTOK_ROUTE: 'file', [`TIKTOK_${name}`]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^TIKTOK_${name} must .*${words}`));
    expect(problem).not.toContain(value);
  });

  it('does not ignore a retention that a streamed segment cannot have', () => {
    expect(problemsOf({ ...required, TIKTOK_RETENTION_IN_DAYS: '30' })).toEqual([
      'TIKTOK_RETENTION_IN_DAYS is for ROUTE=file alone',
    ]);
  });
});
