import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { safeStack } from '../../common/safe-stack.js';
import { AppConfig } from '../../config/config.js';
import { Database, type Transaction } from '../../storage/database.js';
import { batches } from '../../storage/schema.js';
import { OPEN_STATES } from '../delivery-state.js';

const EVERY_MS = 60 * 60_000;
/** How long the payload of a failed delivery waits to be retried by hand, hours. */
const KEEP_FAILED_HOURS = 72;
const ORPHAN_DAYS = 7;

/**
 * A batch's payload goes with its last delivery. Where a delivery failed it is kept for a while, so that somebody can mend the
 * account and retry; this takes it away after that.
 */
@Injectable()
export class PayloadPurgeService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PayloadPurgeService.name);
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    this.timer = setInterval(() => void this.purge().catch((e: unknown) => this.logger.error(safeStack(e))), EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Purges what has waited long enough; returns how many batches that were. Safe to run in several processes. */
  async purge(): Promise<number> {
    await this.abandonOrphans();
    await this.discardDrafts();
    const purged = await this.database.query.execute(sql`
      update batches set payload = null, purged_at = now()
      where payload is not null
        and created_at < now() - ${KEEP_FAILED_HOURS} * interval '1 hour'
        and not exists (select 1 from deliveries d where d.batch = batches.id
          and (d.state in ${OPEN_STATES}
            or (d.state = 'failed' and d.settled_at > now() - ${KEEP_FAILED_HOURS} * interval '1 hour')))`);
    return purged.rowCount ?? 0;
  }

  /** Sessions whose process died before all of their batches were here. */
  private async discardDrafts(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const drafts = sql`select id from sessions where draft and created_at < now() - ${KEEP_FAILED_HOURS} * interval '1 hour'`;
      await tx.execute(sql`delete from batches where session in (${drafts})`);
      await tx.execute(sql`delete from sessions where id in (${drafts})`);
    });
  }

  /** Retries end long before: what is still open after a week has no worker, because its tag is no longer configured. */
  private async abandonOrphans(): Promise<void> {
    const days = Math.max(ORPHAN_DAYS, this.config.deliveryMaxHours / 24 + 1);
    const message = 'No worker took it up for days: is its account still configured?';
    await this.database.query.execute(sql`
      update deliveries set state = 'failed', claim = null, due_at = null, settled_at = now(), retryable = true,
        error_code = 'abandoned', error_message = ${message}, held = false
      where state in ('queued', 'waiting', 'processing') and queued_at < now() - ${days} * interval '1 day'`);
  }
}

/**
 * Takes the payload of a batch away when every delivery of it is done. The row lock keeps two deliveries that end together
 * from each taking the other for unfinished.
 */
export async function purgeWhenDone(tx: Transaction, batch: string): Promise<void> {
  await tx.select({ id: batches.id }).from(batches).where(eq(batches.id, batch)).for('update');
  await tx.execute(sql`
    update batches set payload = null, purged_at = now()
    where id = ${batch} and payload is not null and not exists (
      select 1 from deliveries where batch = ${batch} and state not in ('succeeded', 'cancelled'))`);
}
