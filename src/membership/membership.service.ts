import { Injectable } from '@nestjs/common';
import { and, asc, eq, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { SessionOrigin, UploadMode } from '../common/upload-modes.js';
import { type BatchOutcome, DeliveriesService } from '../deliveries/deliveries.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { customAudiences } from '../storage/custom-audience-schema.js';
import { Database, type Queryable, type Transaction } from '../storage/database.js';
import { mirrors } from '../storage/member-schema.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { batches, sessions } from '../storage/schema.js';

/** The custom audience that is to gain or lose members. */
export type MemberAudience = Pick<typeof customAudiences.$inferSelect, 'id' | 'provider' | 'tag' | 'name'>;

/** What is to be done to it. */
export interface MembershipWork {
  readonly mode: UploadMode;
  readonly origin: SessionOrigin;
  /** Of the call that asked for it, for the log of its deliveries. */
  readonly requestId?: string;
}

/** Users as they came: a JSON array of objects in the form of `POST /audience`, checked already, and how many they are. */
export interface MemberSlice {
  readonly json: Buffer;
  readonly count: number;
}

/**
 * Changes the members of one custom audience: sessions of its own, delivered with the same guarantees as those that callers
 * number themselves.
 */
@Injectable()
export class MembershipService {
  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly sessions: SessionsRepository,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Stores slices that are at hand, all or none. @returns the session */
  async store(audience: MemberAudience, work: MembershipWork, slices: readonly MemberSlice[]): Promise<string> {
    const sealed = await Promise.all(slices.map((slice) => this.seal(slice)));
    return this.database.transaction(async (tx) => {
      const session = await this.openSession(tx, audience, work);
      for (const [index, batch] of sealed.entries()) await this.insert(tx, session, index + 1, batch, work.requestId);
      await this.deliver(tx, session, audience);
      return session;
    });
  }

  /**
   * Opens a session whose slices are still to come. Nothing of it is delivered before {@link commit}; one that is neither
   * committed nor discarded, because its process died, is thrown away after some days.
   */
  async open(audience: MemberAudience, work: MembershipWork): Promise<string> {
    return this.openSession(this.database.query, audience, work);
  }

  /** @param sequence from 1, without gaps */
  async add(session: string, sequence: number, slice: MemberSlice, requestId?: string): Promise<void> {
    await this.insert(this.database.query, session, sequence, await this.seal(slice), requestId);
  }

  /** Everything is here: it is delivered from now on. @param also done in the same transaction */
  async commit(session: string, audience: MemberAudience, also?: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.deliver(tx, session, audience);
      await also?.(tx);
    });
  }

  /** Forgets a session that was not committed. */
  async discard(session: string): Promise<void> {
    await this.database.transaction((tx) => this.sessions.discardDraft(tx, session));
  }

  /** Waits for the deliveries of all batches, see {@link DeliveriesService.outcomeOfAll}. */
  async outcome(session: string, timeoutMs: number): Promise<BatchOutcome> {
    const found = await this.database.query
      .select({ id: batches.id })
      .from(batches)
      .where(eq(batches.session, session))
      .orderBy(asc(batches.sequence));
    return this.deliveries.outcomeOfAll(
      found.map(({ id }) => id),
      timeoutMs,
    );
  }

  private openSession(tx: Queryable, { name }: MemberAudience, { mode, origin }: MembershipWork): Promise<string> {
    return this.sessions.openOwn(tx, { name, mode, origin, draft: true, totalBatches: 0, totalUsers: 0 });
  }

  private async seal({ json, count }: MemberSlice) {
    const id = uuid();
    return {
      id,
      userCount: count,
      fingerprint: this.cipher.fingerprint([json]),
      payload: await this.cipher.seal(json, id),
    };
  }

  private async insert(
    tx: Queryable,
    session: string,
    sequence: number,
    batch: Awaited<ReturnType<MembershipService['seal']>>,
    requestId?: string,
  ): Promise<void> {
    await this.sessions.insertBatch(tx, { ...batch, session, sequence, requestId, createdAt: new Date() });
  }

  private async deliver(tx: Transaction, session: string, audience: MemberAudience): Promise<void> {
    const found = await tx
      .select({ id: batches.id, received: batches.userCount })
      .from(batches)
      .where(eq(batches.session, session))
      .orderBy(asc(batches.sequence));
    const totalUsers = found.reduce((sum, { received }) => sum + received, 0);
    const [opened] = await tx
      .update(sessions)
      // Platforms are told a session's age: that of its delivery, not of its arrival.
      .set({ draft: false, totalBatches: found.length, totalUsers, createdAt: sql`now()` })
      .where(and(eq(sessions.id, session), eq(sessions.draft, true)))
      .returning({ mode: sessions.mode });
    if (!opened) throw new Error('A session is committed once');
    const { id: customAudience, provider, tag, name: segment } = audience;
    if (opened.mode === 'mirror') {
      await tx.insert(mirrors).values({ session, customAudience, provider, tag });
    }
    for (const { id: batch, received } of found) {
      await this.deliveries.create(tx, {
        batch,
        session,
        segment,
        received,
        targets: [{ provider, tag, customAudience }],
      });
    }
  }
}
