import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { Database } from '../storage/database.js';
import { batches, deliveries, rejections } from '../storage/schema.js';

export interface RejectionFilter {
  readonly provider?: string;
  readonly tag?: string;
  readonly field?: string;
  readonly reason?: string;
}

/** One user or identifier that was left out. */
export interface RejectionRow {
  readonly sequence: number;
  readonly provider: string;
  readonly tag: string;
  /** The user's place in its batch; -1 for users that a platform counted without naming. */
  readonly user: number;
  readonly field: string;
  readonly reason: string;
  /** First user of the chunk that a platform answered, for users it did not name; -1: found before sending. */
  readonly stage: number;
  /** 1, or how many users the platform counted. */
  readonly count: number;
}

/** Where a page ends: the sort key of its last row. */
export type RejectionKey = readonly [
  sequence: number,
  provider: string,
  tag: string,
  user: number,
  field: string,
  reason: string,
  stage: number,
];

/** The packed rejections of a session, unpacked to one row each, in a fixed order. */
@Injectable()
export class RejectionsRepository {
  constructor(private readonly database: Database) {}

  async page(session: string, filter: RejectionFilter, after: RejectionKey | undefined, limit: number) {
    const { rows } = await this.database.query.execute<RejectionRow & Record<string, unknown>>(sql`
      select * from (
        select b.sequence, d.provider, d.tag, u.user, r.field, r.reason, r.stage, u.count
        from ${rejections} r
        join ${deliveries} d on d.id = r.delivery
        join ${batches} b on b.id = d.batch
        cross join lateral (
          select named as user, 1 as count from unnest(r.users) named
          union all
          select -1, r.unnamed where r.unnamed > 0
        ) u
        where d.session = ${session}${and(filter)}${after ? sql` and b.sequence >= ${after[0]}::int` : sql``}
      ) unpacked
      ${after ? afterKey(after) : sql``}
      order by sequence, provider collate "C", tag collate "C", "user", field collate "C", reason collate "C", stage
      limit ${limit}`);
    return rows;
  }
}

function and({ provider, tag, field, reason }: RejectionFilter): SQL {
  return sql.join([
    provider === undefined ? sql`` : sql` and d.provider = ${provider}`,
    tag === undefined ? sql`` : sql` and d.tag = ${tag}`,
    field === undefined ? sql`` : sql` and r.field = ${field}`,
    reason === undefined ? sql`` : sql` and r.reason = ${reason}`,
  ]);
}

function afterKey([sequence, provider, tag, user, field, reason, stage]: RejectionKey): SQL {
  return sql`where (sequence, provider collate "C", tag collate "C", "user", field collate "C", reason collate "C", stage)
    > (${sequence}::int, ${provider}::text, ${tag}::text, ${user}::int, ${field}::text, ${reason}::text, ${stage}::int)`;
}
