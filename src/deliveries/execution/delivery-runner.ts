import { Injectable, Logger } from '@nestjs/common';
import type { AudienceProvider, PreparedRow, RemoteAudience } from '../../providers/contract/audience-provider.js';
import { AudienceMissingError, ChunkTooLargeError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { nextChunk } from './chunks.js';
import { type DeliveryBatch, DeliveryBatchReader } from './delivery-batch-reader.js';
import type { ClaimedDelivery } from './delivery-claim.js';
import { DeliveryProgressRepository } from './delivery-progress.repository.js';
import { RemoteJobsService } from './remote-jobs.service.js';
import { RateLimiter } from '../rate-limiter.js';
import { RemoteAudienceService, type SegmentKey } from '../remote-audience.service.js';

/** The worker is to stop: the delivery is given back between two chunks. */
export class HandBackError extends Error {}

/** What is needed to send chunk after chunk. */
interface Run {
  readonly held: ClaimedDelivery;
  readonly provider: AudienceProvider;
  readonly batch: DeliveryBatch;
  readonly rows: readonly PreparedRow<unknown>[];
  readonly key: SegmentKey;
  readonly signal: AbortSignal;
  /** Asked between chunks. */
  readonly shouldStop: () => boolean;
}

/** One delivery: prepare, ensure the audience, upload chunk by chunk, each with a checkpoint. */
@Injectable()
export class DeliveryRunner {
  private readonly logger = new Logger(DeliveryRunner.name);

  constructor(
    private readonly catalogue: ProviderCatalogue,
    private readonly batchReader: DeliveryBatchReader,
    private readonly progress: DeliveryProgressRepository,
    private readonly audiences: RemoteAudienceService,
    private readonly limiter: RateLimiter,
    private readonly jobs: RemoteJobsService,
  ) {}

  /**
   * Delivers from the last checkpoint to the end.
   *
   * @throws ProviderError, TagBusyError, StillProcessingError, HandBackError, ClaimLostError: what becomes of the delivery is the caller's decision
   */
  async run(held: ClaimedDelivery, signal: AbortSignal, shouldStop: () => boolean): Promise<void> {
    const provider = this.catalogue.provider(held.provider);
    const batch = await this.batchReader.read(held);
    const { rows, rejections } = provider.prepare(batch.users, held.tag);
    await this.progress.recordPrepared(held, rejections);
    const key = { provider: held.provider, account: provider.account(held.tag), segment: held.segment };
    const run: Run = { held, provider, batch, rows, key, signal, shouldStop };
    try {
      await this.deliver(run, held.nextUser);
    } catch (error) {
      if (!(error instanceof AudienceMissingError)) throw error;
      this.logger.warn(`The audience of delivery ${held.id} is gone on ${held.provider}: starting over with a new one`);
      await this.progress.startOver(held);
      await this.deliver(run, 0);
    }
    await this.settleJobs(run);
  }

  private async settleJobs({ held, provider, rows, signal }: Run): Promise<void> {
    const { pollMs, callsPerMinute } = provider.limits;
    if (pollMs === undefined) return;
    const beforeCall = () => this.limiter.take(held, callsPerMinute, signal);
    await this.jobs.settle(held, rows, provider.client(held.tag), { pollMs, signal, beforeCall });
  }

  private async deliver(run: Run, fromUser: number): Promise<void> {
    const audience = await this.ensureAudience(run);
    try {
      await this.uploadAll(run, audience, fromUser);
    } catch (error) {
      if (error instanceof AudienceMissingError) await this.audiences.forget(run.key, audience.id);
      throw error;
    }
  }

  private async ensureAudience(run: Run): Promise<RemoteAudience> {
    const { held, key } = run;
    const audience = (await this.audiences.find(key)) ?? (await this.lookUpOrCreate(run));
    if (audience.id !== held.audienceId) await this.progress.recordAudience(held, audience.id);
    return audience;
  }

  private async lookUpOrCreate({ held, provider, batch, key, signal }: Run): Promise<RemoteAudience> {
    await this.limiter.take(held, provider.limits.callsPerMinute, signal);
    const ctx = { deliveryId: held.id, signal, audienceType: batch.audienceType };
    return this.audiences.ensure(key, provider.client(held.tag), ctx);
  }

  private async uploadAll(run: Run, audience: RemoteAudience, fromUser: number): Promise<void> {
    const { provider, rows } = run;
    let budget = {
      rows: provider.limits.rowsPerChunk,
      bytes: provider.limits.bytesPerChunk,
      rowBytes: provider.rowBytes && ((row: unknown) => provider.rowBytes!(row)),
    };
    for (let next = fromUser, index = fromUser === 0 ? 0 : run.batch.chunksDone; ;) {
      const chunk = nextChunk(rows, next, budget);
      if (chunk.length === 0) return;
      if (run.shouldStop()) throw new HandBackError();
      try {
        next = await this.uploadChunk(run, audience, chunk, index++);
      } catch (error) {
        if (!(error instanceof ChunkTooLargeError) || chunk.length === 1) throw error;
        budget = { ...budget, rows: Math.ceil(chunk.length / 2) };
      }
    }
  }

  /** Sends one chunk and records the answer; returns the user after it. */
  private async uploadChunk(
    { held, provider, batch, rows, signal }: Run,
    audience: RemoteAudience,
    chunk: readonly PreparedRow<unknown>[],
    index: number,
  ): Promise<number> {
    await this.limiter.take(held, provider.limits.callsPerMinute, signal);
    const users = chunk.map(({ user }) => user);
    const endUser = users.at(-1)! + 1;
    const isLastChunk = chunk.at(-1) === rows.at(-1);
    const session = await this.batchReader.position(held, batch, index, isLastChunk);
    const receipt = await provider.client(held.tag).upload(
      audience,
      chunk.map(({ row }) => row),
      { deliveryId: held.id, signal, session },
    );
    await this.progress.checkpoint(held, { firstUser: users[0]!, endUser, users }, receipt);
    if (receipt.pauseMs) await this.limiter.block(held, receipt.pauseMs);
    return endUser;
  }
}
