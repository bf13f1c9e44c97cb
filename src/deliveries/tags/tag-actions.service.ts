import { Injectable } from '@nestjs/common';
import { ProblemException } from '../../common/problem.exception.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { Database } from '../../storage/database.js';
import { DeliveriesRepository, type DeliveryRow } from '../deliveries.repository.js';
import { DeliveryQueue, type Target } from '../delivery-queue.js';
import { TagGate } from './tag-gate.js';

/** Deliveries queued again in one transaction. */
const PAGE = 100;

/** What an operator does about one account: resume it, and retry what has failed. */
@Injectable()
export class TagActionsService {
  constructor(
    private readonly catalogue: ProviderCatalogue,
    private readonly gate: TagGate,
    private readonly database: Database,
    private readonly repository: DeliveriesRepository,
    private readonly queue: DeliveryQueue,
  ) {}

  /** Lets the deliveries that wait for the tag go on; returns how many they are. */
  async resume(target: Target): Promise<number> {
    this.find(target);
    return this.gate.resume(target);
  }

  /** Queues all failed deliveries of the tag whose payload is still stored. */
  async retryFailed(target: Target): Promise<{ readonly queued: number; readonly lost: number }> {
    this.find(target);
    let queued = 0;
    let lost = 0;
    let after: string | undefined;
    for (;;) {
      const failed = await this.repository.list({ ...target, state: 'failed' }, after, PAGE);
      after = failed.at(-1)?.id;
      if (after === undefined) return { queued, lost };
      const back = await this.requeue(failed);
      queued += back;
      lost += failed.length - back;
    }
  }

  private async requeue(failed: readonly DeliveryRow[]): Promise<number> {
    return this.database.transaction(async (tx) => {
      let queued = 0;
      for (const { id } of failed) {
        const row = await this.repository.requeue(tx, id);
        if (!row) continue;
        await this.queue.send(tx, row);
        queued += 1;
      }
      return queued;
    });
  }

  private find({ provider, tag }: Target): void {
    const known = this.catalogue.targets().some((one) => one.provider === provider && one.tag === tag);
    if (!known) throw new ProblemException(404, 'tag-not-found', 'No tag of this provider and name is configured here');
  }
}
