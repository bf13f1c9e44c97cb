import { Injectable, Logger } from '@nestjs/common';
import type { CreatedAudience, Receipt, RemoteAudience } from '../../providers/contract/audience-provider.js';
import { AudienceMissingError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { withLeftOut } from '../rejections/left-out.js';
import { RateLimiter } from '../tags/rate-limiter.js';
import { RemoteAudienceService } from '../remote-audience.service.js';
import { endOf } from './chunks/chunk-plan.js';
import { uploadChunks } from './chunks/chunk-upload.js';
import { nextChunk } from './chunks/chunks.js';
import { DeliveryBatchReader } from './batch/delivery-batch-reader.js';
import { type ClaimedDelivery, HandBackError } from './delivery-claim.js';
import { DeliveryProgressRepository } from './delivery-progress.repository.js';
import { budgetOf, type Chunk, divide, type Run, type RunWatch, takeBefore } from './delivery-run.js';
import { RemoteJobsService } from './remote-jobs.service.js';

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
    const { members } = batch;
    const { rows, rejections } = provider.prepare(members.users, held.tag);
    await this.progress.recordPrepared(held, withLeftOut(rejections, batch.leftOut), batch.users);
    const prepared = members.skipped.size > 0 ? rows.filter(({ user }) => !members.skipped.has(user)) : rows;
    const key = { provider: held.provider, account: provider.account(held.tag), segment: held.segment };
    const divided = divide(prepared, members.unsent, held.nextUser);
    const run: Run = { ...watch, held, provider, limits, quota, batch, prepared, ...divided, key };
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
      if (run.batch.members.mode === 'remove') await this.finishRemoval(run);
      else await this.startOver(run);
    }
    await this.settleJobs(run);
  }

  private async startOver(run: Run): Promise<void> {
    const { id, provider } = run.held;
    this.logger.warn(`The audience of delivery ${id} is gone on ${provider}: sending all its users to the new one`);
    await this.progress.startOver(run.held);
    // The new audience has nobody yet: not even those who did not change.
    const anew = { rows: run.prepared, unsent: [] };
    await this.deliver({ ...run, ...anew, held: { ...run.held, audienceId: null } }, 0);
  }

  /** Users behind the last chunk who need not be sent. */
  private async finish({ held, batch, unsent }: Run): Promise<void> {
    await this.progress.acceptUnsent(held, takeBefore(unsent, Infinity), batch);
  }

  /** There is nobody to take out of an audience that is not there. */
  private async finishRemoval({ held, batch, prepared }: Run): Promise<void> {
    const settledTo = await this.progress.settledTo(held);
    const rest = prepared.map(({ user }) => user).filter((user) => user >= settledTo);
    await this.progress.acceptUnsent(held, rest, batch);
  }

  private async settleJobs(run: Run): Promise<void> {
    const { held, provider, limits, batch, prepared, signal } = run;
    if (limits.pollMs === undefined) return;
    const beforeCall = () => this.takeCall(run);
    const asking = { pollMs: limits.pollMs, signal, beforeCall, batch };
    await this.jobs.settle(held, prepared, provider.client(held.tag), asking);
  }

  private async deliver(run: Run, fromUser: number): Promise<void> {
    const first = nextChunk(run.rows, fromUser, budgetOf(run));
    if (first.length === 0) return (await this.isReplaced(run)) ? this.startOver(run) : this.finish(run);
    const audience = await this.ensureAudience(run, first);
    if (!audience) return this.finishRemoval(run);
    if (fromUser > 0 && run.held.audienceId !== null && audience.id !== run.held.audienceId) {
      // Another delivery has found the audience gone: the chunks recorded here went to the lost one.
      return this.startOver(run);
    }
    if (audience.id !== run.held.audienceId) await this.progress.recordAudience(run.held, audience.id);
    try {
      const done = fromUser === 0 ? 0 : run.batch.chunksDone;
      if (audience.receipt) {
        await this.record(run, first, audience.receipt);
        await this.uploadAll(run, audience, endOf(first), done + 1);
      } else await this.uploadAll(run, audience, fromUser, done);
      await this.finish(run);
    } catch (error) {
      if (error instanceof AudienceMissingError) await this.forget(run, audience);
      throw error;
    }
  }

  /** All was sent, but to an audience that another one has taken the place of. */
  private async isReplaced({ key, held, batch }: Run): Promise<boolean> {
    if (held.audienceId === null || batch.members.mode === 'remove') return false;
    const known = await this.audiences.find(key);
    return known !== undefined && known.id !== held.audienceId;
  }

  private async forget({ key, batch }: Run, { id }: RemoteAudience): Promise<void> {
    await this.audiences.forget(key, id, (tx) => this.progress.forgetMembers(tx, batch));
  }

  /** Made if it is missing, unless users are only to be taken out of it. */
  private async ensureAudience(run: Run, first: Chunk): Promise<CreatedAudience | undefined> {
    const { held, provider, batch, key, signal } = run;
    const known = await this.audiences.find(key);
    if (known) return known;
    await this.takeCall(run);
    const client = provider.client(held.tag);
    if (batch.members.mode === 'remove') return this.audiences.lookUp(key, client, { deliveryId: held.id, signal });
    const firstChunk = first.map(({ row }) => row);
    const ctx = { deliveryId: held.id, signal, audienceType: batch.audienceType, firstChunk };
    return this.audiences.ensure(key, client, ctx);
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
    const client = provider.client(held.tag);
    const ctx = { deliveryId: held.id, signal, session };
    if (batch.members.mode !== 'remove') return client.upload(audience, sent, ctx);
    return client.remove(audience, sent, ctx);
  }

  /** Records the answer to a chunk. */
  private async record(run: Run, chunk: Chunk, receipt: Receipt): Promise<void> {
    const { held, quota, batch, onProgress } = run;
    const users = chunk.map(({ user }) => user);
    const endUser = endOf(chunk);
    const sent = { firstUser: users[0]!, endUser, users, unsent: takeBefore(run.unsent, endUser) };
    await this.progress.checkpoint(held, sent, receipt, batch);
    if (receipt.pauseMs) await this.limiter.block(quota, receipt.pauseMs);
    await onProgress();
  }

  private takeCall({ quota, limits, signal }: Run): Promise<void> {
    return this.limiter.take(quota, limits.callsPerMinute, signal);
  }
}
