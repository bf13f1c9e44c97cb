import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { AccessTokens } from '../kit/oauth/access-tokens.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { GoogleTag } from './google.config.js';
import { GoogleModule } from './google.module.js';
import { GoogleProvider } from './google.provider.js';

const tagWith = (values: Partial<GoogleTag>) => Object.assign(new GoogleTag(), values);
const clientOf = (project: string, name = 'a') => ({ clientId: `${project}-${name}.apps.googleusercontent.com` });

const config = (tags: ReadonlyMap<string, object> | undefined) =>
  new AppConfig({ providers: new Map(tags ? [['google', tags]] : []) } as unknown as AppConfig);

describe('GoogleProvider', () => {
  let app: INestApplicationContext;
  let provider: GoogleProvider;

  async function start(tags: ReadonlyMap<string, object> | undefined): Promise<void> {
    @Global()
    @Module({
      providers: [
        { provide: AppConfig, useValue: config(tags) },
        { provide: AccessTokens, useClass: LocalAccessTokens },
      ],
      exports: [AppConfig, AccessTokens],
    })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, GoogleModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(GoogleProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ customerId: '1234567890', ...clientOf('111') })],
        ['eu', tagWith({ customerId: '77', loginCustomerId: '99', ...clientOf('111', 'b'), pollSeconds: 5 })],
        ['us', tagWith({ customerId: '88', ...clientOf('222'), defaultCountry: 'US' })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('google');
    expect(provider.limits).toEqual({
      rowsPerChunk: 10_000,
      callsPerMinute: 240,
      concurrency: 8,
      pollMs: 1_800_000,
    });
    expect(provider.actions).toEqual(['upload', 'remove', 'lookalike']);
    expect(provider.tags()).toEqual(['default', 'eu', 'us']);
    expect(provider.account('eu')).toBe('77');
  });

  it('waits as long as a tag says before it asks for an outcome', () => {
    expect(provider.limitsOf('default')).toEqual(provider.limits);
    expect(provider.limitsOf('eu')).toEqual({ ...provider.limits, pollMs: 5_000 });
  });

  it('has the tags of a Cloud project share a budget', () => {
    expect(provider.quota('default')).toBe('project 111');
    expect(provider.quota('eu')).toBe(provider.quota('default'));
    expect(provider.quota('us')).toBe('project 222');
  });

  it('prepares rows by the settings of the tag, and shows what they hold', () => {
    const digest = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
    const users = [{ phone: '(800) 555-0100' }];
    expect(provider.prepare(users, 'default')).toMatchObject({ rows: [] });
    const [prepared] = provider.prepare(users, 'us').rows;
    expect(prepared).toEqual({ user: 0, row: ['', digest, '', '', '', ''] });
    expect(provider.identifiers(prepared!.row)).toEqual([{ name: 'phoneNumber', value: digest, hashed: true }]);
  });

  it.each(['de', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`google has no tag "${tag}"`);
    expect(() => provider.prepare([], tag)).toThrow('has no tag');
    expect(() => provider.client(tag)).toThrow('has no tag');
  });

  it('is off without tags', async () => {
    await app.close();
    await start(undefined);
    expect(provider.tags()).toEqual([]);
  });
});
