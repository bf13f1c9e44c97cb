import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { AppConfig, type ProviderSettings } from './config.js';
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
  static register({ env, envFile = true, providers }: AppConfigOptions): DynamicModule {
    let found: Readonly<Record<string, string | undefined>> = {};
    const source = ConfigModule.forRoot({
      ignoreEnvFile: env !== undefined || !envFile,
      validatePredefined: env === undefined,
      skipProcessEnv: true,
      // An empty answer: Nest would write what it gets into process.env, where child processes inherit the secrets.
      validate: (variables: Record<string, string>) => {
        found = env ?? variables;
        return {};
      },
    });
    return {
      module: AppConfigModule,
      global: true,
      imports: [source],
      // A factory, not a value: a ConfigError then ends the start where its caller can catch it.
      providers: [{ provide: AppConfig, inject: [ConfigService], useFactory: () => loadConfig(found, providers) }],
      exports: [AppConfig],
    };
  }
}
