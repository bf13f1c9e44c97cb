import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { RecurringWork } from '../common/recurring-work.js';
import { AppConfig } from '../config/config.js';
import { MembersStore } from '../members/members-store.js';
import { Database, type Transaction } from '../storage/database.js';
import { mirrors } from '../storage/member-schema.js';
import { type MemberAudience, MembershipService } from './membership.service.js';

const EVERY_MS = 1_000;
/** A process that dies while it collects those who left is replaced after so long. */
const LEASE_SECONDS = 60;
/** A mirror whose session does not come to a good end takes nobody out; it is not waited for any longer, days. */
const GIVE_UP_DAYS = 7;

interface DueMirror extends Record<string, unknown> {
  readonly session: string;
  readonly session_number: number;
  readonly accepted: number;
  readonly audience: MemberAudience & { readonly number: number };
}

/**
 * Ends mirrors: once all batches of a session were delivered to an audience, those members whom neither it nor a later session
 * brought are taken out, as a session of its own. A session of which nothing was accepted takes nobody out: an empty result is
 * more often a mistake than a wish. Nor does one of which only a part was meant for the audience (`channels`).
 */
@Injectable()
export class LeaversService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop = new RecurringWork(EVERY_MS, () => this.run(), new Logger(LeaversService.name));

  constructor(
    private readonly config: AppConfig,
    private readonly database: Database,
    private readonly members: MembersStore,
    private readonly membership: MembershipService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'api' && this.members.isOn) this.loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.loop.stop();
  }

  /** Ends all mirrors that can be ended now. Safe to run in several processes. */
  async run(): Promise<void> {
    await this.giveUp();
    for (let due = await this.claim(); due; due = await this.claim()) await this.end(due);
  }

  private async end({ session, session_number: number, accepted, audience }: DueMirror): Promise<void> {
    const own = and(eq(mirrors.session, session), eq(mirrors.customAudience, audience.id));
    const finish = async (tx: Transaction, leavers: string | null) => {
      const done = await tx
        .update(mirrors)
        .set({ doneAt: sql`now()`, leavers, leaseUntil: null })
        .where(and(own, isNull(mirrors.doneAt)));
      if (done.rowCount !== 1) throw new Error('A mirror was ended by another process meanwhile');
    };
    const renew = () => this.database.query.update(mirrors).set({ leaseUntil: leaseEnd() }).where(own);
    let leavers: string | null = null;
    try {
      let sequence = 0;
      for await (const users of accepted > 0 ? this.members.slices(audience.number, number) : []) {
        leavers ??= await this.membership.open(audience, { mode: 'remove', origin: 'leavers' });
        await this.membership.add(leavers, ++sequence, {
          json: Buffer.from(JSON.stringify(users)),
          count: users.length,
        });
        await renew();
      }
      if (leavers === null) await this.database.transaction((tx) => finish(tx, null));
      else await this.membership.commit(leavers, audience, (tx) => finish(tx, leavers));
    } catch (error) {
      if (leavers !== null) await this.membership.discard(leavers);
      throw error;
    }
  }

  /** Takes one mirror whose session has come to a good end at its audience. */
  private async claim(): Promise<DueMirror | undefined> {
    const { rows } = await this.database.query.execute<DueMirror>(sql`
      with due as (
        select m.session, m.custom_audience, s.number, a.accepted from mirrors m
        join sessions s on s.id = m.session
        cross join lateral (
          select count(*) filter (where d.state <> 'succeeded') as others, count(distinct b.sequence) as batches,
            coalesce(sum(d.accepted), 0)::float8 as accepted
          from deliveries d join batches b on b.id = d.batch
          where d.session = m.session and d.custom_audience = m.custom_audience) a
        where m.done_at is null and coalesce(m.lease_until, now()) <= now() and not s.draft and a.others = 0
          and s.total_batches = a.batches
        limit 1 for update of m skip locked)
      update mirrors set lease_until = ${leaseEnd()} from due, custom_audiences c
      where mirrors.session = due.session and mirrors.custom_audience = due.custom_audience
        and c.id = mirrors.custom_audience
      returning mirrors.session, due.number::float8 as session_number, due.accepted,
        json_build_object('id', c.id, 'number', c.number, 'provider', c.provider, 'tag', c.tag, 'name', c.name) as audience`);
    return rows[0];
  }

  /** Of audiences that were deleted, and of sessions that never ended well. */
  private async giveUp(): Promise<void> {
    await this.database.query.execute(sql`
      update mirrors set done_at = now() where done_at is null and (
        not exists (select 1 from custom_audiences c where c.id = mirrors.custom_audience)
        or exists (select 1 from sessions s where s.id = mirrors.session
          and s.created_at < now() - ${GIVE_UP_DAYS} * interval '1 day'))`);
  }
}

const leaseEnd = () => sql`now() + ${LEASE_SECONDS} * interval '1 second'`;
