import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { ProblemException } from '../common/problem.exception.js';
import type { Transaction } from '../storage/database.js';
import { type BatchPart, type SessionIdentity, SessionsRepository } from './sessions.repository.js';

/** A batch as it is stored. */
export interface NewBatch {
  readonly sequence: number;
  /** Keyed digest of all that the caller sent. */
  readonly fingerprint: Buffer;
  readonly pullDate?: string;
  /** Of the call that brought it, for the log of its deliveries. */
  readonly requestId: string;
  readonly users: NewUsers;
}

/** The users of a batch: compressed and encrypted for its id, or the parts that a draft has of them. */
export type NewUsers =
  { readonly id: string; readonly payload: Buffer; readonly userCount: number } | { readonly draft: string };

export interface Registration {
  readonly session: string;
  /** Never empty: a large batch has several. */
  readonly parts: readonly BatchPart[];
  /** The same batch was received before: nothing was stored. */
  readonly replayed: boolean;
}

/** What all batches of a session say alike, and where they say it. */
const AGREED = [
  ['totalBatches', 'batch.totalBatches'],
  ['totalUsers', 'batch.totalUsers'],
  ['mode', 'mode'],
] as const;

/** Opens sessions and registers their batches: each sequence once, with one content. */
@Injectable()
export class SessionsService {
  constructor(private readonly repository: SessionsRepository) {}

  /**
   * Stores a batch in the caller's transaction, or finds that it is there already.
   *
   * @throws ProblemException 409 when it contradicts what the session or the sequence holds
   */
  async register(tx: Transaction, identity: SessionIdentity, batch: NewBatch): Promise<Registration> {
    const session = await this.repository.open(tx, identity);
    for (const [column, field] of AGREED) {
      if (session[column] === identity[column]) continue;
      throw conflict('session-conflict', field, `differs from the ${session[column]} that this session began with`);
    }
    const before = await this.repository.findBatch(tx, session.id, batch.sequence);
    if (before) {
      if (!timingSafeEqual(before.fingerprint, batch.fingerprint)) {
        throw conflict('sequence-conflict', 'batch.sequence', 'was received before with other content');
      }
      return {
        session: session.id,
        parts: await this.repository.partsOf(tx, session.id, batch.sequence),
        replayed: true,
      };
    }
    await this.refuseMixedCounting(tx, session.id, batch.sequence, identity.totalBatches);
    return { session: session.id, parts: await this.insert(tx, session.id, batch), replayed: false };
  }

  private async insert(tx: Transaction, session: string, { users, ...batch }: NewBatch): Promise<readonly BatchPart[]> {
    if ('draft' in users) {
      await this.repository.adoptDraft(tx, users.draft, { ...batch, session });
      return this.repository.partsOf(tx, session, batch.sequence);
    }
    await this.repository.insertBatch(tx, { ...batch, ...users, session, createdAt: new Date() });
    return [users];
  }

  /** Sequences count from 0 to totalBatches - 1 or from 1 to totalBatches: 0 and totalBatches exclude each other. */
  private async refuseMixedCounting(tx: Transaction, session: string, sequence: number, totalBatches: number) {
    const opposite = sequence === 0 ? totalBatches : sequence === totalBatches ? 0 : undefined;
    if (opposite === undefined || !(await this.repository.findBatch(tx, session, opposite))) return;
    const detail = `does not fit: the session has sequence ${opposite} already, so it counts from ${opposite === 0 ? 0 : 1}`;
    throw conflict('sequence-conflict', 'batch.sequence', detail);
  }
}

function conflict(code: string, field: string, message: string): ProblemException {
  return new ProblemException(409, code, `${field} ${message}`, { errors: [{ field, message }] });
}
