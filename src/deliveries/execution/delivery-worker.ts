import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../../config/config.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { DeliveryQueue } from '../delivery-queue.js';
import { DeliveryAttempt } from './delivery-attempt.js';

/** Takes deliveries from the queue, has them run, and decides what becomes of those that did not get through. */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryWorker.name);
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly queue: DeliveryQueue,
    private readonly attempt: DeliveryAttempt,
  ) {}

  /** Starts working every configured tag, unless this process only serves the API. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role === 'api') return;
    for (const target of this.catalogue.targets()) {
      const { concurrency } = this.catalogue.provider(target.provider).limitsOf(target.tag);
      await this.queue.work(target, concurrency, (id, signal) => this.attempt.make(id, signal, () => this.stopping));
    }
    this.logger.log(`Working ${this.catalogue.targets().length} tags`);
  }

  /** Finishes the chunks in flight and gives the rest back to the queue. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.config.role === 'api') return;
    this.stopping = true;
    await this.queue.drain();
  }
}
