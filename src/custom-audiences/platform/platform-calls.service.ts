import { Injectable } from '@nestjs/common';
import { ProblemException } from '../../common/problem.exception.js';
import { RateLimiter, TagBusyError } from '../../deliveries/tags/rate-limiter.js';
import type { AudienceManager, ManagementContext } from '../../providers/contract/audience-manager.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import type { CustomAudienceAction } from '../../providers/contract/custom-audience-words.js';
import { ProviderError, RateLimitedError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { notOffered } from './audience-support.js';
import { type NamedTag, platformProblem, type RefusedStatus, waitProblem } from './platform-problem.js';

/** For everything that one request has a platform do: several calls, and the wait for their turn. */
const LONGEST_MS = 60_000;

/** What a platform is asked for by hand, while the caller waits: within the tag's limit, with a time limit. */
@Injectable()
export class PlatformCalls {
  constructor(
    private readonly catalogue: ProviderCatalogue,
    private readonly limiter: RateLimiter,
  ) {}

  /** @throws ProblemException 409 when the tag is no longer configured */
  provider({ provider, tag }: NamedTag): AudienceProvider {
    const found = this.catalogue.providers.find(({ id }) => id === provider);
    if (found?.tags().includes(tag)) return found;
    throw new ProblemException(409, 'tag-not-configured', `${provider}/${tag} is no longer configured here`);
  }

  /**
   * The tag's manager, if it can do this.
   *
   * @throws ProblemException 422 when the platform lacks it
   */
  manager(target: NamedTag, action: CustomAudienceAction, method: keyof AudienceManager): AudienceManager {
    const provider = this.provider(target);
    const manager = provider.manager(target.tag);
    if (!manager[method] || provider.audiences.lacks[action] !== undefined) throw notOffered(provider, action);
    return manager;
  }

  /**
   * Has the platform do something.
   *
   * @param refused the status of what it refuses for good
   * @throws ProblemException 409, 422, 502 or 503, each with the platform's reason
   */
  async call<T>(
    target: NamedTag,
    work: (ctx: ManagementContext) => Promise<T>,
    refused: RefusedStatus = 422,
  ): Promise<T> {
    const provider = this.provider(target);
    const quota = { provider: target.provider, quota: provider.quota(target.tag) };
    const signal = AbortSignal.timeout(LONGEST_MS);
    try {
      await this.limiter.take(quota, provider.limitsOf(target.tag).callsPerMinute, signal);
      return await work({ signal });
    } catch (error) {
      if (error instanceof RateLimitedError && error.retryAfterMs) await this.limiter.block(quota, error.retryAfterMs);
      if (error instanceof ProviderError) throw platformProblem(error, target, refused);
      if (error instanceof TagBusyError) {
        throw waitProblem('rate-limited', 'the platform asked not to be called for a while', target, error.waitMs);
      }
      if (signal.aborted) throw waitProblem('platform-unavailable', 'it did not answer in time', target);
      throw error;
    }
  }
}
