import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../config/load-config.js';
import { googleSettings, type GoogleTag } from './google.config.js';

const account = { GOOGLE_CUSTOMER_ID: '123-456-7890' };
const client = {
  GOOGLE_CLIENT_ID: '123456789012-abc.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: 'GOCSPX-secret',
  GOOGLE_REFRESH_TOKEN: '1//0gRefresh',
};
const required = { ...account, ...client };

const tagOf = (variables: Record<string, string>): GoogleTag =>
  loadConfig(variables, [googleSettings]).providers.get('google')?.get('default') as GoogleTag;

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    tagOf(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('GoogleTag', () => {
  it('needs an account and credentials, and has defaults for the rest', () => {
    expect(tagOf(required)).toEqual({
      customerId: '1234567890',
      loginCustomerId: undefined,
      clientId: '123456789012-abc.apps.googleusercontent.com',
      clientSecret: 'GOCSPX-secret',
      refreshToken: '1//0gRefresh',
      serviceAccountKey: undefined,
      consentAdUserData: 'UNSPECIFIED',
      consentAdPersonalization: 'UNSPECIFIED',
      membershipDays: 540,
      defaultCountry: undefined,
      pollSeconds: 1800,
      adsBaseUrl: 'https://googleads.googleapis.com',
      adsApiVersion: 'v26',
      baseUrl: 'https://datamanager.googleapis.com',
      tokenUrl: 'https://oauth2.googleapis.com/token',
    });
    expect(problemsOf({ GOOGLE_CLIENT_ID: 'x' })).toEqual([
      'GOOGLE_CUSTOMER_ID is missing',
      'GOOGLE_CLIENT_SECRET is missing',
      'GOOGLE_REFRESH_TOKEN is missing',
    ]);
    expect(problemsOf(account)).toHaveLength(3);
  });

  it.each([
    ['LOGIN_CUSTOMER_ID', ' 987-654-3210 ', 'loginCustomerId', '9876543210'],
    ['CONSENT_AD_USER_DATA', 'GRANTED', 'consentAdUserData', 'GRANTED'],
    ['CONSENT_AD_PERSONALIZATION', 'UNSPECIFIED', 'consentAdPersonalization', 'UNSPECIFIED'],
    ['MEMBERSHIP_DAYS', '30', 'membershipDays', 30],
    ['DEFAULT_COUNTRY', 'gb', 'defaultCountry', 'GB'],
    ['POLL_SECONDS', '1', 'pollSeconds', 1],
    ['ADS_API_VERSION', 'v25', 'adsApiVersion', 'v25'],
    ['ADS_BASE_URL', 'http://127.0.0.1:4000/', 'adsBaseUrl', 'http://127.0.0.1:4000'],
    ['BASE_URL', 'http://127.0.0.1:4013/', 'baseUrl', 'http://127.0.0.1:4013'],
    ['TOKEN_URL', 'http://127.0.0.1:4013/token', 'tokenUrl', 'http://127.0.0.1:4013/token'],
  ] as const)('takes %s %j', (name, value, field, expected) => {
    expect(tagOf({ ...required, [`GOOGLE_${name}`]: value })[field]).toBe(expected);
  });

  it.each([
    ['CUSTOMER_ID', 'act_1234', 'digits'],
    ['LOGIN_CUSTOMER_ID', 'me', 'digits'],
    ['CLIENT_ID', 'two words', 'without blanks'],
    ['REFRESH_TOKEN', 'two words', 'without blanks'],
    ['CONSENT_AD_USER_DATA', 'yes', 'GRANTED or UNSPECIFIED'],
    ['CONSENT_AD_PERSONALIZATION', 'DENIED', 'GRANTED or UNSPECIFIED'],
    ['MEMBERSHIP_DAYS', '-7', '1 to 540'],
    ['MEMBERSHIP_DAYS', '541', '1 to 540'],
    ['MEMBERSHIP_DAYS', 'forever', '1 to 540'],
    ['DEFAULT_COUNTRY', 'Atlantis', 'country code'],
    ['POLL_SECONDS', '-7', '1 to 21600'],
    ['BASE_URL', 'https://datamanager.googleapis.com/v1', 'origin'],
    ['TOKEN_URL', 'http://oauth2.googleapis.com/token', 'https address'],
  ])('refuses %s %j by name, not by value', (name, value, words) => {
    const [problem, ...others] = problemsOf({ ...required, [`GOOGLE_${name}`]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^GOOGLE_${name} must .*${words}`));
    expect(problem).not.toContain(value);
  });
});

describe('the key of a service account', () => {
  let json: string;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    json = JSON.stringify({
      type: 'service_account',
      project_id: 'my-project',
      private_key_id: 'k1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'robot@my-project.iam.gserviceaccount.com',
      token_uri: 'https://oauth2.googleapis.com/token',
    });
    folder = await mkdtemp(join(tmpdir(), 'audience-key-'));
    file = join(folder, 'key.json');
    await writeFile(file, json);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is taken as JSON and as a file, and no client is needed then', () => {
    const read = {
      projectId: 'my-project',
      privateKeyId: 'k1',
      clientEmail: 'robot@my-project.iam.gserviceaccount.com',
      privateKey: expect.stringContaining('PRIVATE KEY'),
    };
    for (const given of [json, ` ${json}`, file]) {
      const { serviceAccountKey, clientId } = tagOf({ ...account, GOOGLE_SERVICE_ACCOUNT_KEY: given });
      expect([serviceAccountKey, clientId]).toMatchObject([read, undefined]);
    }
  });

  it.each([
    ['a file that is not there', () => join(folder, 'other.json'), 'or a file that can be read'],
    ['a folder', () => folder, 'or a file that can be read'],
    ['JSON of another kind', () => '{"installed":{"client_id":"secret-word"}}', 'must hold client_email'],
    ['half of it', () => json.slice(0, 60), 'must hold client_email'],
    ['a key that is none', () => json.replace(/PRIVATE KEY-----[^"]*/, 'PRIVATE KEY-----'), 'must hold client_email'],
  ])('is refused as %s', (_, given, words) => {
    const [problem, ...others] = problemsOf({ ...account, GOOGLE_SERVICE_ACCOUNT_KEY: given() });
    expect(others).toEqual([]);
    expect(problem).toMatch(/^GOOGLE_SERVICE_ACCOUNT_KEY must /);
    expect(problem).toContain(words);
    expect(problem).not.toMatch(/secret-word|my-project|PRIVATE/);
    expect(problem).not.toContain(folder);
  });

  it('stands alone', () => {
    expect(problemsOf({ ...required, GOOGLE_SERVICE_ACCOUNT_KEY: file })).toEqual([
      'GOOGLE_SERVICE_ACCOUNT_KEY must stand alone, without GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN',
    ]);
  });
});
