import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { ProblemException } from '../../common/problem.exception.js';
import { AppConfig } from '../../config/config.js';
import type { CreateWebhookDto, UpdateWebhookDto } from './dto/webhook-body.dto.js';
import {
  WebhookDeliveriesRepository,
  type WebhookDeliveryRow,
  type WebhookDeliveryState,
} from './webhook-deliveries.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { refuseBadUrl } from './webhook-url.js';
import { type WebhookRow, WebhooksRepository } from './webhooks.repository.js';

/** Each one costs a request for every event. */
const MOST_WEBHOOKS = 100;

/** A webhook with the secret that is shown this once. */
export interface WebhookWithSecret {
  readonly webhook: WebhookRow;
  readonly secret: string;
}

/** Who is told of events, and what became of it. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly config: AppConfig,
    private readonly repository: WebhooksRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly secrets: WebhookSecrets,
  ) {}

  /** @throws {ProblemException} 422 for an address that must not be, 409 when there are too many */
  async create({ url, description, events, enabled }: CreateWebhookDto): Promise<WebhookWithSecret> {
    refuseBadUrl(url, this.config.webhookAllowPrivate);
    const id = uuid();
    const { secret, sealed } = await this.secrets.make(id);
    const settings = { url, description: description ?? null, events: events ?? null, enabled: enabled ?? true };
    const webhook = await this.repository.insert({ id, secret: sealed, ...settings }, MOST_WEBHOOKS);
    if (webhook) return { webhook, secret };
    throw new ProblemException(409, 'too-many-webhooks', `There may be ${MOST_WEBHOOKS} webhooks; delete one first`);
  }

  async get(id: string): Promise<WebhookRow> {
    return (await this.repository.find(id)) ?? notFound();
  }

  async list(after: string | undefined, limit: number): Promise<WebhookRow[]> {
    return this.repository.list(after, limit);
  }

  /** @throws {ProblemException} 422 for an address that must not be */
  async update(id: string, { url, description, events, enabled }: UpdateWebhookDto): Promise<WebhookRow> {
    if (url !== undefined) refuseBadUrl(url, this.config.webhookAllowPrivate);
    // Named one by one: the body may hold whatever a caller puts there.
    return (await this.repository.update(id, { url, description, events, enabled })) ?? notFound();
  }

  async delete(id: string): Promise<void> {
    if (!(await this.repository.delete(id))) notFound();
  }

  /** A new secret; that of before signs as well for a day. */
  async rotateSecret(id: string): Promise<WebhookWithSecret> {
    const { secret, sealed } = await this.secrets.make(id);
    return { webhook: (await this.repository.rotate(id, sealed)) ?? notFound(), secret };
  }

  /** Sends a message that tells of no event, once, also to a webhook that is switched off. */
  async test(id: string): Promise<WebhookDeliveryRow> {
    await this.get(id);
    return this.delivery(id, await this.deliveries.insertTest(id));
  }

  async listDeliveries(
    id: string,
    filter: { readonly state?: WebhookDeliveryState; readonly before?: string },
    limit: number,
  ): Promise<WebhookDeliveryRow[]> {
    await this.get(id);
    return this.deliveries.list(id, filter, limit);
  }

  /** Sends a settled delivery again, with the same `webhook-id`. */
  async retry(id: string, deliveryId: string): Promise<WebhookDeliveryRow> {
    const { enabled } = await this.get(id);
    const { event } = await this.delivery(id, deliveryId);
    if (!enabled && event !== null) throw notRetryable('the webhook is switched off');
    if (!(await this.deliveries.retry(id, deliveryId))) throw notRetryable('it is not settled');
    return this.delivery(id, deliveryId);
  }

  private async delivery(webhook: string, id: string): Promise<WebhookDeliveryRow> {
    const row = await this.deliveries.find(webhook, id);
    if (row) return row;
    throw new ProblemException(404, 'webhook-delivery-not-found', 'The webhook has no delivery with this id');
  }
}

function notFound(): never {
  throw new ProblemException(404, 'webhook-not-found', 'There is no webhook with this id');
}

function notRetryable(reason: string): ProblemException {
  return new ProblemException(409, 'webhook-delivery-not-retryable', `This delivery cannot be retried: ${reason}`);
}
