import { Module } from '@nestjs/common';
import { AUDIENCE_PROVIDERS, type AudienceProvider } from './contract/audience-provider.js';
import { ProviderKitModule } from './kit/provider-kit.module.js';
import { PlatformCallMetrics } from './platform-call-metrics.js';
import { PLATFORMS } from './platforms.js';
import { ProviderCatalogue } from './provider-catalogue.service.js';
import { ProvidersController } from './providers.controller.js';
import { TagHealthRepository } from './tag-health.repository.js';
import { AccessTokensModule } from './tokens/access-tokens.module.js';

/** Gathers the platforms of the build under one token. */
@Module({
  imports: [ProviderKitModule, AccessTokensModule, ...PLATFORMS.map(({ module }) => module)],
  controllers: [ProvidersController],
  providers: [
    {
      provide: AUDIENCE_PROVIDERS,
      inject: PLATFORMS.map(({ provider }) => provider),
      useFactory: (...providers: AudienceProvider[]): readonly AudienceProvider[] => withUniqueIds(providers),
    },
    ProviderCatalogue,
    TagHealthRepository,
    PlatformCallMetrics,
  ],
  exports: [AUDIENCE_PROVIDERS, ProviderCatalogue],
})
export class ProvidersModule {}

/** Two platforms with one id would share queues and audiences: the service refuses to start. */
export function withUniqueIds(providers: readonly AudienceProvider[]): readonly AudienceProvider[] {
  const ids = providers.map(({ id }) => id);
  const doubled = ids.find((id, at) => ids.indexOf(id) !== at);
  if (doubled !== undefined) throw new Error(`Two providers call themselves "${doubled}"`);
  return providers;
}
