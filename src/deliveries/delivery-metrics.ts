import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { MetricsService } from '../metrics/metrics.service.js';
import { ProviderCatalogue } from '../providers/provider-catalogue.service.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { TagGate } from './tags/tag-gate.js';

/** How the deliveries and the tags stand, read from the database when metrics are asked for. */
@Injectable()
export class DeliveryMetrics {
  constructor(metrics: MetricsService, catalogue: ProviderCatalogue, repository: DeliveriesRepository, gate: TagGate) {
    const registers = [metrics.registry];
    new Gauge({
      name: 'audience_deliveries',
      help: 'Deliveries that are not done, by state',
      labelNames: ['provider', 'tag', 'state'],
      registers,
      async collect() {
        this.reset();
        for (const { count, ...labels } of await repository.countByState()) this.set(labels, count);
      },
    });
    new Gauge({
      name: 'audience_oldest_delivery_seconds',
      help: 'Age of the oldest delivery that is not settled; 0 when all are',
      labelNames: ['provider', 'tag'],
      registers,
      async collect() {
        this.reset();
        for (const target of catalogue.targets()) this.set({ ...target }, 0);
        for (const { seconds, ...labels } of await repository.oldestOpen()) this.set(labels, seconds);
      },
    });
    new Gauge({
      name: 'audience_tag_stopped',
      help: '1 while the deliveries of a tag wait until it works again',
      labelNames: ['provider', 'tag'],
      registers,
      async collect() {
        this.reset();
        for (const target of catalogue.targets()) this.set({ ...target }, 0);
        for (const target of await gate.stopped()) this.set(target, 1);
      },
    });
  }
}
