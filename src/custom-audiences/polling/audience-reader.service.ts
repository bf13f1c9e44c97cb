import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AppConfig } from '../../config/config.js';
import { type Quota, RateLimiter, TagBusyError } from '../../deliveries/tags/rate-limiter.js';
import type {
  AudienceManager,
  AudienceSnapshot,
  AudienceSupport,
  AudienceUses,
} from '../../providers/contract/audience-manager.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import { AudienceMissingError, ProviderError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import type { PolledAudience } from './poll-claims.repository.js';
import type { Reading, UsesReading } from './record/reading.js';
import { UploadFactsRepository } from './upload-facts.repository.js';

const HOUR_MS = 3_600_000;
/** Where a platform limits the rate without saying for how long. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 24 * HOUR_MS;

/** A platform whose audiences can be asked for, seen with one tag's credentials. */
export interface ReadableTag {
  readonly provider: AudienceProvider;
  readonly support: AudienceSupport;
  readonly manager: AudienceManager;
}

/** Asks a platform how an audience is, within the calls that may be made for that. */
@Injectable()
export class AudienceReader {
  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly limiter: RateLimiter,
    private readonly facts: UploadFactsRepository,
    private readonly clock: Clock,
  ) {}

  readable({ provider: id, tag }: Pick<PolledAudience, 'provider' | 'tag'>): ReadableTag {
    const provider = this.catalogue.provider(id);
    return { provider, support: provider.audiences, manager: provider.manager(tag) };
  }

  /**
   * @throws TagBusyError when the platform may not be asked for a while
   * @throws ProviderError when the platform did not tell
   */
  async read(audience: PolledAudience, from: ReadableTag, signal: AbortSignal): Promise<Reading> {
    const now = this.clock.now();
    const { facts, sizeToKeep } = await this.facts.of(audience, now);
    const snapshot = await this.call(from, audience.tag, signal, () =>
      from.manager.read(audience.audienceId, facts, { signal }).catch(nothingWhenMissing),
    );
    const asksUses = snapshot !== undefined && this.areUsesDue(audience, snapshot, now);
    const uses = asksUses ? await this.uses(audience, from, signal) : undefined;
    return { now, facts, sizeToKeep, snapshot, uses, minimumSize: from.support.minimumSize };
  }

  /** Where the audience is used takes calls of its own: once in each hour, and when it can be used from now on. */
  private areUsesDue({ status, polledAt }: PolledAudience, snapshot: AudienceSnapshot, now: Date): boolean {
    const hourOf = (time: Date) => Math.floor(time.getTime() / HOUR_MS);
    if (this.config.statusPollSeconds !== undefined || polledAt === null) return true;
    return hourOf(polledAt) !== hourOf(now) || (snapshot.status === 'ready' && status !== 'ready');
  }

  /** What cannot be had of it does not cost what was read. */
  private async uses(
    { audienceId, tag }: PolledAudience,
    from: ReadableTag,
    signal: AbortSignal,
  ): Promise<UsesReading | undefined> {
    const { manager } = from;
    if (!manager.uses) return undefined;
    try {
      return await this.call<AudienceUses>(from, tag, signal, () => manager.uses!(audienceId, { signal }));
    } catch (error) {
      if (error instanceof TagBusyError) return undefined;
      if (error instanceof ProviderError) return { unknown: error.message };
      throw error;
    }
  }

  private async call<T>(
    { provider, support }: ReadableTag,
    tag: string,
    signal: AbortSignal,
    make: () => Promise<T>,
  ): Promise<T> {
    const quota: Quota = { provider: provider.id, quota: provider.quota(tag) };
    const reads: Quota = { provider: provider.id, quota: `${quota.quota}:reads` };
    await this.limiter.refuseWhileBlocked(quota);
    await this.limiter.take(reads, support.readsPerMinute, signal);
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      const waitMs = Math.min(error.retryAfterMs ?? DEFAULT_RATE_LIMIT_WAIT_MS, LONGEST_WAIT_MS);
      await this.limiter.block(quota, waitMs);
      await this.limiter.block(reads, waitMs);
      throw new TagBusyError(waitMs);
    }
  }
}

function nothingWhenMissing(error: unknown): undefined {
  if (error instanceof AudienceMissingError) return undefined;
  throw error;
}
