import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { and, isNotNull, ne, sql } from 'drizzle-orm';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { Database } from '../../storage/database.js';
import { tagHealth } from '../../storage/tag-schema.js';
import { HeldDeliveries } from './held-deliveries.js';

const EVERY_MS = 1_000;

/** Has a waiting delivery of each stopped tag try, when its time has come. Runs in every worker; the database picks one. */
@Injectable()
export class TagProberService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TagProberService.name);
  private timer?: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly database: Database,
    private readonly held: HeldDeliveries,
  ) {}

  /** A worker that starts may have been given the credentials that were missing: the tries begin at once. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.database.query
      .update(tagHealth)
      .set({ probeAt: sql`now()` })
      .where(and(isNotNull(tagHealth.stoppedAt), ne(tagHealth.stopCode, 'platform-unavailable')));
    this.again();
  }

  onModuleDestroy(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private again(): void {
    if (this.ended) return;
    this.timer = setTimeout(() => void this.probe().finally(() => this.again()), EVERY_MS);
    this.timer.unref();
  }

  private async probe(): Promise<void> {
    try {
      const isDue = sql`${tagHealth.stoppedAt} is not null and ${tagHealth.probeAt} <= now()`;
      const due = await this.database.query.select().from(tagHealth).where(isDue);
      for (const target of this.catalogue.targets()) {
        if (due.some(({ provider, tag }) => provider === target.provider && tag === target.tag)) {
          await this.held.freeOneToTry(target);
        }
      }
    } catch (error) {
      this.logger.warn(safeStack(error));
    }
  }
}
