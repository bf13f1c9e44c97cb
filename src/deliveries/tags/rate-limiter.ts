import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, unhurried } from '../../storage/database.js';

/** A delivery waits this long in its worker; for anything longer it gives the worker back. */
const LONGEST_SLEEP_MS = 3_000;
/** How much of a minute's calls may come at once. */
const BURST_MS = 10_000;

/** What calls are counted by: a tag's own quota, or one that several tags of a provider share. */
export interface Quota {
  readonly provider: string;
  readonly quota: string;
}

/** The tag may not be called for so long: longer than a worker should wait. */
export class TagBusyError extends Error {
  constructor(readonly waitMs: number) {
    super(`The tag may not be called for ${waitMs} ms`);
  }
}

/**
 * The calls that may be made, counted in the database so that all processes together keep the platform's limit:
 * a generic cell rate algorithm in one statement, and a block that a platform's own answer sets.
 */
@Injectable()
export class RateLimiter {
  constructor(private readonly database: Database) {}

  /**
   * Returns once a call may be made, or several that belong together.
   * @throws TagBusyError when that takes longer than a worker should wait
   */
  async take(quota: Quota, callsPerMinute: number, signal: AbortSignal, calls = 1): Promise<void> {
    for (;;) {
      const waitMs = await this.tryTake(quota, callsPerMinute / calls);
      if (waitMs === 0) return;
      if (waitMs > LONGEST_SLEEP_MS) throw new TagBusyError(waitMs);
      await sleep(waitMs, undefined, { signal });
    }
  }

  /** No process calls the tag for so long. Never shortens a block that is already there. */
  async block({ provider, quota }: Quota, ms: number): Promise<void> {
    await this.database.query.execute(sql`
      insert into tag_budgets (provider, tag, next_call_at, blocked_until)
      values (${provider}, ${quota}, now(), now() + ${ms} * interval '1 millisecond')
      on conflict (provider, tag) do update
      set blocked_until = greatest(tag_budgets.blocked_until, excluded.blocked_until)`);
  }

  /** @throws TagBusyError while the tag may not be called for longer than a worker should wait */
  async refuseWhileBlocked({ provider, quota }: Quota): Promise<void> {
    const { rows } = await this.database.query.execute<{ wait: number | null }>(sql`
      select ceil(extract(epoch from blocked_until - now()) * 1000)::int as wait
      from tag_budgets where provider = ${provider} and tag = ${quota}`);
    const waitMs = rows[0]?.wait ?? 0;
    if (waitMs > LONGEST_SLEEP_MS) throw new TagBusyError(waitMs);
  }

  /** 0: taken. Otherwise the ms after which to ask again. */
  private async tryTake({ provider, quota }: Quota, callsPerMinute: number): Promise<number> {
    const cost = sql`${60_000 / callsPerMinute} * interval '1 millisecond'`;
    const burst = sql`${BURST_MS} * interval '1 millisecond'`;
    const taken = await this.database.query.execute(sql`
      insert into tag_budgets (provider, tag, next_call_at) values (${provider}, ${quota}, now() + ${cost})
      on conflict (provider, tag) do update
      set next_call_at = greatest(tag_budgets.next_call_at, now()) + ${cost}
      where coalesce(tag_budgets.blocked_until, now()) <= now() and tag_budgets.next_call_at <= now() + ${burst}
      returning ${unhurried}`);
    if (taken.rows.length > 0) return 0;
    const { rows } = await this.database.query.execute<{ wait: number }>(sql`
      select ceil(extract(epoch from greatest(blocked_until, next_call_at - ${burst}) - now()) * 1000)::int as wait
      from tag_budgets where provider = ${provider} and tag = ${quota}`);
    return Math.max(1, rows[0]?.wait ?? 1);
  }
}
