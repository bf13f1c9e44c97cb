import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { FacebookTag } from './facebook.config.js';
import { FacebookModule } from './facebook.module.js';
import { FacebookProvider } from './facebook.provider.js';

const tagWith = (values: Partial<FacebookTag>) =>
  Object.assign(new FacebookTag(), { accessToken: 'EAAtoken', ...values });

const config = (tags: ReadonlyMap<string, object> | undefined) =>
  new AppConfig({ providers: new Map(tags ? [['facebook', tags]] : []) } as unknown as AppConfig);

describe('FacebookProvider', () => {
  let app: INestApplicationContext;
  let provider: FacebookProvider;

  async function start(tags: ReadonlyMap<string, object> | undefined): Promise<void> {
    @Global()
    @Module({ providers: [{ provide: AppConfig, useValue: config(tags) }], exports: [AppConfig] })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, FacebookModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(FacebookProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ adAccountId: '1234567890' })],
        ['eu', tagWith({ adAccountId: '77', valueBased: true })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('facebook');
    expect(provider.limits).toEqual({ rowsPerChunk: 10_000, callsPerMinute: 600, concurrency: 4 });
    expect(provider.actions).toEqual(['upload', 'remove', 'share', 'lookalike']);
    expect(provider.audiences).toMatchObject({ lacks: {}, changes: ['name', 'description'], minimumSize: 100 });
    expect(provider.tags()).toEqual(['default', 'eu']);
    expect(provider.account('default')).toBe('act_1234567890');
    expect(provider.account('eu')).toBe('act_77 (value-based)');
  });

  it('prepares rows with a value only for a value-based tag', () => {
    const users = [{ email: 'mary@example.com', purchase: { total7Days: 12.5 } }];
    const digest = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

    expect(provider.prepare(users, 'default').rows).toEqual([{ user: 0, row: ['', digest, '', '', '', '', ''] }]);
    expect(provider.prepare(users, 'eu').rows).toEqual([{ user: 0, row: ['', digest, '', '', '', '', '', 12.5] }]);
  });

  it.each(['us', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`facebook has no tag "${tag}"`);
    expect(() => provider.prepare([], tag)).toThrow('has no tag');
    expect(() => provider.client(tag)).toThrow('has no tag');
    expect(() => provider.manager(tag)).toThrow('has no tag');
  });

  it('is off without tags', async () => {
    await app.close();
    await start(undefined);
    expect(provider.tags()).toEqual([]);
  });
});
