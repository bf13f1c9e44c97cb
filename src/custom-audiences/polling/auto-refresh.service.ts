import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { RecurringWork } from '../../common/recurring-work.js';
import { RefreshStarter } from './refresh-starter.js';

const EVERY_MS = 5_000;
/** A refresh that failed, or whose process died, begins again after so long. */
const LEASE_MINUTES = 15;

type DueRefresh = { readonly id: string; readonly lease: Date; readonly dueAt: string; readonly days: number };

/**
 * Starts the refreshes of audiences with `autoUpdate` when their time has come, one at a time. With `real-time` there is
 * nothing to start: each upload goes to the platform at once.
 */
@Injectable()
export class AutoRefresh implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AutoRefresh.name);
  private readonly work = new RecurringWork(EVERY_MS, (signal) => this.startDue(signal), this.logger);

  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
    @Optional() private readonly starter?: RefreshStarter,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'api' && this.starter) this.work.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.work.stop();
  }

  /** Starts all that are due; of several processes one starts each. */
  async startDue(signal: AbortSignal): Promise<void> {
    for (let due = await this.claim(); due && this.starter; due = signal.aborted ? undefined : await this.claim()) {
      try {
        await this.starter.refresh(due.id);
        await this.schedule(due);
      } catch (error) {
        this.logger.error(`The refresh of custom audience ${due.id} did not start: ${safeStack(error)}`);
      }
    }
  }

  private async claim(): Promise<DueRefresh | undefined> {
    const { rows } = await this.database.query.execute<{ id: string; lease: string; due_at: string; days: number }>(sql`
      with due as (select id, refresh_at from custom_audiences
        where auto_update and refresh_at <= now() and update_frequency in ('daily', 'weekly')
        order by refresh_at limit 1 for update skip locked)
      update custom_audiences c set refresh_at = now() + ${LEASE_MINUTES} * interval '1 minute'
      from due where c.id = due.id
      returning c.id, c.refresh_at as lease, due.refresh_at as due_at,
        case c.update_frequency when 'daily' then 1 else 7 end as days`);
    const row = rows[0];
    return row && { id: row.id, lease: new Date(row.lease), dueAt: row.due_at, days: row.days };
  }

  /** At the same time of day as ever; what was missed while nothing ran is made up once. */
  private async schedule({ id, lease, dueAt, days }: DueRefresh): Promise<void> {
    const due = sql`${dueAt}::timestamptz`;
    const periods = sql`(floor(extract(epoch from now() - ${due}) / ${days * 86_400}::float8) + 1)`;
    await this.database.query
      .update(customAudiences)
      .set({ refreshAt: sql`${due} + ${periods} * ${days} * interval '1 day'` })
      .where(and(eq(customAudiences.id, id), eq(customAudiences.refreshAt, lease)));
  }
}
