import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { ProblemException } from '../common/problem.exception.js';
import type { Transaction } from '../storage/database.js';
import { type SessionIdentity, SessionsRepository } from './sessions.repository.js';

/** A batch as it is stored. */
export interface NewBatch {
  readonly id: string;
  readonly sequence: number;
  /** Keyed digest of all that the caller sent. */
  readonly fingerprint: Buffer;
  readonly userCount: number;
  readonly pullDate?: string;
  /** Of the call that brought it, for the log of its deliveries. */
  readonly requestId: string;
  /** Compressed and encrypted. */
  readonly payload: Buffer;
}

export interface Registration {
  readonly session: string;
  readonly batch: string;
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
      return { session: session.id, batch: before.id, replayed: true };
    }
    await this.refuseMixedCounting(tx, session.id, batch.sequence, identity.totalBatches);
    await this.repository.insertBatch(tx, { ...batch, session: session.id, createdAt: new Date() });
    return { session: session.id, batch: batch.id, replayed: false };
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
