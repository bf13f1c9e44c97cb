import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { safeStack } from '../../common/safe-stack.js';
import { RateLimiter, TagBusyError } from '../../deliveries/tags/rate-limiter.js';
import { ProviderError } from '../../providers/contract/provider-errors.js';
import type { ReadableTag } from './audience-reader.service.js';
import { PollRecordRepository } from './record/poll-record.repository.js';

const DAY_MS = 86_400_000;
const WARN_DAYS = 14;
/** A budget of its own, in the database: one process asks, and not again after a restart. */
const ONCE_A_DAY = 1 / (24 * 60);

/** Says in time that the credentials of a tag will end, at each of its custom audiences. */
@Injectable()
export class CredentialsWatch {
  private readonly logger = new Logger(CredentialsWatch.name);

  constructor(
    private readonly limiter: RateLimiter,
    private readonly record: PollRecordRepository,
    private readonly clock: Clock,
  ) {}

  /** Asks the platform once a day. Never rejects for what the platform says: the audiences tell of that. */
  async look({ provider: { id: provider }, manager }: ReadableTag, tag: string, signal: AbortSignal): Promise<void> {
    if (!manager.credentialsEnd) return;
    try {
      await this.limiter.take({ provider, quota: `${tag}:credentials` }, ONCE_A_DAY, signal);
      const end = await manager.credentialsEnd({ signal });
      const now = this.clock.now();
      const isSoon = end !== null && end.getTime() - now.getTime() < WARN_DAYS * DAY_MS;
      const day = end?.toISOString().slice(0, 10);
      const message = `The credentials of ${provider}/${tag} end on ${day}: give it new ones before`;
      await this.record.credentials({ provider, tag }, isSoon ? message : undefined, now);
    } catch (error) {
      if (error instanceof TagBusyError || signal.aborted) return;
      const said = error instanceof ProviderError ? `${error.code}: ${error.message}` : safeStack(error);
      this.logger.warn(`When the credentials of ${provider}/${tag} end could not be asked: ${said}`);
    }
  }
}
