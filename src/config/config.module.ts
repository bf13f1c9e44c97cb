import { type DynamicModule, Module } from '@nestjs/common';
import { AppConfig, type ProviderSettings } from './config.js';
import { readEnvironment } from './environment.js';
import { loadConfig } from './load-config.js';

export interface AppConfigOptions {
  /** The whole environment: neither `process.env` nor a file is read then. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `.env` in the working folder fills in what `process.env` does not say; default true. */
  readonly envFile?: boolean;
  readonly providers: readonly ProviderSettings[];
}

/** Gives {@link AppConfig} to every module. A mistake ends the start of the application with a `ConfigError`. */
@Module({})
export class AppConfigModule {
  static register({ env, envFile, providers }: AppConfigOptions): DynamicModule {
    return {
      module: AppConfigModule,
      global: true,
      // A factory, not a value: a ConfigError then ends the start where its caller can catch it.
      providers: [
        {
          provide: AppConfig,
          useFactory: async () => loadConfig(env ?? (await readEnvironment({ envFile })), providers),
        },
      ],
      exports: [AppConfig],
    };
  }
}
