import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { SessionOrigin, UploadMode } from '../common/upload-modes.js';
import type { AudienceType } from '../providers/contract/audience-provider.js';
import type { Queryable, Transaction } from '../storage/database.js';
import { batches, sessions } from '../storage/schema.js';

export type SessionRow = typeof sessions.$inferSelect;

/** What makes two batches parts of one upload, and what they must agree on. */
export interface SessionIdentity {
  readonly name: string;
  readonly type: AudienceType;
  readonly sessionId: number;
  readonly mode: UploadMode;
  readonly totalBatches: number;
  readonly totalUsers: number;
}

/** A session that no caller numbered. */
export interface OwnSession {
  /** The audience's name, prefix included. */
  readonly name: string;
  readonly mode: UploadMode;
  readonly origin: SessionOrigin;
  readonly draft: boolean;
  readonly totalBatches: number;
  readonly totalUsers: number;
}

/** A part of a batch. */
export type BatchPart = Pick<typeof batches.$inferSelect, 'id' | 'userCount'>;

/** What all parts of a batch have alike. */
export type AdoptedBatch = Pick<
  typeof batches.$inferInsert,
  'session' | 'sequence' | 'fingerprint' | 'pullDate' | 'requestId'
>;

/** Safe integers far above what callers use (milliseconds, counters), because some platforms are told them. */
const OWN_SESSION_IDS = 2 ** 52;
const OWN_SESSION_COUNT = 2 ** 48 - 1;

/** Sessions and batches as they are taken in; what is told of them is read by `SessionReportsRepository`. */
@Injectable()
export class SessionsRepository {
  /** Finds or makes the session and holds its row until the transaction ends: batches of one session register in turn. */
  async open(tx: Transaction, identity: SessionIdentity): Promise<SessionRow> {
    await tx
      .insert(sessions)
      .values({ id: uuid(), ...identity, createdAt: sql`now()` })
      .onConflictDoNothing();
    const [row] = await tx
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.name, identity.name),
          eq(sessions.type, identity.type),
          eq(sessions.sessionId, identity.sessionId),
        ),
      )
      .for('update');
    return row!;
  }

  /** A session of the service's own, with a number that no caller has. */
  async openOwn(tx: Queryable, session: OwnSession): Promise<string> {
    for (;;) {
      const id = uuid();
      const sessionId = OWN_SESSION_IDS + randomInt(OWN_SESSION_COUNT);
      const values = { id, ...session, type: 'custom' as const, sessionId, createdAt: sql`now()` };
      const opened = await tx.insert(sessions).values(values).onConflictDoNothing();
      if (opened.rowCount === 1) return id;
    }
  }

  /** Its first part. */
  async findBatch(tx: Transaction, session: string, sequence: number) {
    const [row] = await tx
      .select({ id: batches.id, fingerprint: batches.fingerprint })
      .from(batches)
      .where(and(eq(batches.session, session), eq(batches.sequence, sequence), eq(batches.part, 0)));
    return row;
  }

  /** The parts of a batch in their order, of which most have one. */
  async partsOf(tx: Queryable, session: string, sequence: number): Promise<BatchPart[]> {
    return tx
      .select({ id: batches.id, userCount: batches.userCount })
      .from(batches)
      .where(and(eq(batches.session, session), eq(batches.sequence, sequence)))
      .orderBy(asc(batches.part));
  }

  /** Makes the parts that a draft holds the parts of a batch. */
  async adoptDraft(tx: Transaction, draft: string, batch: AdoptedBatch): Promise<void> {
    const adopted = await tx
      .update(batches)
      .set({ ...batch, createdAt: sql`now()` })
      .where(eq(batches.session, draft));
    if (!adopted.rowCount) throw new Error('The draft of this batch is gone');
    await this.discardDraft(tx, draft);
  }

  /** Forgets a draft and all that is still in it. */
  async discardDraft(tx: Transaction, draft: string): Promise<void> {
    const isDraft = and(eq(sessions.id, draft), eq(sessions.draft, true));
    await tx
      .delete(batches)
      .where(inArray(batches.session, tx.select({ id: sessions.id }).from(sessions).where(isDraft)));
    await tx.delete(sessions).where(isDraft);
  }

  async insertBatch(tx: Queryable, batch: typeof batches.$inferInsert): Promise<void> {
    await tx.insert(batches).values(batch);
  }
}
