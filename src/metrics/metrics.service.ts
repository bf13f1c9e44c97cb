import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type Figures, figuresOfThread, processText } from './thread-figures.js';

/** A provider and one of its tags, the only labels beside outcomes: their number is fixed by configuration. */
interface TargetLabels {
  readonly provider: string;
  readonly tag: string;
}

type DeliveryOutcome = 'succeeded' | 'failed' | 'waiting';
type WebhookOutcome = 'delivered' | 'retried' | 'failed';
type UserOutcome = 'accepted' | 'skipped' | 'rejected';

/** The service's counters. Labels come from configuration and fixed words, never from callers. */
@Injectable()
export class MetricsService {
  readonly registry = new Registry();
  private readonly threads = new Map<string, () => Promise<readonly Figures[]>>();

  private readonly batches = new Counter({
    name: 'audience_batches_total',
    help: 'Batches received, by outcome',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly usersReceived = new Counter({
    name: 'audience_users_received_total',
    help: 'Users in accepted batches',
    registers: [this.registry],
  });

  private readonly attempts = new Counter({
    name: 'audience_delivery_attempts_total',
    help: 'Delivery attempts, by how they ended',
    labelNames: ['provider', 'tag', 'outcome'],
    registers: [this.registry],
  });

  private readonly users = new Counter({
    name: 'audience_users_total',
    help: 'Users settled, by outcome',
    labelNames: ['provider', 'tag', 'outcome'],
    registers: [this.registry],
  });

  private readonly webhooks = new Counter({
    name: 'audience_webhook_deliveries_total',
    help: 'Attempts to tell a webhook of an event, by how they ended',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  private readonly requests = new Histogram({
    name: 'audience_platform_request_seconds',
    help: 'Time of requests to platforms, by class of answer',
    labelNames: ['host', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Has what another thread of this process counts told with what this one does. */
  join(thread: string, figures: () => Promise<readonly Figures[]>): void {
    this.threads.set(thread, figures);
  }

  /** What this thread adds to the figures of its process. */
  figures(): Promise<Figures[]> {
    return figuresOfThread(this.registry);
  }

  /** Everything that is counted in this process, in Prometheus' text format. */
  async text(): Promise<string> {
    if (this.threads.size === 0) return this.registry.metrics();
    const told = [...this.threads].map(async ([thread, figures]) => [thread, await figures()] as const);
    return processText(this.registry, Object.fromEntries(await Promise.all(told)));
  }

  batchReceived(outcome: 'stored' | 'replayed', users: number): void {
    this.batches.inc({ outcome });
    if (outcome === 'stored') this.usersReceived.inc(users);
  }

  deliveryEnded({ provider, tag }: TargetLabels, outcome: DeliveryOutcome): void {
    this.attempts.inc({ provider, tag, outcome });
  }

  usersSettled({ provider, tag }: TargetLabels, outcome: UserOutcome, count: number): void {
    if (count > 0) this.users.inc({ provider, tag, outcome }, count);
  }

  webhookAttempted(outcome: WebhookOutcome): void {
    this.webhooks.inc({ outcome });
  }

  platformRequest(host: string, outcome: string, seconds: number): void {
    this.requests.observe({ host, outcome }, seconds);
  }
}
