import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from './config.js';
import { AppConfigModule, type AppConfigOptions } from './config.module.js';
import { ConfigError } from './load-config.js';

@Injectable()
class Consumer {
  constructor(readonly config: AppConfig) {}
}

@Module({ providers: [Consumer] })
class FeatureModule {}

@Module({})
class RootModule {}

const VARIABLES = ['PORT', 'SEGMENT_PREFIX', 'DATA_DIR'];

describe('AppConfigModule', () => {
  const home = process.cwd();
  const before = { ...process.env };
  let folder: string;
  let app: INestApplicationContext | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-config-'));
    await writeFile(join(folder, '.env'), 'PORT=4001\nSEGMENT_PREFIX=file_\n');
    process.chdir(folder);
    VARIABLES.forEach((name) => delete process.env[name]);
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    process.chdir(home);
    VARIABLES.forEach((name) => {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    });
    await rm(folder, { recursive: true });
  });

  async function configFrom(options: Omit<AppConfigOptions, 'providers'>): Promise<AppConfig> {
    const imports = [AppConfigModule.register({ ...options, providers: [] }), FeatureModule];
    app = await NestFactory.createApplicationContext(
      { module: RootModule, imports },
      { logger: false, abortOnError: false },
    );
    return app.get(Consumer, { strict: false }).config;
  }

  it('reads .env, and the real environment before it', async () => {
    process.env.PORT = '4002';
    process.env.DATA_DIR = '/tmp/real';
    expect(await configFrom({})).toMatchObject({ port: 4002, segmentPrefix: 'file_', dataDir: '/tmp/real' });
  });

  it('leaves the process environment as it was', async () => {
    await configFrom({});
    expect(process.env.SEGMENT_PREFIX).toBeUndefined();
  });

  it('leaves .env unread when told so', async () => {
    expect(await configFrom({ envFile: false })).toMatchObject({ port: 3000, segmentPrefix: 'blotout_' });
  });

  it('reads nothing else when an environment is given', async () => {
    process.env.DATA_DIR = '/tmp/real';
    expect(await configFrom({ env: { PORT: '4003' } })).toMatchObject({
      port: 4003,
      segmentPrefix: 'blotout_',
      dataDir: './data',
    });
  });

  it('ends the start with every mistake', async () => {
    const start = configFrom({ env: { PORT: 'x', ROLE: 'y' } });
    await expect(start).rejects.toBeInstanceOf(ConfigError);
    await expect(start).rejects.toHaveProperty('problems.length', 2);
  });
});
