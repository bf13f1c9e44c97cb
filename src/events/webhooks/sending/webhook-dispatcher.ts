import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { safeStack } from '../../../common/safe-stack.js';
import { AppConfig } from '../../../config/config.js';
import { EventWatcher } from '../../event-watcher.js';
import { WebhookAttempt } from './webhook-attempt.js';
import { type ClaimedDelivery, WebhookClaimsRepository } from './webhook-claims.repository.js';
import { WebhookFanOut } from './webhook-fan-out.js';

/** Of this process at once; and to one webhook, so that a slow one leaves places to the others. */
const IN_ALL = 32;
const PER_WEBHOOK = 4;
/** Finds retries whose time has come, and leases that have run out. */
const LOOK_EVERY_MS = 1_000;
const CLEAN_EVERY_MS = 60 * 60_000;
/** An attempt on its way is waited for so long at shutdown; it is made again by another process then. */
const LONGEST_DRAIN_MS = 5_000;

/** Tells webhooks of events, in every process that works. */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDispatcher.name);
  private readonly taken = new Map<string, number>();
  private readonly flights = new Set<Promise<void>>();
  private readonly interrupted = new AbortController();
  private pause = new AbortController();
  private cleaning?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isEnding = false;

  constructor(
    private readonly config: AppConfig,
    private readonly watcher: EventWatcher,
    private readonly fanOut: WebhookFanOut,
    private readonly claims: WebhookClaimsRepository,
    private readonly attempt: WebhookAttempt,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    this.running = this.run();
    const clean = () => void this.claims.cleanUp().catch((error: unknown) => this.logger.warn(safeStack(error)));
    this.cleaning = setInterval(clean, CLEAN_EVERY_MS);
    this.cleaning.unref();
  }

  /** Takes up nothing more, and ends what is on its way. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.cleaning);
    this.isEnding = true;
    this.pause.abort();
    await this.running;
    const limit = setTimeout(() => this.interrupted.abort(), LONGEST_DRAIN_MS);
    await Promise.all(this.flights);
    clearTimeout(limit);
  }

  private async run(): Promise<void> {
    while (!this.isEnding) {
      const seen = this.watcher.count;
      // Made before looking: a place that is freed meanwhile has it look again at once.
      this.pause = new AbortController();
      try {
        await this.fanOut.run();
        await this.takeUp();
      } catch (error) {
        this.logger.warn(`Webhooks wait: ${safeStack(error)}`);
      }
      if (!this.isEnding) await this.watcher.beyond(seen, LOOK_EVERY_MS, this.pause.signal);
    }
  }

  private async takeUp(): Promise<void> {
    const inAll = IN_ALL - this.flights.size;
    if (inAll === 0 || this.isEnding) return;
    for (const delivery of await this.claims.claim({ inAll, perWebhook: PER_WEBHOOK, taken: this.taken })) {
      const flight = this.fly(delivery).finally(() => {
        this.flights.delete(flight);
        this.pause.abort();
      });
      this.flights.add(flight);
    }
  }

  private async fly(delivery: ClaimedDelivery): Promise<void> {
    const { id } = delivery.webhook;
    this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
    await this.attempt.make(delivery, this.interrupted.signal);
    const left = (this.taken.get(id) ?? 1) - 1;
    if (left > 0) this.taken.set(id, left);
    else this.taken.delete(id);
  }
}
