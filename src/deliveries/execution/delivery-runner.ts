import { Injectable, Logger } from '@nestjs/common';
import type {
  AudienceProvider,
  CreatedAudience,
  PreparedRow,
  ProviderLimits,
  Receipt,
  RemoteAudience,
} from '../../providers/contract/audience-provider.js';
import { AudienceMissingError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { type Quota, RateLimiter } from '../tags/rate-limiter.js';
import { RemoteAudienceService, type SegmentKey } from '../remote-audience.service.js';
import { endOf } from './chunks/chunk-plan.js';
import { uploadChunks } from './chunks/chunk-upload.js';
import { type ChunkBudget, nextChunk } from './chunks/chunks.js';
import { type DeliveryBatch, DeliveryBatchReader } from './delivery-batch-reader.js';
import type { ClaimedDelivery } from './delivery-claim.js';
import { DeliveryProgressRepository } from './delivery-progress.repository.js';
import { RemoteJobsService } from './remote-jobs.service.js';

/** The worker is to stop: the delivery is given back between two chunks. */
export class HandBackError extends Error {}

type Chunk = readonly PreparedRow<unknown>[];

/** What an attempt is watched by. */
export interface RunWatch {
  /** Aborted when the delivery was lost, and when the process ends at once. */
  readonly signal: AbortSignal;
  /** Asked between chunks. */
  readonly shouldStop: () => boolean;
  /** Told after each chunk that the platform took. */
  readonly onProgress: () => Promise<void>;
}

/** What is needed to send chunk after chunk. */
interface Run extends RunWatch {
  readonly held: ClaimedDelivery;
  readonly provider: AudienceProvider;
  readonly limits: ProviderLimits;
  readonly quota: Quota;
  readonly batch: DeliveryBatch;
  readonly rows: Chunk;
  readonly key: SegmentKey;
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
   * @throws ProviderError, TagBusyError, StillProcessingError, HandBackError, ClaimLostError: what becomes of the delivery is
   * the caller's decision
   */
  async run(held: ClaimedDelivery, watch: RunWatch): Promise<void> {
    const provider = this.catalogue.provider(held.provider);
    const limits = provider.limitsOf(held.tag);
    const quota = { provider: held.provider, quota: provider.quota(held.tag) };
    // Asked first: a batch is decrypted and hashed in vain when its tag may not be called.
    await this.limiter.refuseWhileBlocked(quota);
    const batch = await this.batchReader.read(held);
    const { rows, rejections } = provider.prepare(batch.users, held.tag);
    await this.progress.recordPrepared(held, rejections, batch.users);
    const key = { provider: held.provider, account: provider.account(held.tag), segment: held.segment };
    const run: Run = { ...watch, held, provider, limits, quota, batch, rows, key };
    try {
      await this.deliverAll(run);
    } catch (error) {
      if (error instanceof RateLimitedError && error.retryAfterMs) await this.limiter.block(quota, error.retryAfterMs);
      throw error;
    }
  }

  private async deliverAll(run: Run): Promise<void> {
    try {
      await this.deliver(run, run.held.nextUser);
    } catch (error) {
      if (!(error instanceof AudienceMissingError)) throw error;
      await this.startOver(run);
    }
    await this.settleJobs(run);
  }

  private async startOver(run: Run): Promise<void> {
    const { id, provider } = run.held;
    this.logger.warn(`The audience of delivery ${id} is gone on ${provider}: sending all its users to the new one`);
    await this.progress.startOver(run.held);
    await this.deliver({ ...run, held: { ...run.held, audienceId: null } }, 0);
  }

  private async settleJobs(run: Run): Promise<void> {
    const { held, provider, limits, batch, rows, signal } = run;
    if (limits.pollMs === undefined) return;
    const beforeCall = () => this.takeCall(run);
    const asking = { pollMs: limits.pollMs, signal, beforeCall, users: batch.users };
    await this.jobs.settle(held, rows, provider.client(held.tag), asking);
  }

  private async deliver(run: Run, fromUser: number): Promise<void> {
    const first = nextChunk(run.rows, fromUser, budgetOf(run));
    if (first.length === 0) return;
    const audience = await this.ensureAudience(run, first);
    if (fromUser > 0 && run.held.audienceId !== null && audience.id !== run.held.audienceId) {
      // Another delivery has found the audience gone: the chunks recorded here went to the lost one.
      return this.startOver(run);
    }
    if (audience.id !== run.held.audienceId) await this.progress.recordAudience(run.held, audience.id);
    try {
      const done = fromUser === 0 ? 0 : run.batch.chunksDone;
      if (!audience.receipt) return await this.uploadAll(run, audience, fromUser, done);
      await this.record(run, first, audience.receipt);
      await this.uploadAll(run, audience, endOf(first), done + 1);
    } catch (error) {
      if (error instanceof AudienceMissingError) await this.audiences.forget(run.key, audience.id);
      throw error;
    }
  }

  private async ensureAudience(run: Run, first: Chunk): Promise<CreatedAudience> {
    const { held, provider, batch, key, signal } = run;
    const known = await this.audiences.find(key);
    if (known) return known;
    await this.takeCall(run);
    const firstChunk = first.map(({ row }) => row);
    const ctx = { deliveryId: held.id, signal, audienceType: batch.audienceType, firstChunk };
    return this.audiences.ensure(key, provider.client(held.tag), ctx);
  }

  private async uploadAll(run: Run, audience: RemoteAudience, fromUser: number, chunksDone: number): Promise<void> {
    const { rows } = run;
    await uploadChunks(
      { rows, fromUser, chunksDone, budget: budgetOf(run) },
      {
        send: (chunk, index, isLast) => this.send(run, audience, chunk, index, isLast),
        record: (chunk, receipt) => this.record(run, chunk, receipt),
        pause: () => {
          if (run.shouldStop()) throw new HandBackError();
        },
      },
    );
  }

  private async send(run: Run, audience: RemoteAudience, chunk: Chunk, index: number, isLast: boolean) {
    const { held, provider, batch, signal } = run;
    await this.takeCall(run);
    const session = await this.batchReader.position(held, batch, index, isLast);
    const sent = chunk.map(({ row }) => row);
    return provider.client(held.tag).upload(audience, sent, { deliveryId: held.id, signal, session });
  }

  /** Records the answer to a chunk. */
  private async record({ held, quota, batch, onProgress }: Run, chunk: Chunk, receipt: Receipt): Promise<void> {
    const users = chunk.map(({ user }) => user);
    const sent = { firstUser: users[0]!, endUser: endOf(chunk), users };
    await this.progress.checkpoint(held, sent, receipt, batch.users);
    if (receipt.pauseMs) await this.limiter.block(quota, receipt.pauseMs);
    await onProgress();
  }

  private takeCall({ quota, limits, signal }: Run): Promise<void> {
    return this.limiter.take(quota, limits.callsPerMinute, signal);
  }
}

function budgetOf({ provider, limits }: Run): ChunkBudget<unknown> {
  const rowBytes = provider.rowBytes && ((row: unknown) => provider.rowBytes!(row));
  return { rows: limits.rowsPerChunk, bytes: limits.bytesPerChunk, rowBytes };
}
