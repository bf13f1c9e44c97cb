import { Injectable } from '@nestjs/common';
import { and, eq, or, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { NewEvent } from '../../events/events-writer.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database, type Queryable, type Transaction } from '../../storage/database.js';
import { audienceEvents } from '../../storage/event-schema.js';
import {
  type CustomAudienceRow,
  type CustomAudienceValues,
  isPending,
  type RecordChange,
} from './custom-audience-row.js';
import { createdEvent, type EnsuredAudience, type EnsuredAudiences, type EnsureTarget } from './ensured-audiences.js';

/** The records of custom audiences: one for each name in an account. */
@Injectable()
export class CustomAudiencesRepository {
  constructor(
    private readonly database: Database,
    private readonly catalogue: ProviderCatalogue,
  ) {}

  /**
   * Finds or makes the records of customer lists of this name; one statement when all are there. They cannot be deleted before
   * the transaction ends.
   */
  async ensure(
    tx: Transaction,
    { segment, targets }: { readonly segment: string; readonly targets: readonly EnsureTarget[] },
  ): Promise<EnsuredAudiences> {
    if (targets.length === 0) return { audiences: [], events: [] };
    const keyOf = ({ provider, account }: EnsureTarget) => JSON.stringify([provider, account]);
    const known = new Map((await this.named(tx, segment, targets)).map((row) => [keyOf(row), row]));
    const events: NewEvent[] = [];
    // In one order everywhere: two transactions that wait for each other would both fail.
    const missing = targets.filter((target) => !known.has(keyOf(target)));
    for (const target of missing.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))) {
      if (known.has(keyOf(target))) continue;
      const { row, isNew } = await this.findOrMake(tx, segment, target);
      known.set(keyOf(target), row);
      if (isNew) events.push(createdEvent(row));
    }
    for (const row of known.values()) if (isPending(row)) events.push(...(await this.announce(tx, row)));
    const audiences = targets.map((target) => {
      const { id, number, type } = known.get(keyOf(target))!;
      return { id, number, type, provider: target.provider, tag: target.tag };
    });
    return { audiences, events };
  }

  /** The records of this name that are there. They cannot be deleted before the transaction ends. */
  async existing(
    tx: Transaction,
    { segment, targets }: { readonly segment: string; readonly targets: readonly EnsureTarget[] },
  ): Promise<readonly EnsuredAudience[]> {
    const rows = await this.named(tx, segment, targets);
    return targets.flatMap(({ provider, account, tag }) => {
      const row = rows.find((one) => one.provider === provider && one.account === account);
      return row ? [{ id: row.id, number: row.number, type: row.type, provider, tag }] : [];
    });
  }

  async find(id: string, tx: Queryable = this.database.query): Promise<CustomAudienceRow | undefined> {
    const [row] = await tx.select().from(customAudiences).where(eq(customAudiences.id, id));
    return row as CustomAudienceRow | undefined;
  }

  async findNamed(
    { provider, account }: Omit<EnsureTarget, 'tag'>,
    name: string,
    tx: Queryable = this.database.query,
  ): Promise<CustomAudienceRow | undefined> {
    const [row] = await tx
      .select()
      .from(customAudiences)
      .where(isNamed(provider, account, name));
    return row as CustomAudienceRow | undefined;
  }

  /** The row, held until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<CustomAudienceRow | undefined> {
    const [row] = await tx.select().from(customAudiences).where(eq(customAudiences.id, id)).for('update');
    return row as CustomAudienceRow | undefined;
  }

  /** A new record that is not told of yet and not polled; nothing when the name is taken. */
  async insert(tx: Queryable, values: CustomAudienceValues): Promise<CustomAudienceRow | undefined> {
    const minimumSize = this.catalogue.provider(values.provider).audiences.minimumSize;
    const [row] = await tx
      .insert(customAudiences)
      .values({
        dataUploadMethod: 'api',
        minimumSize,
        ...values,
        id: uuid(),
        status: 'populating',
        createdAt: sql`now()`,
        updatedAt: sql`now()`,
      })
      .onConflictDoNothing({ target: [customAudiences.provider, customAudiences.account, customAudiences.name] })
      .returning();
    return row as CustomAudienceRow | undefined;
  }

  /**
   * A pending record is one as all others from now on.
   *
   * @param change what else is known of it by now
   * @returns the events to be recorded at the end of the transaction: none when it was told of already
   */
  async announce(
    tx: Transaction,
    { id }: Pick<CustomAudienceRow, 'id'>,
    change: RecordChange = {},
  ): Promise<NewEvent[]> {
    const row = await this.write(tx, id, { ...change, pollAt: sql`now()` });
    // Asked after the write, which has the row: of two that announce it at a time, the second sees the event of the first.
    return !row || (await this.isAnnounced(tx, id)) ? [] : [createdEvent(row)];
  }

  /** Changes by the service itself: no new version. */
  async write(tx: Queryable, id: string, change: RecordChange): Promise<CustomAudienceRow | undefined> {
    const [row] = await tx
      .update(customAudiences)
      .set({ ...change, updatedAt: sql`now()` })
      .where(eq(customAudiences.id, id))
      .returning();
    return row as CustomAudienceRow | undefined;
  }

  /** A change by hand: the next version. Nothing when the record has another version by now. */
  async update(
    tx: Queryable,
    { id, version }: Pick<CustomAudienceRow, 'id' | 'version'>,
    change: RecordChange,
  ): Promise<CustomAudienceRow | undefined> {
    const [row] = await tx
      .update(customAudiences)
      .set({ ...change, version: version + 1, updatedAt: sql`now()` })
      .where(and(eq(customAudiences.id, id), eq(customAudiences.version, version)))
      .returning();
    return row as CustomAudienceRow | undefined;
  }

  /** With its history of sizes. */
  async delete(tx: Queryable, id: string): Promise<void> {
    await tx.update(customAudiences).set({ seed: null }).where(eq(customAudiences.seed, id));
    await tx.delete(customAudiences).where(eq(customAudiences.id, id));
  }

  /** Only while nobody was told of it. */
  async deletePending(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.lock(tx, id);
      if (!(await this.isAnnounced(tx, id))) await this.delete(tx, id);
    });
  }

  /** Whether its `created` was recorded. Until then it is being made by hand, or that broke off: the same request completes it. */
  async isAnnounced(tx: Queryable, id: string): Promise<boolean> {
    const told = await tx
      .select({ id: audienceEvents.id })
      .from(audienceEvents)
      .where(and(eq(audienceEvents.audience, id), eq(audienceEvents.type, 'created')))
      .limit(1);
    return told.length > 0;
  }

  private async findOrMake(tx: Transaction, name: string, target: EnsureTarget) {
    for (;;) {
      const values = { ...target, name, type: 'customer-list', source: 'crm', pollAt: sql`now()` } as const;
      const made = await this.insert(tx, values);
      if (made) return { row: made, isNew: true };
      const [row] = await this.named(tx, name, [target]);
      if (row) return { row, isNew: false };
      // Deleted between the two statements.
    }
  }

  /** The lock is that of a foreign key: many may hold it, and it only keeps the rows from being deleted. */
  private async named(tx: Transaction, name: string, targets: readonly EnsureTarget[]): Promise<CustomAudienceRow[]> {
    const accounts = targets.map(({ provider, account }) => isNamed(provider, account, name));
    const rows = await tx
      .select()
      .from(customAudiences)
      .where(or(...accounts))
      .for('key share');
    return rows as CustomAudienceRow[];
  }
}

function isNamed(provider: string, account: string, name: string) {
  const { provider: ofProvider, account: ofAccount, name: called } = customAudiences;
  return and(eq(ofProvider, provider), eq(ofAccount, account), eq(called, name));
}
