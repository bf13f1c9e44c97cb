import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { AudienceType } from '../providers/contract/audience-provider.js';
import type { Transaction } from '../storage/database.js';
import { batches, sessions } from '../storage/schema.js';

export type SessionRow = typeof sessions.$inferSelect;

/** What makes two batches parts of one upload, and what they must agree on. */
export interface SessionIdentity {
  readonly name: string;
  readonly type: AudienceType;
  readonly sessionId: number;
  readonly totalBatches: number;
  readonly totalUsers: number;
}

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

  async findBatch(tx: Transaction, session: string, sequence: number) {
    const [row] = await tx
      .select({ id: batches.id, fingerprint: batches.fingerprint })
      .from(batches)
      .where(and(eq(batches.session, session), eq(batches.sequence, sequence)));
    return row;
  }

  async insertBatch(tx: Transaction, batch: typeof batches.$inferInsert): Promise<void> {
    await tx.insert(batches).values(batch);
  }
}
