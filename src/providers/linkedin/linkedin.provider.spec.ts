import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { AccessTokens } from '../kit/oauth/access-tokens.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { LinkedInClient } from './linkedin.client.js';
import { LinkedInTag } from './linkedin.config.js';
import { LinkedInModule } from './linkedin.module.js';
import { LinkedInProvider } from './linkedin.provider.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';

const tagWith = (values: Partial<LinkedInTag>) => Object.assign(new LinkedInTag(), values);

describe('LinkedInProvider', () => {
  let app: INestApplicationContext;
  let provider: LinkedInProvider;

  async function start(tags: ReadonlyMap<string, object> | undefined): Promise<void> {
    const config = new AppConfig({ providers: new Map(tags ? [['linkedin', tags]] : []) } as unknown as AppConfig);

    @Global()
    @Module({
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: AccessTokens, useClass: LocalAccessTokens },
      ],
      exports: [AppConfig, AccessTokens],
    })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, LinkedInModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(LinkedInProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ adAccountId: '1', accessToken: 'a' })],
        ['eu', tagWith({ adAccountId: '2', accessToken: 'a' })],
        ['us', tagWith({ adAccountId: '1', clientId: 'c', clientSecret: 's', refreshToken: 'r' })],
        ['segment', tagWith({ adAccountId: '1', accessToken: 'b', sourcePlatform: 'SEGMENT' })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('linkedin');
    expect(provider.actions).toEqual(['upload', 'remove', 'lookalike']);
    expect(provider.tags()).toEqual(['default', 'eu', 'us', 'segment']);
    expect(provider.limits).toEqual({ rowsPerChunk: 5_000, callsPerMinute: 500, concurrency: 4 });
    expect(provider.client('us')).toBeInstanceOf(LinkedInClient);
  });

  it('keeps apart what belongs to two accounts or to two source platforms', () => {
    expect(provider.tags().map((tag) => provider.account(tag))).toEqual(['1', '2', '1', '1 (SEGMENT)']);
  });

  it('has the tags of one token share its budget', () => {
    expect(provider.tags().map((tag) => provider.quota(tag))).toEqual(['default', 'default', 'us', 'segment']);
  });

  it('prepares rows, and tells what is sent of each', () => {
    const [prepared] = provider.prepare(
      [{ email: 'Jane.Doe@Example.COM', firstName: 'Jane', country: 'usa', phone: '+12025550143' }],
      'eu',
    ).rows;
    expect(provider.identifiers(prepared!.row)).toEqual([
      { name: 'SHA256_EMAIL', value: JANE, hashed: true },
      { name: 'firstName', value: 'Jane', hashed: false },
      { name: 'country', value: 'US', hashed: false },
    ]);
  });

  it.each(['asia', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`linkedin has no tag "${tag}"`);
    expect(() => provider.prepare([], tag)).toThrow('has no tag');
    expect(() => provider.client(tag)).toThrow('has no tag');
  });

  it('is off without tags', async () => {
    await app.close();
    await start(undefined);
    expect(provider.tags()).toEqual([]);
  });
});
