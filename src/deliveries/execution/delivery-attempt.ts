import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { safeStack } from '../../common/safe-stack.js';
import { ProviderError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { PayloadError } from '../../storage/payload-cipher.js';
import { type DeliveryJob, DeliveryQueue } from '../delivery-queue.js';
import { RateLimiter, TagBusyError } from '../rate-limiter.js';
import { type ClaimedDelivery, ClaimLostError } from './delivery-claim.js';
import { type DeliveryFailure, DeliverySettlementRepository } from './delivery-settlement.repository.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { DeliveryRunner, HandBackError } from './delivery-runner.js';
import { StillProcessingError } from './remote-jobs.service.js';
import { MAX_DELIVERY_AGE_MS, type NextStep, nextStep } from './retry-policy.js';

/** The end of this process, as its deliveries see it. */
export interface Shutdown {
  /** Between two chunks a delivery is given back. */
  readonly isRequested: boolean;
  /** Aborted when not even the chunk in flight is waited for any more. */
  readonly signal: AbortSignal;
}

/** One attempt at one delivery, from claim to outcome. */
@Injectable()
export class DeliveryAttempt {
  private readonly logger = new Logger(DeliveryAttempt.name);

  constructor(
    private readonly runner: DeliveryRunner,
    private readonly settlement: DeliverySettlementRepository,
    private readonly queue: DeliveryQueue,
    private readonly limiter: RateLimiter,
    private readonly outcomes: DeliveryOutcomes,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims the delivery and carries it as far as it goes. Rejects only when the outcome could not be recorded, which leaves
   * the job to the queue's own retry.
   */
  async make({ id, deliveryId, signal }: DeliveryJob, shutdown: Shutdown): Promise<void> {
    const held = await this.settlement.claim(deliveryId, id);
    if (!held) return;
    try {
      const either = AbortSignal.any([signal, shutdown.signal]);
      await this.runner.run(held, either, () => shutdown.isRequested);
      await this.outcomes.working(held);
      this.outcomes.succeeded(held, await this.settlement.succeed(held));
    } catch (error) {
      // The queue took the job away and gives it to another worker by itself.
      if (signal.aborted) throw error;
      await this.settle(held, error, shutdown);
    }
  }

  private async settle(held: ClaimedDelivery, error: unknown, shutdown: Shutdown): Promise<void> {
    try {
      if (error instanceof ClaimLostError) throw error;
      if (error instanceof HandBackError || shutdown.signal.aborted) await this.handBack(held);
      else if (error instanceof StillProcessingError && this.ageOf(held) < MAX_DELIVERY_AGE_MS) {
        await this.pollLater(held, error);
      } else await this.waitOrGiveUp(held, error);
    } catch (failure) {
      if (!(failure instanceof ClaimLostError)) throw failure;
      this.logger.warn(failure.message);
    }
  }

  private async handBack(held: ClaimedDelivery): Promise<void> {
    await this.settlement.handBack(held, (tx) => this.queue.send(tx, held, held.id));
    this.logger.log(`Delivery ${held.id} was given back to the queue`);
  }

  private async pollLater(held: ClaimedDelivery, { delayMs }: StillProcessingError): Promise<void> {
    const dueAt = this.in(delayMs);
    await this.settlement.process(held, dueAt, (tx) => this.queue.send(tx, held, held.id, dueAt));
  }

  private async waitOrGiveUp(held: ClaimedDelivery, error: unknown): Promise<void> {
    if (error instanceof RateLimitedError && error.retryAfterMs) await this.limiter.block(held, error.retryAfterMs);
    if (isOurs(error)) this.logger.error(`Delivery ${held.id}: ${safeStack(error)}`);
    const next = this.nextStepFor(held, error);
    const failure = describe(error, next.step === 'wait' || next.retryable);
    const what = `Delivery ${held.id} to ${held.provider}/${held.tag}`;
    if (next.step === 'give-up') {
      await this.outcomes.failed(held, 'failed', failure.code);
      await this.settlement.fail(held, failure);
      this.logger.error(`${what} failed: ${failure.code}: ${failure.message}`);
      return;
    }
    const dueAt = this.in(next.delayMs);
    if (!(error instanceof TagBusyError)) await this.outcomes.failed(held, 'waiting', failure.code);
    await this.settlement.wait(held, failure, dueAt, (tx) => this.queue.send(tx, held, held.id, dueAt));
    this.logger.warn(`${what} waits ${next.delayMs} ms: ${failure.code}: ${failure.message}`);
  }

  /** A tag that is only busy is nobody's failure: the delivery comes back when the budget has room, a little spread. */
  private nextStepFor(held: ClaimedDelivery, error: unknown): NextStep {
    if (error instanceof PayloadError) return { step: 'give-up', retryable: false };
    const random = Math.random();
    if (error instanceof TagBusyError) return { step: 'wait', delayMs: Math.round(error.waitMs + random * 1_000) };
    return nextStep({ error, failures: held.failures, ageMs: this.ageOf(held) }, random);
  }

  private ageOf(held: ClaimedDelivery): number {
    return this.clock.now().getTime() - held.queuedAt.getTime();
  }

  private in(delayMs: number): Date {
    return new Date(this.clock.now().getTime() + delayMs);
  }
}

/** Whether the error is a failure of the service itself, whose place in the code belongs into the log. */
function isOurs(error: unknown): boolean {
  const told = [PayloadError, ProviderError, TagBusyError, StillProcessingError];
  return !told.some((kind) => error instanceof kind);
}

/** What is stored and shown of an error. Anything but a ProviderError may hold values: only its kind is told. */
function describe(error: unknown, retryable: boolean): DeliveryFailure {
  if (error instanceof ProviderError) {
    return { code: error.code, message: error.message, platformCode: error.platformCode, retryable };
  }
  if (error instanceof PayloadError) return { code: 'payload-unreadable', message: error.message, retryable };
  if (error instanceof TagBusyError) {
    return { code: 'rate-limited', message: 'Waiting for the budget of calls of this tag', retryable };
  }
  if (error instanceof StillProcessingError) {
    return { code: 'platform-unavailable', message: 'The platform did not finish processing within a day', retryable };
  }
  const kind = error instanceof Error ? error.name : 'unknown';
  return { code: 'internal-error', message: `The service itself failed (${kind}); its log has more`, retryable };
}
