import { Injectable } from '@nestjs/common';
import { and, desc, eq, sql } from 'drizzle-orm';
import { EventsWriter } from '../../../events/events-writer.js';
import { MembersStore } from '../../../members/members-store.js';
import { audienceSizes, customAudiences } from '../../../storage/custom-audience-schema.js';
import { Database, type Transaction } from '../../../storage/database.js';
import { remoteAudiences } from '../../../storage/tag-schema.js';
import type { PolledAudience } from '../poll-claims.repository.js';
import { CREDENTIALS_END_SOON, warningsAfterFailure } from './audience-warnings.js';
import type { CustomAudienceRow, Reading } from './reading.js';
import { columnsAfter, differs, type PolledColumns } from './record-changes.js';
import { eventsOf } from './status-events.js';

/** Writes what platforms tell, each time in one transaction: the record, the history and the events. */
@Injectable()
export class PollRecordRepository {
  constructor(
    private readonly database: Database,
    private readonly events: EventsWriter,
    private readonly members: MembersStore,
  ) {}

  /**
   * Does nothing once somebody else has the audience, and asks again where it was changed by hand meanwhile.
   *
   * @param pace seconds until the next poll, by the time of the audience's last change
   */
  async told(audience: PolledAudience, reading: Reading, pace: (changedAt: Date) => number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const held = await this.hold(tx, audience);
      if (!held) return;
      const columns = columnsAfter(held, reading);
      const isNews = differs(held, columns);
      const seconds = pace(isNews ? reading.now : held.updatedAt);
      await tx
        .update(customAudiences)
        .set({ ...columns, ...news(isNews), polledAt: sql`now()`, pollAt: inSeconds(seconds), pollFailures: 0 })
        .where(eq(customAudiences.id, held.id));
      if (!reading.snapshot) await this.forget(tx, audience, held.number);
      await this.keepSize(tx, held, columns);
      await this.events.record(tx, eventsOf(held, columns));
    });
  }

  /**
   * The platform could not be asked: what is known stays.
   *
   * @param wait seconds until the next poll, by the number of failures in a row
   */
  async failed(
    audience: PolledAudience,
    failure: { readonly message: string; readonly now: Date },
    wait: (failures: number) => number,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const held = await this.hold(tx, audience);
      if (!held) return;
      const pollFailures = held.pollFailures + 1;
      const columns = { warnings: warningsAfterFailure(held, failure.message, failure.now) };
      await tx
        .update(customAudiences)
        .set({ ...columns, ...news(differs(held, columns)), pollFailures, pollAt: inSeconds(wait(pollFailures)) })
        .where(eq(customAudiences.id, held.id));
    });
  }

  /** Warns at all audiences of a tag that its credentials end, or takes the warning back when there is no message. */
  async credentials(
    { provider, tag }: Pick<PolledAudience, 'provider' | 'tag'>,
    message: string | undefined,
    now: Date,
  ): Promise<void> {
    const code = CREDENTIALS_END_SOON;
    const added = message === undefined ? [] : [{ code, message, since: now.toISOString() }];
    const told = JSON.stringify([message === undefined ? { code } : { code, message }]);
    const isTold = sql`${customAudiences.warnings} @> ${told}::jsonb`;
    await this.database.query
      .update(customAudiences)
      .set({
        warnings: sql`(select coalesce(jsonb_agg(w), '[]') from jsonb_array_elements(${customAudiences.warnings}) w
          where w ->> 'code' <> ${code}) || ${JSON.stringify(added)}::jsonb`,
        updatedAt: sql`now()`,
      })
      .where(
        and(
          eq(customAudiences.provider, provider),
          eq(customAudiences.tag, tag),
          message === undefined ? isTold : sql`not ${isTold}`,
        ),
      );
  }

  /** The row, locked, if it is as it was claimed. */
  private async hold(tx: Transaction, claimed: PolledAudience): Promise<CustomAudienceRow | undefined> {
    const isOurs = and(eq(customAudiences.id, claimed.id), eq(customAudiences.pollAt, claimed.pollAt));
    const [held] = await tx.select().from(customAudiences).where(isOurs).for('update');
    if (!held || (held.version === claimed.version && held.audienceId === claimed.audienceId)) return held;
    // What was read is of an audience that has another name or id now.
    await tx
      .update(customAudiences)
      .set({ pollAt: sql`now()` })
      .where(isOurs);
    return undefined;
  }

  /** The next upload then looks the audience up, and makes it anew; until then the record keeps the id. Nobody is in it. */
  private async forget(
    tx: Transaction,
    { id, provider, account, name, audienceId }: PolledAudience,
    number: number,
  ): Promise<void> {
    await this.members.clear(tx, number);
    await tx.update(customAudiences).set({ uploadedRecords: 0 }).where(eq(customAudiences.id, id));
    await tx
      .update(remoteAudiences)
      .set({ remoteId: null, updatedAt: sql`now()` })
      .where(
        and(
          eq(remoteAudiences.provider, provider),
          eq(remoteAudiences.account, account),
          eq(remoteAudiences.segment, name),
          eq(remoteAudiences.remoteId, audienceId),
        ),
      );
  }

  private async keepSize(tx: Transaction, held: CustomAudienceRow, columns: PolledColumns): Promise<void> {
    const { status, size, matchedUsers } = columns;
    const [last] = await tx
      .select()
      .from(audienceSizes)
      .where(eq(audienceSizes.audience, held.id))
      .orderBy(desc(audienceSizes.at))
      .limit(1);
    if (last && last.status === status && last.size === size && last.matchedUsers === matchedUsers) return;
    const { id: audience, uploadedRecords } = held;
    await tx.insert(audienceSizes).values({ audience, at: sql`now()`, status, size, matchedUsers, uploadedRecords });
  }
}

function news(isNews: boolean) {
  return isNews ? { updatedAt: sql`now()` } : {};
}

function inSeconds(seconds: number) {
  return sql`now() + ${seconds} * interval '1 second'`;
}
