import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { safeStack } from '../../common/safe-stack.js';
import { SessionsRepository } from '../../sessions/sessions.repository.js';
import { Database } from '../../storage/database.js';
import { type ContentDigest, PayloadCipher } from '../../storage/payload-cipher.js';
import type { UserSlice } from '../../uploads/upload-reader.js';

/**
 * Keeps the slices of a file that is still coming: sealed, as the parts of a session that nobody sees. What is neither adopted
 * by a session nor discarded, because its process died, is thrown away after some days.
 */
@Injectable()
export class DraftUsers {
  private readonly logger = new Logger(DraftUsers.name);

  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
    private readonly sessions: SessionsRepository,
  ) {}

  async open(): Promise<string> {
    const about = { name: '', mode: 'append', origin: 'upload', draft: true, totalBatches: 0, totalUsers: 0 } as const;
    return this.sessions.openOwn(this.database.query, about);
  }

  /** @param part from 0. @param firstUser how many users the parts before have */
  async add(draft: string, part: number, firstUser: number, { json, count, leftOut }: UserSlice): Promise<void> {
    const id = uuid();
    await this.sessions.insertBatch(this.database.query, {
      id,
      session: draft,
      sequence: 0,
      part,
      firstUser,
      userCount: count,
      leftOut: leftOut.length > 0 ? leftOut : null,
      // Of the whole, once it is here.
      fingerprint: Buffer.alloc(0),
      payload: await this.cipher.seal(json, id),
      createdAt: new Date(),
    });
  }

  /** Forgets what was not adopted. What cannot be thrown away now goes with the drafts of processes that died. */
  async discard(draft: string): Promise<void> {
    try {
      await this.database.transaction((tx) => this.sessions.discardDraft(tx, draft));
    } catch (error) {
      this.logger.warn(`The draft ${draft} could not be discarded: ${safeStack(error)}`);
    }
  }

  /** Of the file as it comes. */
  contentDigest(): ContentDigest {
    return this.cipher.contentDigest();
  }

  fingerprint(parts: readonly Buffer[]): Buffer {
    return this.cipher.fingerprint(parts);
  }
}
