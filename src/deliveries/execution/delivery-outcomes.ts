import { Injectable, Logger } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { safeStack } from '../../common/safe-stack.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { Database } from '../../storage/database.js';
import type { ClaimedDelivery, SettledCounts } from './delivery-claim.js';

/** Makes known how attempts end: counters, and the health of the tag that `GET /providers` shows. */
@Injectable()
export class DeliveryOutcomes {
  private readonly logger = new Logger(DeliveryOutcomes.name);

  constructor(
    private readonly metrics: MetricsService,
    private readonly database: Database,
  ) {}

  /** Before the delivery is settled: whoever waited for that then sees the tag's health as it is. */
  async working(held: ClaimedDelivery): Promise<void> {
    await this.note(sql`
      insert into tag_health (provider, tag, last_success_at)
      values (${held.provider}, ${held.tag}, now())
      on conflict (provider, tag) do update set last_success_at = now()`);
  }

  succeeded(held: ClaimedDelivery, counts: SettledCounts): void {
    this.metrics.deliveryEnded(held, 'succeeded');
    for (const outcome of ['accepted', 'skipped', 'rejected'] as const) {
      this.metrics.usersSettled(held, outcome, counts[outcome]);
    }
  }

  async failed(held: ClaimedDelivery, outcome: 'failed' | 'waiting', code: string): Promise<void> {
    this.metrics.deliveryEnded(held, outcome);
    await this.note(sql`
      insert into tag_health (provider, tag, last_error_at, last_error_code)
      values (${held.provider}, ${held.tag}, now(), ${code})
      on conflict (provider, tag) do update set last_error_at = now(), last_error_code = ${code}`);
  }

  /** The delivery is settled already: that its tag's health could not be noted must not undo that. */
  private async note(statement: SQL): Promise<void> {
    await this.database.query.execute(statement).catch((error: unknown) => this.logger.warn(safeStack(error)));
  }
}
