import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { KlaviyoTag } from './klaviyo.config.js';
import { KlaviyoModule } from './klaviyo.module.js';
import { profileJson } from './klaviyo.profile.js';
import { KlaviyoProvider } from './klaviyo.provider.js';

const tagWith = (values: Partial<KlaviyoTag>) => Object.assign(new KlaviyoTag(), values);

const config = (tags: ReadonlyMap<string, object> | undefined) =>
  new AppConfig({ providers: new Map(tags ? [['klaviyo', tags]] : []) } as unknown as AppConfig);

describe('KlaviyoProvider', () => {
  let app: INestApplicationContext;
  let provider: KlaviyoProvider;

  async function start(tags: ReadonlyMap<string, object> | undefined): Promise<void> {
    @Global()
    @Module({ providers: [{ provide: AppConfig, useValue: config(tags) }], exports: [AppConfig] })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, KlaviyoModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(KlaviyoProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ apiKey: 'pk_one' })],
        ['again', tagWith({ apiKey: 'pk_one', createSegment: false })],
        ['eu', tagWith({ apiKey: 'pk_two', phoneCountries: ['DE'] })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('klaviyo');
    expect(provider.actions).toEqual(['upload', 'remove']);
    expect(provider.tags()).toEqual(['default', 'again', 'eu']);
  });

  it('stays within what Klaviyo takes', () => {
    const { rowsPerChunk, bytesPerChunk, callsPerMinute, pollMs } = provider.limits;
    expect([rowsPerChunk, bytesPerChunk, callsPerMinute, pollMs]).toEqual([10_000, 4_600_000, 150, 2_000]);
  });

  it('tells accounts apart without telling the key', () => {
    expect(provider.account('default')).toMatch(/^key [0-9a-f]{12}$/);
    expect(provider.account('again')).toBe(provider.account('default'));
    expect(provider.account('eu')).not.toBe(provider.account('default'));
  });

  it('prepares phones for the countries of the tag', () => {
    const users = [{ phone: '0151 23456789', country: 'DE' }];
    expect(provider.prepare(users, 'default').rows).toEqual([]);
    expect(provider.prepare(users, 'eu').rows[0]?.row.phone).toBe('+4915123456789');
  });

  it('knows how many bytes a row takes in a body', () => {
    const users = ['Zoë', '李"', 'Ann'].map((firstName, index) => ({ email: `user${index}@example.com`, firstName }));
    const rows = provider.prepare(users, 'default').rows.map(({ row }) => row);
    const sizes = rows.map((row) => provider.rowBytes(row));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(
      Buffer.byteLength(rows.map((row) => `${profileJson(row)},`).join('')),
    );
  });

  it.each(['us', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`klaviyo has no tag "${tag}"`);
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
