import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { AudiencePoll } from './audience-poll.service.js';
import { AudienceReader } from './audience-reader.service.js';
import { PollClaimsRepository, type PolledAudience, type PollTarget } from './poll-claims.repository.js';
import { firstPollSeconds } from './poll-pace.js';
import { RecurringWork } from '../../common/recurring-work.js';

const EVERY_MS = 2_000;

/**
 * Keeps custom audiences true to their platforms: asks for those that are due, on every process that delivers. A tag that
 * answers slowly holds up only itself.
 */
@Injectable()
export class StatusPoller implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(StatusPoller.name);
  private readonly work: RecurringWork;
  /** The polls in flight, by the full name of their tag. */
  private readonly polls = new Map<string, Promise<void>>();

  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly reader: AudienceReader,
    private readonly claims: PollClaimsRepository,
    private readonly poll: AudiencePoll,
  ) {
    const paceMs = (config.statusPollSeconds || Infinity) * 1000;
    const everyMs = Math.min(EVERY_MS, paceMs / 4);
    this.work = new RecurringWork(everyMs, (signal) => this.pollDue(signal), this.logger);
  }

  onApplicationBootstrap(): void {
    const isOn = this.config.statusPollSeconds !== 0 && this.config.role !== 'api';
    if (isOn && this.targets().length > 0) this.work.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.work.stop();
    await Promise.all(this.polls.values());
  }

  private async pollDue(signal: AbortSignal): Promise<void> {
    const targets = this.targets();
    await this.claims.learnIds();
    await this.claims.hastenUploaded(targets);
    const idle = targets.filter((target) => !this.polls.has(nameOf(target)));
    const claimed = await this.claims.claim(idle);
    for (const name of new Set(claimed.map(nameOf))) {
      const audiences = claimed.filter((audience) => nameOf(audience) === name);
      const polled = this.pollAll(audiences, signal).finally(() => this.polls.delete(name));
      this.polls.set(name, polled);
    }
  }

  private async pollAll(audiences: readonly PolledAudience[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      audiences.map((audience) =>
        this.poll.make(audience, signal).catch((error: unknown) => {
          if (!signal.aborted) this.logger.error(`Custom audience ${audience.id}: ${safeStack(error)}`);
        }),
      ),
    );
  }

  private targets(): readonly PollTarget[] {
    return this.catalogue.targets().map((target) => {
      const { polling } = this.reader.readable(target).support;
      return { ...target, soonSeconds: firstPollSeconds(polling) };
    });
  }
}

function nameOf({ provider, tag }: { readonly provider: string; readonly tag: string }): string {
  return `${provider}/${tag}`;
}
