import { Injectable, Logger } from '@nestjs/common';
import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type {
  CallContext,
  CreateContext,
  CreatedAudience,
  ProviderClient,
  RemoteAudience,
} from '../providers/contract/audience-provider.js';
import { Database, type Queryable, type Transaction } from '../storage/database.js';
import { remoteAudiences } from '../storage/tag-schema.js';

/** A segment in an account of a platform. */
export interface SegmentKey {
  readonly provider: string;
  readonly account: string;
  readonly segment: string;
}

/** Who finds and makes audiences: a client, or whoever makes one in another way. */
export type AudienceFactory = Pick<ProviderClient, 'findAudience' | 'createAudience'>;

/** After so long without a renewal the lock of a killed process is taken over, ms. */
const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
const ASK_AGAIN_MS = 150;

/**
 * Segment x account -> remote id. Looked up or created by one process at a time: the lock is a row with a lease, so it works
 * on any PostgreSQL, holds no connection during the platform's calls, and outlives no process.
 */
@Injectable()
export class RemoteAudienceService {
  private readonly logger = new Logger(RemoteAudienceService.name);

  constructor(private readonly database: Database) {}

  /** The audience as recorded; nothing when it was never met or was lost. */
  async find(key: SegmentKey): Promise<RemoteAudience | undefined> {
    const [row] = await this.database.query
      .select({ id: remoteAudiences.remoteId })
      .from(remoteAudiences)
      .where(and(this.is(key), isNotNull(remoteAudiences.remoteId)));
    return row?.id ? { id: row.id } : undefined;
  }

  /** The audience's remote id, from our records, from the platform, or newly made. */
  async ensure(key: SegmentKey, client: AudienceFactory, ctx: CreateContext): Promise<CreatedAudience> {
    const owner = uuid();
    for (;;) {
      const known = await this.find(key);
      if (known) return known;
      if (await this.lock(key, owner)) return await this.resolve(key, owner, client, ctx);
      await sleep(ASK_AGAIN_MS, undefined, { signal: ctx.signal });
    }
  }

  /** The audience's remote id, from our records or from the platform; nothing when there is none. Nothing is made. */
  async lookUp(key: SegmentKey, client: ProviderClient, ctx: CallContext): Promise<RemoteAudience | undefined> {
    return (await this.find(key)) ?? (await client.findAudience(key.segment, ctx));
  }

  /**
   * The platform no longer has this audience: the next `ensure` looks it up or makes it anew.
   *
   * @param also done in the same transaction, unless another process has seen that before
   */
  async forget(key: SegmentKey, remoteId: string, also: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const forgotten = await tx
        .update(remoteAudiences)
        .set({ remoteId: null, updatedAt: sql`now()` })
        .where(and(this.is(key), eq(remoteAudiences.remoteId, remoteId)));
      if (forgotten.rowCount === 1) await also(tx);
    });
  }

  /**
   * The audience is called otherwise from now on.
   *
   * @throws QueryError `23505` when another audience has that name
   */
  async rename(tx: Queryable, key: SegmentKey, segment: string): Promise<void> {
    await tx
      .update(remoteAudiences)
      .set({ segment, updatedAt: sql`now()` })
      .where(this.is(key));
  }

  /**
   * Forgets a segment whose audience was deleted. Not while somebody is about to make it, and not when it was made anew: what
   * is there then has to be deleted as well.
   *
   * @returns whether nothing is left
   */
  async remove(tx: Queryable, key: SegmentKey, deleted: string | undefined): Promise<boolean> {
    const isDeleted = deleted === undefined ? isNull(remoteAudiences.remoteId) : eq(remoteAudiences.remoteId, deleted);
    const isFree = sql`coalesce(${remoteAudiences.lockedUntil}, now()) <= now()`;
    await tx.delete(remoteAudiences).where(and(this.is(key), isFree, or(isNull(remoteAudiences.remoteId), isDeleted)));
    const left = await tx.select({ id: remoteAudiences.remoteId }).from(remoteAudiences).where(this.is(key));
    return left.length === 0;
  }

  private async resolve(
    key: SegmentKey,
    owner: string,
    client: AudienceFactory,
    ctx: CreateContext,
  ): Promise<CreatedAudience> {
    const renewal = setInterval(() => void this.renew(key, owner), RENEW_MS);
    try {
      const found = await client.findAudience(key.segment, ctx);
      if (found) return await this.record(key, owner, found);
      if (!(await this.renew(key, owner))) throw new Error('Lost the lock of an audience before creating it');
      return await this.record(key, owner, await client.createAudience(key.segment, ctx));
    } catch (error) {
      await this.release(key, owner);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async lock(key: SegmentKey, owner: string): Promise<boolean> {
    const { rows } = await this.database.query.execute(sql`
      insert into remote_audiences (provider, account, segment, lock_owner, locked_until, updated_at)
      values (${key.provider}, ${key.account}, ${key.segment}, ${owner}, ${leaseEnd()}, now())
      on conflict (provider, account, segment) do update
      set lock_owner = excluded.lock_owner, locked_until = excluded.locked_until
      where remote_audiences.remote_id is null and coalesce(remote_audiences.locked_until, now()) <= now()
      returning 1`);
    return rows.length > 0;
  }

  private async renew(key: SegmentKey, owner: string): Promise<boolean> {
    try {
      const renewed = await this.database.query
        .update(remoteAudiences)
        .set({ lockedUntil: leaseEnd() })
        .where(and(this.is(key), eq(remoteAudiences.lockOwner, owner)));
      return renewed.rowCount === 1;
    } catch (error) {
      this.logger.warn(`Could not renew the lock of an audience: ${error instanceof Error ? error.name : 'unknown'}`);
      return false;
    }
  }

  private async record(key: SegmentKey, owner: string, audience: CreatedAudience): Promise<CreatedAudience> {
    const recorded = await this.database.query
      .update(remoteAudiences)
      .set({ remoteId: audience.id, lockOwner: null, lockedUntil: null, updatedAt: sql`now()` })
      .where(and(this.is(key), eq(remoteAudiences.lockOwner, owner)));
    if (recorded.rowCount === 1) return audience;
    // The lock went to another process meanwhile: all users go to the audience that is on record.
    const other = await this.find(key);
    if (other) return other;
    throw new Error('Lost the lock of an audience while it was made');
  }

  private async release(key: SegmentKey, owner: string): Promise<void> {
    await this.database.query
      .update(remoteAudiences)
      .set({ lockOwner: null, lockedUntil: null })
      .where(and(this.is(key), eq(remoteAudiences.lockOwner, owner)));
  }

  private is({ provider, account, segment }: SegmentKey) {
    return and(
      eq(remoteAudiences.provider, provider),
      eq(remoteAudiences.account, account),
      eq(remoteAudiences.segment, segment),
    );
  }
}

const leaseEnd = () => sql`now() + ${LEASE_MS} * interval '1 millisecond'`;
