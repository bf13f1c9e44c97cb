import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
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

  async findBatch(tx: Transaction, session: string, sequence: number) {
    const [row] = await tx
      .select({ id: batches.id, fingerprint: batches.fingerprint })
      .from(batches)
      .where(and(eq(batches.session, session), eq(batches.sequence, sequence)));
    return row;
  }

  async insertBatch(tx: Queryable, batch: typeof batches.$inferInsert): Promise<void> {
    await tx.insert(batches).values(batch);
  }
}
