import { Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { safeStack } from '../../../common/safe-stack.js';
import { MetricsService } from '../../../metrics/metrics.service.js';
import { Database } from '../../../storage/database.js';
import type { ClaimedDelivery, SettledCounts } from '../delivery-claim.js';

/** Makes known how attempts end: in the log, in counters, and as the last error of the tag that `GET /providers` shows. */
@Injectable()
export class DeliveryOutcomes {
  private readonly logger = new Logger(DeliveryOutcomes.name);

  constructor(
    private readonly metrics: MetricsService,
    private readonly database: Database,
  ) {}

  succeeded(held: ClaimedDelivery, counts: SettledCounts): void {
    this.metrics.deliveryEnded(held, 'succeeded');
    for (const outcome of ['accepted', 'skipped', 'rejected'] as const) {
      this.metrics.usersSettled(held, outcome, counts[outcome]);
    }
    this.logger.log({ msg: 'Delivered', ...factsOf(held), ...counts });
  }

  /** Before the delivery is settled: whoever waited for that then sees the tag's last error. */
  async failed(held: ClaimedDelivery, outcome: 'failed' | 'waiting', code: string): Promise<void> {
    this.metrics.deliveryEnded(held, outcome);
    const { provider, tag } = held;
    const noted = this.database.query.execute(sql`
      insert into tag_health (provider, tag, last_error_at, last_error_code) values (${provider}, ${tag}, now(), ${code})
      on conflict (provider, tag) do update set last_error_at = now(), last_error_code = ${code}`);
    // That it could not be noted must not keep the delivery from being settled.
    await noted.catch((error: unknown) => this.logger.warn(safeStack(error)));
  }

  /** One line of the log about a delivery. */
  tell(level: 'log' | 'warn' | 'error', held: ClaimedDelivery, msg: string, more: object = {}): void {
    this.logger[level]({ msg, ...factsOf(held), ...more });
  }
}

function factsOf({ id, session, provider, tag, received, attempts, upload }: ClaimedDelivery) {
  return { delivery: id, session, provider, tag, ...upload, users: received, attempts };
}
