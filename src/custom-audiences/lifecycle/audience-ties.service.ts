import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { AudienceDeliveries } from '../../deliveries/audience-deliveries.repository.js';
import { RemoteAudienceService, type SegmentKey } from '../../deliveries/remote-audience.service.js';
import { Database, type Transaction } from '../../storage/database.js';
import type { CustomAudienceRow } from '../records/custom-audience-row.js';

/** Deliveries cancelled in one transaction. */
const PAGE = 100;

/** What ties a custom audience to its platform: the deliveries to it, the remote id that they go to, and its polls. */
@Injectable()
export class AudienceTies {
  constructor(
    private readonly database: Database,
    private readonly remotes: RemoteAudienceService,
    private readonly deliveries: AudienceDeliveries,
  ) {}

  /** The remote id that deliveries go to now; newer than the record's where the audience was made anew. */
  async remoteOf(row: CustomAudienceRow): Promise<string | undefined> {
    return (await this.remotes.find(keyOf(row)))?.id;
  }

  /** The platform is asked for it after so many seconds and not before; what a poll on its way finds is not recorded. */
  async postponePoll({ id }: CustomAudienceRow, seconds: number): Promise<void> {
    await this.database.query.execute(sql`
      update custom_audiences set poll_at = now() + ${seconds} * interval '1 second'
      where id = ${id} and poll_at is not null`);
  }

  /** Cancels what is open, page by page. */
  async cancelOpen({ id }: CustomAudienceRow): Promise<void> {
    for (;;) {
      const cancelled = await this.database.transaction((tx) => this.deliveries.cancelOpen(tx, id, PAGE));
      if (cancelled < PAGE) return;
    }
  }

  /**
   * Cuts all ties, with the record locked.
   *
   * @param deleted the remote id that the platform no longer has
   * @returns whether all are cut: not while a delivery makes the audience anew
   */
  async cut(tx: Transaction, row: CustomAudienceRow, deleted: string | undefined): Promise<boolean> {
    let open = PAGE;
    while (open === PAGE) open = await this.deliveries.cancelOpen(tx, row.id, PAGE);
    if (!(await this.remotes.remove(tx, keyOf(row), deleted))) return false;
    await this.deliveries.detach(tx, row.id);
    return true;
  }
}

function keyOf({ provider, account, name: segment }: CustomAudienceRow): SegmentKey {
  return { provider, account, segment };
}
