import { Injectable } from '@nestjs/common';
import { and, count, eq, sql } from 'drizzle-orm';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';

/** So long a poll has its audience to itself, seconds. Longer than a poll may take. */
export const POLL_LEASE_SECONDS = 150;
/** Audiences of one tag that a process asks for side by side. */
const AT_ONCE = 4;

type CustomAudienceRow = typeof customAudiences.$inferSelect;

/** A custom audience that this process polls. `pollAt` is the end of its lease, and nobody else's. */
export type PolledAudience = CustomAudienceRow & { readonly audienceId: string; readonly pollAt: Date };

/** A tag whose audiences can be asked for. */
export interface PollTarget {
  readonly provider: string;
  readonly tag: string;
  /** Seconds after an upload until the platform is asked. */
  readonly soonSeconds: number;
}

/** Which custom audiences are due, and who asks for them. */
@Injectable()
export class PollClaimsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Brings the ids of audiences up to date. Deliveries note them in `remote_audiences` alone, when they find or make an audience:
   * the first time, and again when the platform had lost it.
   */
  async learnIds(): Promise<void> {
    await this.database.query.execute(sql`
      update custom_audiences c
      set audience_id = r.remote_id, poll_at = now(), poll_failures = 0, updated_at = now()
      from remote_audiences r
      where r.provider = c.provider and r.account = c.account and r.segment = c.name
        and r.remote_id is not null and c.audience_id is distinct from r.remote_id`);
  }

  /** An audience that rested for long is asked for sooner once users were sent to it. */
  async hastenUploaded(targets: readonly PollTarget[]): Promise<void> {
    await this.database.query.execute(sql`
      update custom_audiences c
      set poll_at = greatest(now(), c.last_upload_at + t."soonSeconds" * interval '1 second')
      from ${asTable(targets)}
      where c.provider = t.provider and c.tag = t.tag and c.last_upload_at > c.polled_at and c.poll_failures = 0
        and c.poll_at > now() + ${POLL_LEASE_SECONDS} * interval '1 second'
        and c.poll_at > c.last_upload_at + t."soonSeconds" * interval '1 second'`);
  }

  /**
   * Takes a few due audiences of each tag. The lease is the time of the next poll moved on, so that of two processes one gets
   * an audience, and that of a killed process comes back by itself.
   */
  async claim(targets: readonly PollTarget[]): Promise<PolledAudience[]> {
    const due = sql`select d.id from ${asTable(targets)} cross join lateral (
      select c.id from custom_audiences c
      where c.provider = t.provider and c.tag = t.tag and c.audience_id is not null
        and (c.poll_at is null or c.poll_at <= now())
      order by c.poll_at nulls first limit ${AT_ONCE} for update skip locked) d`;
    const claimed = await this.database.query
      .update(customAudiences)
      .set({ pollAt: sql`now() + ${POLL_LEASE_SECONDS} * interval '1 second'` })
      .where(sql`${customAudiences.id} = any(array(${due}))`)
      .returning();
    return claimed as PolledAudience[];
  }

  /** Gives a claimed audience back, to be asked for later; changes nothing once the lease is another's. */
  async postpone({ id, pollAt }: PolledAudience, seconds: number): Promise<void> {
    await this.database.query
      .update(customAudiences)
      .set({ pollAt: sql`now() + ${seconds} * interval '1 second'` })
      .where(and(eq(customAudiences.id, id), eq(customAudiences.pollAt, pollAt)));
  }

  /** How many there are of each status. */
  async countByStatus(): Promise<{ provider: string; tag: string; status: string; count: number }[]> {
    const { provider, tag, status } = customAudiences;
    return this.database.query
      .select({ provider, tag, status, count: count() })
      .from(customAudiences)
      .groupBy(provider, tag, status);
  }
}

function asTable(targets: readonly PollTarget[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(provider text, tag text, "soonSeconds" float8)`;
}
