import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { MetricsService } from '../metrics/metrics.service.js';
import { DeliveriesRepository } from './deliveries.repository.js';

/** How many deliveries are open or failed, read from the database when metrics are asked for. */
@Injectable()
export class DeliveryMetrics {
  constructor(metrics: MetricsService, repository: DeliveriesRepository) {
    new Gauge({
      name: 'audience_deliveries',
      help: 'Deliveries that are not done, by state',
      labelNames: ['provider', 'tag', 'state'],
      registers: [metrics.registry],
      async collect() {
        this.reset();
        for (const { count, ...labels } of await repository.countByState()) this.set(labels, count);
      },
    });
  }
}
