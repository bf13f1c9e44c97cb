import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { safeStack } from '../../../common/safe-stack.js';
import { AppConfig } from '../../../config/config.js';
import {
  PlatformUnavailableError,
  ProviderError,
  RateLimitedError,
} from '../../../providers/contract/provider-errors.js';
import { PayloadError } from '../../../storage/payload-cipher.js';
import { DeliveryQueue } from '../../delivery-queue.js';
import { TagBusyError } from '../../tags/rate-limiter.js';
import { TagGate, TagStoppedError } from '../../tags/tag-gate.js';
import { type ClaimedDelivery, ClaimLostError, HandBackError } from '../delivery-claim.js';
import { describeFailure, isOurs } from './delivery-failure.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';
import { type DeliveryFailure, DeliverySettlementRepository } from '../../settlement/delivery-settlement.repository.js';
import { StillProcessingError } from '../remote-jobs.service.js';
import { type NextStep, nextStep } from './retry-policy.js';

/** A delivery whose tag works again by the time it is to be held comes back after so long, ms. */
const SOON_MS = 500;

/** How the attempt went before its error. */
export interface AttemptFacts {
  /** The tag was stopped or failing, and nothing has got through yet. */
  readonly suspect: boolean;
  /** The process ends and does not even wait for the call in flight. */
  readonly isEnding: boolean;
}

/** What becomes of a delivery whose attempt ended with an error: given back, tried again, held with its tag, or given up. */
@Injectable()
export class DeliveryVerdict {
  constructor(
    private readonly config: AppConfig,
    private readonly settlement: DeliverySettlementRepository,
    private readonly gate: TagGate,
    private readonly queue: DeliveryQueue,
    private readonly outcomes: DeliveryOutcomes,
    private readonly clock: Clock,
  ) {}

  /** Rejects only when the verdict could not be recorded. */
  async settle(held: ClaimedDelivery, error: unknown, facts: AttemptFacts): Promise<void> {
    try {
      if (error instanceof ClaimLostError) throw error;
      if (error instanceof HandBackError || facts.isEnding) await this.handBack(held);
      else if (error instanceof StillProcessingError && !this.isTooOld(held)) await this.pollLater(held, error);
      else if (error instanceof TagStoppedError && !this.isTooOld(held)) await this.hold(held, error);
      else await this.judge(held, error, facts);
    } catch (failure) {
      if (!(failure instanceof ClaimLostError)) throw failure;
      this.outcomes.tell('warn', held, failure.message);
    }
  }

  private async handBack(held: ClaimedDelivery): Promise<void> {
    await this.gate.giveUpTry(held);
    await this.settlement.handBack(held, (tx) => this.queue.send(tx, held));
    this.outcomes.tell('log', held, 'Given back to the queue');
  }

  private async pollLater(held: ClaimedDelivery, { delayMs }: StillProcessingError): Promise<void> {
    const dueAt = this.in(delayMs);
    await this.settlement.process(held, dueAt, (tx) => this.queue.send(tx, held, dueAt));
  }

  private async judge(held: ClaimedDelivery, error: unknown, { suspect }: AttemptFacts): Promise<void> {
    if (isOurs(error)) this.outcomes.tell('error', held, safeStack(error));
    const next = this.nextStepFor(held, error);
    const failure = describeFailure(error, next.step !== 'give-up' || next.retryable);
    if (!(error instanceof TagBusyError)) {
      await this.outcomes.failed(held, next.step === 'give-up' ? 'failed' : 'waiting', failure.code);
    }
    if (next.step === 'stop-tag') {
      await this.gate.stop(held, next.error);
      return this.hold(held, failure);
    }
    if (isOutage(error) && (await this.gate.outage(held, error)) && next.step === 'wait') {
      return this.hold(held, failure);
    }
    // Whatever else the platform said, it is there and knows the account.
    if (suspect && error instanceof ProviderError && !isInconclusive(error)) await this.gate.resume(held);
    if (next.step === 'wait') return this.wait(held, failure, next.delayMs);
    await this.settlement.fail(held, failure);
    this.outcomes.tell('error', held, `Failed: ${failure.message}`, { code: failure.code });
  }

  private async wait(held: ClaimedDelivery, failure: DeliveryFailure, delayMs: number): Promise<void> {
    const dueAt = this.in(delayMs);
    await this.settlement.wait(held, failure, dueAt, (tx) => this.queue.send(tx, held, dueAt));
    this.outcomes.tell('warn', held, `Waits: ${failure.message}`, { code: failure.code, delayMs });
  }

  private async hold(held: ClaimedDelivery, { code, message, ...more }: HoldReason): Promise<void> {
    const failure = { platformCode: more.platformCode, code, message, retryable: true };
    const times = { soon: this.in(SOON_MS), deadline: new Date(held.queuedAt.getTime() + this.maxAgeMs) };
    await this.settlement.hold(held, failure, times, (tx, dueAt) => this.queue.send(tx, held, dueAt));
    this.outcomes.tell('warn', held, `Waits for its tag: ${message}`, { code });
  }

  private nextStepFor(held: ClaimedDelivery, error: unknown): NextStep {
    const random = Math.random();
    if (error instanceof PayloadError) return { step: 'give-up', retryable: false };
    // Nobody's failure: the delivery comes back when the budget has room, a little spread.
    if (error instanceof TagBusyError) return { step: 'wait', delayMs: Math.round(error.waitMs + random * 1_000) };
    return nextStep({ error, failures: held.failures, ageMs: this.ageOf(held), maxAgeMs: this.maxAgeMs }, random);
  }

  private get maxAgeMs(): number {
    return this.config.deliveryMaxHours * 3_600_000;
  }

  private isTooOld(held: ClaimedDelivery): boolean {
    return this.ageOf(held) >= this.maxAgeMs;
  }

  private ageOf(held: ClaimedDelivery): number {
    return this.clock.now().getTime() - held.queuedAt.getTime();
  }

  private in(delayMs: number): Date {
    return new Date(this.clock.now().getTime() + delayMs);
  }
}

interface HoldReason {
  readonly code: string;
  readonly message: string;
  readonly platformCode?: string;
}

/** A platform may limit calls before it looks at the token, and a break says nothing. */
function isInconclusive(error: ProviderError): boolean {
  return error instanceof RateLimitedError || isOutage(error);
}

function isOutage(error: unknown): error is PlatformUnavailableError {
  return error instanceof PlatformUnavailableError && !error.isWarmUp;
}
