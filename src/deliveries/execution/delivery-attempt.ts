import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { safeStack } from '../../common/safe-stack.js';
import { ProviderError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { DeliveryQueue } from '../delivery-queue.js';
import {
  type ClaimedDelivery,
  ClaimLostError,
  type DeliveryFailure,
  DeliveryProgressRepository,
} from './delivery-progress.repository.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { DeliveryRunner, HandBackError } from './delivery-runner.js';
import { RateLimiter, TagBusyError } from './rate-limiter.js';
import { nextStep } from './retry-policy.js';

/** One attempt at one delivery, from claim to outcome. */
@Injectable()
export class DeliveryAttempt {
  private readonly logger = new Logger(DeliveryAttempt.name);

  constructor(
    private readonly runner: DeliveryRunner,
    private readonly progress: DeliveryProgressRepository,
    private readonly queue: DeliveryQueue,
    private readonly limiter: RateLimiter,
    private readonly outcomes: DeliveryOutcomes,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims the delivery and carries it as far as it goes. Rejects only when the outcome could not be recorded, which leaves
   * the job to the queue's own retry.
   */
  async make(deliveryId: string, signal: AbortSignal, shouldStop: () => boolean): Promise<void> {
    const held = await this.progress.claim(deliveryId);
    if (!held) return;
    try {
      await this.runner.run(held, signal, shouldStop);
      await this.outcomes.succeeded(held, await this.progress.succeed(held));
    } catch (error) {
      await this.settle(held, error, signal);
    }
  }

  private async settle(held: ClaimedDelivery, error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof ClaimLostError) {
      this.logger.warn(error.message);
      return;
    }
    try {
      if (error instanceof HandBackError || signal.aborted) await this.handBack(held);
      else await this.waitOrGiveUp(held, error);
    } catch (failure) {
      if (!(failure instanceof ClaimLostError)) throw failure;
    }
  }

  private async handBack(held: ClaimedDelivery): Promise<void> {
    await this.progress.handBack(held, (tx) => this.queue.send(tx, held, held.id));
    this.logger.log(`Delivery ${held.id} was given back to the queue`);
  }

  private async waitOrGiveUp(held: ClaimedDelivery, error: unknown): Promise<void> {
    if (error instanceof RateLimitedError && error.retryAfterMs) await this.limiter.block(held, error.retryAfterMs);
    if (isOurs(error)) this.logger.error(`Delivery ${held.id}: ${safeStack(error)}`);
    const now = this.clock.now();
    const ageMs = now.getTime() - held.createdAt.getTime();
    const next =
      error instanceof TagBusyError
        ? ({ step: 'wait', delayMs: error.waitMs } as const)
        : nextStep({ error, failures: held.failures, ageMs }, Math.random());
    const failure = describe(error, next.step === 'wait' || next.retryable);
    const where = `${held.provider}/${held.tag} ${held.id}`;
    if (next.step === 'give-up') {
      await this.progress.fail(held, failure);
      await this.outcomes.failed(held, 'failed', failure.code);
      this.logger.error(`Delivery to ${where} failed: ${failure.code}: ${failure.message}`);
      return;
    }
    const dueAt = new Date(now.getTime() + next.delayMs);
    await this.progress.wait(held, failure, dueAt, (tx) => this.queue.send(tx, held, held.id, dueAt));
    await this.outcomes.failed(held, 'waiting', failure.code);
    this.logger.warn(`Delivery to ${where} waits ${next.delayMs} ms: ${failure.code}: ${failure.message}`);
  }
}

function isOurs(error: unknown): boolean {
  return !(error instanceof ProviderError) && !(error instanceof TagBusyError);
}

/** What is stored and shown of an error. Anything but a ProviderError may hold values: only its kind is told. */
function describe(error: unknown, retryable: boolean): DeliveryFailure {
  if (error instanceof ProviderError) {
    return { code: error.code, message: error.message, platformCode: error.platformCode, retryable };
  }
  if (error instanceof TagBusyError) {
    return { code: 'rate-limited', message: 'Waiting for the budget of calls of this tag', retryable };
  }
  const kind = error instanceof Error ? error.name : 'unknown';
  return { code: 'internal-error', message: `The service itself failed (${kind}); its log has more`, retryable };
}
