import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../../config/config.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { DeliveryQueue } from '../delivery-queue.js';
import { DeliveryAttempt, type Shutdown } from './delivery-attempt.js';

/** Orchestrators kill what has not ended after about half a minute: a call in flight is not waited for longer than this. */
const LONGEST_DRAIN_MS = 25_000;

/** Takes deliveries from the queue, has them run, and decides what becomes of those that did not get through. */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryWorker.name);
  private readonly stop = new AbortController();
  private readonly shutdown: Shutdown & { isRequested: boolean } = { signal: this.stop.signal, isRequested: false };

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
      await this.queue.work(target, concurrency, (job) => this.attempt.make(job, concurrency, this.shutdown));
    }
    this.logger.log(`Working ${this.catalogue.targets().length} tags`);
  }

  /** Finishes the chunks in flight and gives the rest back to the queue. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.config.role === 'api') return;
    this.shutdown.isRequested = true;
    const limit = setTimeout(() => this.stop.abort(), LONGEST_DRAIN_MS);
    await this.queue.drain();
    clearTimeout(limit);
  }
}
