import { describe, expect, it } from '@jest/globals';
import { IsIn, IsInt, IsNotEmpty, IsOptional, Matches, Min } from 'class-validator';
import type { ProviderSettings } from './config.js';
import { ConfigError, loadConfig } from './load-config.js';

class AcmeTag {
  @IsNotEmpty()
  accessToken = '';

  @Matches(/^\d+$/, { message: 'must be digits' })
  adAccountId = '';

  @IsOptional()
  @IsIn(['a', 'b'], { message: 'must fit accessToken' })
  fileSource?: string = undefined;

  valueBased = false;

  @Min(1)
  @IsInt()
  pageSize = 10;

  @Matches(/^https?:/, { message: 'must be an address' })
  baseUrl = 'https://acme.example';
}

const ACME: ProviderSettings = { id: 'acme', tag: AcmeTag };
const ACME_TAG = { ACME_ACCESS_TOKEN: 'token-one', ACME_AD_ACCOUNT_ID: '11' };
const SECRET = 'a-secret-of-20-chars';
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

function load(env: Record<string, string>) {
  return loadConfig(env, [ACME]);
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function tagOf(env: Record<string, string>, tag: string) {
  return load(env).providers.get('acme')?.get(tag);
}

describe('loadConfig, the core', () => {
  it('has the documented defaults, and takes an empty variable for an unset one', () => {
    expect(load({ PORT: '', HOST: '', SEGMENT_PREFIX: '', API_KEYS: '', DATABASE_URL: '' })).toEqual({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      dataDir: './data',
      role: 'all',
      apiKeys: [],
      encryptionKey: undefined,
      segmentPrefix: 'blotout_',
      syncTimeoutMs: 120_000,
      maxBodyBytes: 67_108_864,
      bodyIdleTimeoutMs: 30_000,
      maxUsersPerBatch: 100_000,
      maxUploadRows: 10_000_000,
      maxUploadBytes: 2_147_483_648,
      rateLimitPerMinute: 6_000,
      deliveryMaxHours: 24,
      sessionTtlHours: 72,
      webhookAllowPrivate: false,
      queueBackend: 'postgres',
      keepsMembers: true,
      logLevel: 'info',
      providers: new Map([['acme', new Map()]]),
      unknownVariables: [],
    });
  });

  it('tells variables that look like those of a configured tag and are none', () => {
    const mistyped = { ACME_ACCESSTOKEN: 'x', OTHER_ACCESSTOKEN: 'x' };
    expect(load(mistyped).unknownVariables).toEqual([]);
    expect(load({ ...ACME_TAG, ...mistyped }).unknownVariables).toEqual(['ACME_ACCESSTOKEN']);
  });

  it('reads what is set', () => {
    const config = load({
      HOST: '0.0.0.0',
      PORT: '0',
      API_KEYS: `crm:${SECRET}`,
      DATABASE_URL: 'postgresql://audience@db.example/audience',
      ENCRYPTION_KEY,
      ROLE: 'worker',
      MAX_BODY_BYTES: '2048',
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 0, role: 'worker', maxBodyBytes: 2048 });
    expect(config.encryptionKey).toEqual(Buffer.alloc(32, 7));
  });

  it('names every mistake at once, and no value', () => {
    const problems = problemsOf({
      PORT: 'port-value',
      ROLE: 'role-value',
      SYNC_TIMEOUT_MS: '1.5',
      MAX_BODY_BYTES: '-1',
      LOG_LEVEL: 'loud-value',
      ENCRYPTION_KEY: 'key-value',
      DATABASE_URL: 'mysql://db-value',
      ACME_ACCESS_TOKEN: 'token-value',
      ACME_AD_ACCOUNT_ID: 'account-value',
    });
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535',
      'DATABASE_URL must be a postgres:// or postgresql:// address',
      'ROLE must be one of the following values: all, api, worker',
      'ENCRYPTION_KEY must be 32 bytes in base64 (openssl rand -base64 32)',
      'SYNC_TIMEOUT_MS must be a whole number from 1 to 3600000',
      'MAX_BODY_BYTES must be a whole number from 1024 to 500000000',
      'LOG_LEVEL must be one of the following values: fatal, error, warn, info, debug, trace, silent',
      'ACME_AD_ACCOUNT_ID must be digits',
    ]);
    expect(problems.join()).not.toMatch(/-value|1\.5/);
  });

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1'])('listens on %s without keys', (host) => {
    expect(problemsOf({ HOST: host })).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.1.2.3', '127.example.com'])('refuses %s without keys', (host) => {
    expect(problemsOf({ HOST: host })).toEqual([
      'API_KEYS is missing: it may be unset only while HOST is a loopback address',
    ]);
  });

  it('wants a key for payloads in a database that is not its own', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://db.example/a' })).toEqual([
      'ENCRYPTION_KEY is missing: it may be unset only while DATABASE_URL is',
    ]);
  });
});

describe('loadConfig, API_KEYS', () => {
  it('gives a key its scopes, and all of them when none are written', () => {
    expect(load({ API_KEYS: `crm:${SECRET}:audience:write+audience:read, ops:${SECRET}2` }).apiKeys).toEqual([
      { name: 'crm', secret: SECRET, scopes: ['audience:write', 'audience:read'] },
      { name: 'ops', secret: `${SECRET}2`, scopes: ['audience:write', 'audience:read', 'admin'] },
    ]);
  });

  it.each([
    ['short', 'crm:only-15-chars-x', 'must have a secret of at least 16 characters'],
    ['nameless', SECRET, 'must be name:secret'],
    ['badly named', `a b:${SECRET}`, 'must start with a name'],
    ['of an unknown scope', `crm:${SECRET}:audience:write+root`, 'must end with scopes among'],
    ['of no scope', `crm:${SECRET}:`, 'must end with scopes among'],
    ['with a blank', 'crm:a secret with blanks', 'printable ASCII'],
  ])('refuses a key that is %s, by its place', (_, text, expected) => {
    const problems = problemsOf({ API_KEYS: `first:${SECRET}9,${text}` });
    expect(problems).toContainEqual(expect.stringContaining('API_KEYS entry 2'));
    expect(problems.join()).toContain(expected);
    expect(problems.join()).not.toMatch(/crm|secret-of|only-15/);
  });

  it('refuses a name or a secret that stands twice', () => {
    expect(problemsOf({ API_KEYS: `crm:${SECRET},crm:${SECRET}` })).toEqual([
      'API_KEYS entry 2 repeats the name of an earlier entry',
      'API_KEYS entry 2 repeats the secret of an earlier entry',
    ]);
  });
});

describe('loadConfig, tags', () => {
  it('has no tag without variables, nor with an address alone', () => {
    expect(load({}).providers.get('acme')).toEqual(new Map());
    expect(load({ ACME_BASE_URL: 'http://127.0.0.1:1' }).providers.get('acme')).toEqual(new Map());
  });

  it('reads several tags, each of its class', () => {
    const env = { ...ACME_TAG, ACME__EU_WEST__ACCESS_TOKEN: 'token-two', ACME__EU_WEST__AD_ACCOUNT_ID: '22' };
    expect(tagOf(env, 'default')).toBeInstanceOf(AcmeTag);
    expect(tagOf(env, 'default')).toMatchObject({ accessToken: 'token-one', adAccountId: '11', pageSize: 10 });
    expect(tagOf(env, 'eu-west')).toMatchObject({ accessToken: 'token-two', adAccountId: '22' });
  });

  it('reads booleans and numbers as their defaults are', () => {
    const env = { ...ACME_TAG, ACME_VALUE_BASED: 'true', ACME_PAGE_SIZE: '25' };
    expect(tagOf(env, 'default')).toMatchObject({ valueBased: true, pageSize: 25 });
  });

  it('shares an address with all tags but those with their own, and shares nothing else', () => {
    const env = {
      ...ACME_TAG,
      ACME_BASE_URL: 'http://127.0.0.1:1',
      ACME_PAGE_SIZE: '25',
      ACME__EU__ACCESS_TOKEN: 'token-two',
      ACME__EU__AD_ACCOUNT_ID: '22',
      ACME__US__ACCESS_TOKEN: 'token-three',
      ACME__US__AD_ACCOUNT_ID: '33',
      ACME__US__BASE_URL: 'http://127.0.0.1:3',
    };
    expect(tagOf(env, 'eu')).toMatchObject({ baseUrl: 'http://127.0.0.1:1', pageSize: 10 });
    expect(tagOf(env, 'us')).toMatchObject({ baseUrl: 'http://127.0.0.1:3' });
  });

  it('names what half a tag lacks', () => {
    expect(problemsOf({ ACME_ACCESS_TOKEN: 'token-one', ACME__EU__PAGE_SIZE: '5' })).toEqual([
      'ACME_AD_ACCOUNT_ID is missing',
      'ACME__EU__ACCESS_TOKEN is missing',
      'ACME__EU__AD_ACCOUNT_ID is missing',
    ]);
  });

  it('names a shared address once, and other fields by their variables', () => {
    const env = {
      ...ACME_TAG,
      ACME_BASE_URL: 'nowhere',
      ACME_FILE_SOURCE: 'c',
      ACME__EU__ACCESS_TOKEN: 'x',
      ACME__EU__AD_ACCOUNT_ID: '2',
    };
    expect(problemsOf(env)).toEqual([
      'ACME_FILE_SOURCE must fit ACME_ACCESS_TOKEN',
      'ACME_BASE_URL must be an address',
    ]);
  });

  it.each(['ACME__EU__TOKEN', 'ACME__EU', 'ACME__eu__ACCESS_TOKEN', 'ACME____ACCESS_TOKEN', 'ACME__A__B__C'])(
    'refuses the unknown %s',
    (variable) => {
      expect(problemsOf({ [variable]: 'some-value' })).toEqual([
        `${variable} is unknown: ACME__<TAG>__<VARIABLE> takes ` +
          'ACCESS_TOKEN, AD_ACCOUNT_ID, FILE_SOURCE, VALUE_BASED, PAGE_SIZE, BASE_URL',
      ]);
    },
  );

  it('has one way to write the default tag', () => {
    expect(problemsOf({ ...ACME_TAG, ACME__DEFAULT__PAGE_SIZE: '5' })).toEqual([
      'ACME__DEFAULT__PAGE_SIZE is written ACME_PAGE_SIZE: a tag cannot be called default',
    ]);
  });
});
