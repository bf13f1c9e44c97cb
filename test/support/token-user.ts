import { Global, Injectable, type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from '../../src/config/config.js';
import { AccessTokens } from '../../src/providers/kit/oauth/access-tokens.js';
import { TokenEndpoint } from '../../src/providers/kit/oauth/token-endpoint.js';
import { PlatformHttp } from '../../src/providers/kit/platform-http.js';
import { ProviderKitModule } from '../../src/providers/kit/provider-kit.module.js';
import { AccessTokensModule } from '../../src/providers/tokens/access-tokens.module.js';
import { Database } from '../../src/storage/database.js';
import { StorageModule } from '../../src/storage/storage.module.js';

export const TOKEN_CREDENTIALS = { clientId: 'client-1', clientSecret: 'hush-secret', refreshToken: 'hush-refresh' };

/** One that asks for access tokens as a platform folder does, in an application of its own. */
export interface TokenUser {
  /** @param rejected the token that was refused */
  token(request?: { rejected?: string; signal?: AbortSignal; key?: string }): Promise<string>;
  readonly database: Database;
  /** What it logged. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

@Injectable()
class TokenPlatform {
  constructor(
    readonly tokens: AccessTokens,
    readonly http: PlatformHttp,
  ) {}
}

@Module({ imports: [ProviderKitModule], providers: [TokenPlatform] })
class TokenPlatformModule {}

/** @param encryptionKey base64 */
export async function startTokenUser(databaseUrl: string, encryptionKey: string, tokenUrl: string): Promise<TokenUser> {
  const config = new AppConfig({ databaseUrl, encryptionKey: Buffer.from(encryptionKey, 'base64') } as AppConfig);
  const log: string[] = [];
  const app = await NestFactory.createApplicationContext(applicationWith(config), { logger: collectorOf(log) });
  const { tokens, http } = app.get(TokenPlatform, { strict: false });
  const endpoint = new TokenEndpoint(http, tokenUrl);
  const token: TokenUser['token'] = ({ rejected, signal = new AbortController().signal, key = 'made/1' } = {}) =>
    tokens.get(key, (stop) => endpoint.refresh(TOKEN_CREDENTIALS, stop), { signal, rejected });
  return { token, database: app.get(Database), log, stop: () => app.close() };
}

function applicationWith(config: AppConfig) {
  @Global()
  @Module({ providers: [{ provide: AppConfig, useValue: config }], exports: [AppConfig] })
  class ConfigurationModule {}

  @Module({ imports: [ConfigurationModule, StorageModule, AccessTokensModule, TokenPlatformModule] })
  class ApplicationModule {}

  return ApplicationModule;
}

function collectorOf(log: string[]): LoggerService {
  const collect = (...what: unknown[]) => void log.push(what.map(String).join(' '));
  return { log: collect, error: collect, warn: collect, debug: collect, verbose: collect, fatal: collect };
}
