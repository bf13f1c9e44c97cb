import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import { TagBusyError } from '../../deliveries/tags/rate-limiter.js';
import { ProviderError } from '../../providers/contract/provider-errors.js';
import { AudienceReader, type ReadableTag } from './audience-reader.service.js';
import { CredentialsWatch } from './credentials-watch.service.js';
import { POLL_LEASE_SECONDS, PollClaimsRepository, type PolledAudience } from './poll-claims.repository.js';
import { backOffSeconds, nextPollSeconds } from './poll-pace.js';
import { PollRecordRepository } from './record/poll-record.repository.js';
import type { Reading } from './record/reading.js';

/** Given up this long before the lease ends, so that what is written is still ours to write. */
const SPARE_SECONDS = 30;

/** One audience, asked for once: what the platform says, or that it could not be asked, is recorded. */
@Injectable()
export class AudiencePoll {
  private readonly logger = new Logger(AudiencePoll.name);

  constructor(
    private readonly config: AppConfig,
    private readonly reader: AudienceReader,
    private readonly claims: PollClaimsRepository,
    private readonly record: PollRecordRepository,
    private readonly credentials: CredentialsWatch,
    private readonly clock: Clock,
  ) {}

  /** Rejects only when nothing could be recorded: the lease then runs out. */
  async make(audience: PolledAudience, shutdown: AbortSignal): Promise<void> {
    const from = this.reader.readable(audience);
    const limit = AbortSignal.timeout((POLL_LEASE_SECONDS - SPARE_SECONDS) * 1000);
    const signal = AbortSignal.any([shutdown, limit]);
    const reading = await this.read(audience, from, signal, shutdown);
    if (!reading) return;
    const pace = (changedAt: Date) => this.paceOf(reading, from, changedAt);
    await this.record.told(audience, reading, pace);
    await this.credentials.look(from, audience.tag, signal);
  }

  private async read(
    audience: PolledAudience,
    from: ReadableTag,
    signal: AbortSignal,
    shutdown: AbortSignal,
  ): Promise<Reading | undefined> {
    try {
      return await this.reader.read(audience, from, signal);
    } catch (error) {
      if (shutdown.aborted) await this.claims.postpone(audience, 0);
      // Nobody's failure: asked again when the budget has room, a little spread.
      else if (error instanceof TagBusyError) await this.claims.postpone(audience, error.waitMs / 1000 + Math.random());
      else await this.fail(audience, error);
      return undefined;
    }
  }

  private async fail(audience: PolledAudience, error: unknown): Promise<void> {
    const { provider, tag, id } = audience;
    const isTold = error instanceof ProviderError;
    const message = isTold ? error.message : 'The service itself failed to read the audience; its log says more';
    this.logger.warn(
      `${provider}/${tag}: custom audience ${id} cannot be read: ${isTold ? message : safeStack(error)}`,
    );
    const wait = (failures: number) =>
      this.config.statusPollSeconds ?? backOffSeconds(failures, isTold ? error.retryAfterMs : undefined, Math.random());
    await this.record.failed(audience, { message, now: this.clock.now() }, wait);
  }

  private paceOf({ now, facts }: Reading, { support }: ReadableTag, changedAt: Date): number {
    const changes = [facts.createdAt, facts.lastUploadAt ?? facts.createdAt, changedAt];
    const ageMs = now.getTime() - Math.max(...changes.map((time) => time.getTime()));
    return this.config.statusPollSeconds ?? nextPollSeconds(support.polling, ageMs, Math.random());
  }
}
