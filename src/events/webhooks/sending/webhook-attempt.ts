import { Injectable, Logger } from '@nestjs/common';
import { safeStack } from '../../../common/safe-stack.js';
import { MetricsService } from '../../../metrics/metrics.service.js';
import { WebhookSecrets } from '../webhook-secrets.js';
import { waitAfter } from './retry-schedule.js';
import { type ClaimedDelivery, WebhookClaimsRepository } from './webhook-claims.repository.js';
import { messageBody, signedHeaders } from './webhook-message.js';
import type { AttemptResult } from './webhook-outcome.js';
import { WebhookSender } from './webhook-sender.js';

/** Makes one attempt at a claimed delivery, and records what becomes of the delivery by it. */
@Injectable()
export class WebhookAttempt {
  private readonly logger = new Logger(WebhookAttempt.name);

  constructor(
    private readonly claims: WebhookClaimsRepository,
    private readonly secrets: WebhookSecrets,
    private readonly sender: WebhookSender,
    private readonly metrics: MetricsService,
  ) {}

  /** Never throws: what could not be recorded is found again when the lease is over. */
  async make(delivery: ClaimedDelivery, stop: AbortSignal): Promise<void> {
    try {
      await this.record(delivery, await this.send(delivery, stop));
    } catch (error) {
      this.logger.warn(`Webhook delivery ${delivery.id} could not be recorded: ${safeStack(error)}`);
    }
  }

  private async send(delivery: ClaimedDelivery, stop: AbortSignal): Promise<AttemptResult> {
    const { id, webhook, event, createdAt } = delivery;
    const body = messageBody({ webhook: webhook.id, createdAt, event });
    let secrets: string[];
    try {
      secrets = await this.secretsOf(delivery);
    } catch (error) {
      this.logger.warn(`The secret of webhook ${webhook.id} cannot be opened: ${safeStack(error)}`);
      return { error: 'secret-unreadable' };
    }
    return this.sender.send({ url: webhook.url, body, headers: signedHeaders(id, new Date(), body, secrets) }, stop);
  }

  private async secretsOf({ webhook }: ClaimedDelivery): Promise<string[]> {
    const { id, secret, previousSecret, previousUntil } = webhook;
    const isBeforeValid = previousSecret !== null && previousUntil !== null && previousUntil.getTime() > Date.now();
    const sealed = isBeforeValid ? [secret, previousSecret] : [secret];
    return Promise.all(sealed.map((one) => this.secrets.open(one, id)));
  }

  private async record(delivery: ClaimedDelivery, result: AttemptResult): Promise<void> {
    const { error, retryAfterMs } = result;
    if (error === 'interrupted') return this.claims.release(delivery);
    if (error === undefined) {
      this.metrics.webhookAttempted('delivered');
      return this.claims.delivered(delivery, result);
    }
    // A test is made to see what happens now.
    const isLast = error === 'gone' || !delivery.event;
    const waitMs = isLast ? undefined : waitAfter(delivery.attempt, retryAfterMs);
    this.logger.warn({ msg: 'Webhook attempt failed', webhook: delivery.webhook.id, delivery: delivery.id, ...result });
    this.metrics.webhookAttempted(waitMs === undefined ? 'failed' : 'retried');
    if (waitMs === undefined) await this.claims.failed(delivery, result);
    else await this.claims.postpone(delivery, result, waitMs);
  }
}
