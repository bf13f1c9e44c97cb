import type { INestApplication } from '@nestjs/common';
import { ProviderCatalogue } from '../../src/providers/provider-catalogue.service.js';

/** Lets audiences be read as often as a test asks for them: real platforms allow for a few calls a minute. */
export function liftReadLimits(app: INestApplication): void {
  for (const provider of app.get(ProviderCatalogue).providers) {
    Object.assign(provider, { audiences: { ...provider.audiences, readsPerMinute: 60_000 } });
  }
}
