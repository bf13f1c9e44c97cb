import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../config/config.js';
import { startSandbox } from '../../sandbox/sandbox.js';
import { TikTokFileClient } from './file/tiktok.file-client.js';
import { TikTokClient } from './tiktok.client.js';
import { TikTokTag } from './tiktok.config.js';
import { TikTokModule } from './tiktok.module.js';
import { TikTokProvider } from './tiktok.provider.js';

const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const JANE_BASIC = '831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982';

const tagWith = (values: Partial<TikTokTag>) => Object.assign(new TikTokTag(), { accessToken: 'tok', ...values });

const config = (tags: ReadonlyMap<string, object> | undefined) =>
  new AppConfig({ providers: new Map(tags ? [['tiktok', tags]] : []) } as unknown as AppConfig);

describe('TikTokProvider', () => {
  let app: INestApplicationContext;
  let provider: TikTokProvider;

  async function start(tags: ReadonlyMap<string, object> | undefined): Promise<void> {
    @Global()
    @Module({ providers: [{ provide: AppConfig, useValue: config(tags) }], exports: [AppConfig] })
    class TestConfigModule {}

    @Module({ imports: [TestConfigModule, TikTokModule] })
    class TestModule {}

    app = await NestFactory.createApplicationContext(TestModule, { logger: false });
    provider = app.get(TikTokProvider, { strict: false });
  }

  beforeEach(() =>
    start(
      new Map([
        ['default', tagWith({ advertiserId: '717' })],
        ['files', tagWith({ advertiserId: '717', route: 'file' })],
        ['both', tagWith({ advertiserId: '77', emailNormalization: 'both' })],
      ]),
    ),
  );

  afterEach(() => app.close());

  it('tells what it is', () => {
    expect(provider.id).toBe('tiktok');
    expect(provider.actions).toEqual(['upload', 'remove', 'share', 'lookalike']);
    expect(provider.tags()).toEqual(['default', 'files', 'both']);
    expect(provider.limits).toEqual({ rowsPerChunk: 1_000, callsPerMinute: 3_000, concurrency: 8 });
  });

  it('keeps the audiences of the two routes of an account apart', () => {
    expect(['default', 'files', 'both'].map((tag) => provider.account(tag))).toEqual([
      '717',
      '717 (customer file)',
      '77',
    ]);
    expect(provider.client('default')).toBeInstanceOf(TikTokClient);
    expect(provider.client('files')).toBeInstanceOf(TikTokFileClient);
  });

  it('has limits for each route', () => {
    expect(provider.limitsOf('default')).toEqual(provider.limits);
    expect(provider.limitsOf('files')).toEqual({ rowsPerChunk: 200_000, callsPerMinute: 75, concurrency: 1 });
    expect(provider.limitsOf('both')).toEqual({ ...provider.limits, rowsPerChunk: 500 });
  });

  it("prepares rows by the tag's own rules", () => {
    const users = [{ email: 'Jane.Doe@Gmail.com' }];
    expect(provider.prepare(users, 'default').rows).toEqual([{ user: 0, row: [JANE, ''] }]);
    expect(provider.prepare(users, 'both').rows).toEqual([{ user: 0, row: [JANE, '', JANE_BASIC, ''] }]);
  });

  it('keeps the ten calls a second of one access token, whichever of its tags calls', async () => {
    // Two more than TikTok takes: on a loaded machine calls that left apart may arrive together. Fourteen at once would be refused.
    const generalRate = { perSecond: 12, perMinute: 600, perDay: 864_000 };
    const sandbox = await startSandbox({ tiktok: { generalRate } });
    try {
      await app.close();
      const tag = tagWith({ advertiserId: '7170000000000000001', baseUrl: sandbox.tiktok.origin });
      await start(new Map([tag, tag].map((settings, at) => [`tag${at}`, settings])));
      const ctx = { deliveryId: 'd1', signal: new AbortController().signal };
      const searches = Array.from({ length: 14 }, (_, at) =>
        provider.client(`tag${at % 2}`).findAudience('Buyers', ctx),
      );
      await expect(Promise.all(searches)).resolves.toHaveLength(14);
    } finally {
      await sandbox.stop();
    }
  });

  it.each(['us', '', 'constructor'])('knows no tag %j', (tag) => {
    expect(() => provider.account(tag)).toThrow(`tiktok has no tag "${tag}"`);
    expect(() => provider.prepare([], tag)).toThrow('has no tag');
    expect(() => provider.client(tag)).toThrow('has no tag');
  });

  it('is off without tags', async () => {
    await app.close();
    await start(undefined);
    expect(provider.tags()).toEqual([]);
  });
});
