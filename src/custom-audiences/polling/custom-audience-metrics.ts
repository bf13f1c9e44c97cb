import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { MetricsService } from '../../metrics/metrics.service.js';
import { CUSTOM_AUDIENCE_STATUSES } from '../../providers/contract/custom-audience-words.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { PollClaimsRepository } from './poll-claims.repository.js';

/** How the custom audiences stand, read from the database when metrics are asked for. */
@Injectable()
export class CustomAudienceMetrics {
  constructor(metrics: MetricsService, catalogue: ProviderCatalogue, audiences: PollClaimsRepository) {
    new Gauge({
      name: 'audience_custom_audiences',
      help: 'Custom audiences, by status',
      labelNames: ['provider', 'tag', 'status'],
      registers: [metrics.registry],
      async collect() {
        this.reset();
        for (const target of catalogue.targets()) {
          for (const status of CUSTOM_AUDIENCE_STATUSES) this.set({ ...target, status }, 0);
        }
        for (const { count, ...labels } of await audiences.countByStatus()) this.set(labels, count);
      },
    });
  }
}
