import { Injectable } from '@nestjs/common';
import type { DeliveryJob } from '../delivery-queue.js';
import { TagGate } from '../tags/tag-gate.js';
import { DeliveryClaimsRepository } from './delivery-claims.repository.js';
import { DeliveryOutcomes } from './verdict/delivery-outcomes.js';
import { DeliveryRunner } from './delivery-runner.js';
import { DeliverySettlementRepository } from '../settlement/delivery-settlement.repository.js';
import { DeliveryVerdict } from './verdict/delivery-verdict.service.js';

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
  constructor(
    private readonly claims: DeliveryClaimsRepository,
    private readonly gate: TagGate,
    private readonly runner: DeliveryRunner,
    private readonly settlement: DeliverySettlementRepository,
    private readonly outcomes: DeliveryOutcomes,
    private readonly verdict: DeliveryVerdict,
  ) {}

  /**
   * Claims the delivery and carries it as far as it goes. Rejects only when the outcome could not be recorded, which leaves
   * the job to the queue's own retry.
   *
   * @param places how many deliveries of the tag may run at once
   */
  async make(job: DeliveryJob, places: number, shutdown: Shutdown): Promise<void> {
    const held = await this.claims.claim(job, places);
    if (!held) return;
    let suspect = false;
    const onProgress = async () => {
      if (suspect) await this.gate.works(held);
      suspect = false;
    };
    try {
      ({ suspect } = await this.gate.pass(held));
      const signal = AbortSignal.any([job.signal, shutdown.signal]);
      await this.runner.run(held, { signal, shouldStop: () => shutdown.isRequested, onProgress });
      await this.gate.works(held);
      this.outcomes.succeeded(held, await this.settlement.succeed(held));
    } catch (error) {
      // The queue took the job away and gives it to another worker by itself.
      if (job.signal.aborted) throw error;
      await this.verdict.settle(held, error, { suspect, isEnding: shutdown.signal.aborted });
    }
  }
}
