import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { TwitterClient } from './twitter.client.js';
import { TwitterTag } from './twitter.config.js';
import { TwitterModule } from './twitter.module.js';
import { TwitterProvider } from './twitter.provider.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';

const tagWith = (values: Partial<TwitterTag>) => Object.assign(new TwitterTag(), values);

describe('TwitterProvider', () => {
  let app: INestApplicationContext;
  let provider: TwitterProvider;

  async function start(tags?: ReadonlyMap<string, object>): Promise<void> {
    const config = new AppConfig({ providers: new Map(tags ? [['twitter', tags]] : []) } as unknown as AppConfig);

    @Global()
    @Module({ providers: [{ provide: AppConfig, useValue: config }], exports: [AppConfig] })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, TwitterModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(TwitterProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ adAccountId: 'abc1' })],
        ['same', tagWith({ adAccountId: 'abc1', sendPartnerUserId: true })],
        ['eu', tagWith({ adAccountId: 'abc2' })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('twitter');
    expect(provider.actions).toEqual(['upload', 'remove', 'share']);
    expect(provider.tags()).toEqual(['default', 'same', 'eu']);
    expect(provider.limits).toEqual({
      rowsPerChunk: 20_000,
      bytesPerChunk: 4_000_000,
      callsPerMinute: 600,
      concurrency: 4,
    });
    expect(provider.client('eu')).toBeInstanceOf(TwitterClient);
  });

  it('lets the tags of an account share its audiences and its calls', () => {
    expect(provider.tags().map((tag) => provider.account(tag))).toEqual(['abc1', 'abc1', 'abc2']);
    expect(provider.tags().map((tag) => provider.quota(tag))).toEqual(['abc1', 'abc1', 'abc2']);
  });

  it("prepares rows by the tag's own rules, and tells what is in them", () => {
    const users = [{ email: 'Jane.Doe@Example.COM', phone: '+14155552671', edgeTagId: 'edge-1' }];
    const [hashed] = provider.prepare(users, 'default').rows;
    expect(hashed).toEqual({ user: 0, row: [JANE, PHONE, ''] });
    const [withId] = provider.prepare(users, 'same').rows;
    expect(provider.identifiers(withId!.row)).toEqual([
      { name: 'email', value: JANE, hashed: true },
      { name: 'phone_number', value: PHONE, hashed: true },
      { name: 'partner_user_id', value: 'edge-1', hashed: false },
    ]);
    expect(provider.rowBytes(hashed!.row)).toBe(163);
  });

  it('tells the steps to whoever asks', () => {
    const rules: string[] = [];
    const trace = { step: (_field: string, rule: string) => void rules.push(rule) };
    provider.prepare([{ email: 'Jane.Doe@Example.COM' }], 'default', trace);
    expect(rules).toEqual(['as given', 'lower case', 'SHA-256']);
  });

  it.each(['us', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`twitter has no tag "${tag}"`);
    expect(() => provider.prepare([], tag)).toThrow('has no tag');
    expect(() => provider.client(tag)).toThrow('has no tag');
  });

  it('is off without tags', async () => {
    await app.close();
    await start();
    expect(provider.tags()).toEqual([]);
  });
});
