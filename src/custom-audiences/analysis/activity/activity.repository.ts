import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { DeliveryState } from '../../../deliveries/delivery-state.js';
import { Database } from '../../../storage/database.js';
import type {
  DeliveryFigures,
  DurationFigures,
  GrowthDay,
  RejectionFigure,
  SessionFigures,
  SizePoint,
} from './activity.js';

/** How far back is looked. */
export const ACTIVITY_DAYS = 90;
const SESSIONS_SHOWN = 20;
/** Seconds; what takes longer is in a bin of its own. */
const DURATION_BOUNDS = [1, 5, 15, 60, 300, 1_800, 7_200, 86_400] as const;

type Row<T> = T & Record<string, unknown>;

/** What our tables tell of the last 90 days of a custom audience. */
@Injectable()
export class ActivityRepository {
  constructor(private readonly database: Database) {}

  /** Oldest first; begins with what was known when the 90 days began. */
  async sizes(audience: string): Promise<SizePoint[]> {
    const columns = sql`at, status, size::float8 as size, matched_users::float8 as "matchedUsers",
      uploaded_records::float8 as "uploadedRecords"`;
    const rows = await this.rows<Omit<SizePoint, 'at'> & { at: Date | string }>(sql`
      (select ${columns} from audience_sizes where audience = ${audience} and at <= ${since}
        order by at desc limit 1)
      union all
      (select distinct on ((at at time zone 'utc')::date) ${columns} from audience_sizes
        where audience = ${audience} and at > ${since}
        order by (at at time zone 'utc')::date, at desc)
      order by at`);
    return rows.map((row) => ({ ...row, at: instantOf(row.at)! }));
  }

  /** Days on which something changed, oldest first. */
  growth(audience: string): Promise<GrowthDay[]> {
    return this.rows<GrowthDay>(sql`
      select to_char(settled_at at time zone 'utc', 'YYYY-MM-DD') as date,
        sum(added)::float8 as added, sum(removed)::float8 as removed
      from deliveries where custom_audience = ${audience} and settled_at > ${since}
      group by 1 having sum(added) > 0 or sum(removed) > 0 order by 1`);
  }

  /** The most frequent first. */
  rejections(audience: string): Promise<RejectionFigure[]> {
    return this.rows<RejectionFigure>(sql`
      select nullif(r.field, '') as field, r.reason, sum(cardinality(r.users) + r.unnamed)::float8 as users
      from deliveries d join rejections r on r.delivery = d.id
      where d.custom_audience = ${audience} and d.created_at > ${since}
      group by 1, 2 order by 3 desc, 1, 2`);
  }

  async deliveries(audience: string): Promise<DeliveryFigures> {
    const [states, durations] = [await this.states(audience), await this.durations(audience)];
    return { total: Object.values(states).reduce((sum, count) => sum + count, 0), states, durations };
  }

  private async states(audience: string): Promise<Partial<Record<DeliveryState, number>>> {
    const rows = await this.rows<{ state: DeliveryState; count: number }>(sql`
      select state, count(*)::float8 as count from deliveries
      where custom_audience = ${audience} and created_at > ${since} group by 1 order by 1`);
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** Of those that succeeded or failed; null: none did. */
  private async durations(audience: string): Promise<DurationFigures | null> {
    const [row] = await this.rows<{ median: number | null; p90: number; max: number; bins: number[] }>(sql`
      with durations as (
        select extract(epoch from settled_at - queued_at)::float8 as seconds from deliveries
        where custom_audience = ${audience} and created_at > ${since} and state in ('succeeded', 'failed')
          and settled_at is not null)
      select percentile_cont(0.5) within group (order by seconds) as median,
        percentile_cont(0.9) within group (order by seconds) as p90, max(seconds) as max,
        array_agg(width_bucket(seconds, ${sql.param([...DURATION_BOUNDS])}::float8[])) as bins
      from durations`);
    if (!row || row.median === null) return null;
    const histogram = [...DURATION_BOUNDS, null].map((upToSeconds, place) => ({
      upToSeconds,
      deliveries: row.bins.filter((bin) => bin === place).length,
    }));
    return { ...{ median: inMs(row.median), p90: inMs(row.p90), max: inMs(row.max) }, histogram };
  }

  /** The last ones, newest first. */
  async sessions(audience: string): Promise<SessionFigures[]> {
    const sums = ['received', 'accepted', 'skipped', 'rejected', 'added', 'removed'] as const;
    const totals = sums.map((name) => sql`sum(d.${sql.identifier(name)})::float8 as ${sql.identifier(name)}`);
    type Raw = Omit<SessionFigures, 'createdAt' | 'settledAt'> & { createdAt: Date | string; settledAt: Date | string };
    const rows = await this.rows<Raw>(sql`
      select s.id, s.name, s.mode, s.origin, s.created_at as "createdAt",
        case when bool_and(d.settled_at is not null) then max(d.settled_at) end as "settledAt",
        count(*)::float8 as deliveries, count(*) filter (where d.state = 'failed')::float8 as failed,
        ${sql.join(totals, sql`, `)}
      from deliveries d join sessions s on s.id = d.session
      where d.custom_audience = ${audience} and d.created_at > ${since}
      group by s.id order by s.created_at desc, s.id desc limit ${SESSIONS_SHOWN}`);
    return rows.map((row) => ({ ...row, createdAt: instantOf(row.createdAt)!, settledAt: instantOf(row.settledAt) }));
  }

  private async rows<T extends object>(statement: SQL): Promise<T[]> {
    const { rows } = await this.database.query.execute<Row<T>>(statement);
    return rows as T[];
  }
}

const since = sql`(now() - ${ACTIVITY_DAYS} * interval '1 day')`;

function instantOf(value: Date | string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}

/** Seconds to the millisecond. */
function inMs(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
