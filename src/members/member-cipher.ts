import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { type Identifiers, identifiersOf, identityOf, packUser, unpackUser } from './member-identity.js';

/** A member as the store tells it from others, before anything is sealed. */
export interface MemberDigests {
  readonly key: Buffer;
  readonly content: Buffer;
  readonly email: Buffer | null;
  readonly phone: Buffer | null;
  readonly edgeTagId: Buffer | null;
}

/** A member whose record does not open: it was changed, or sealed with another key. */
export class MemberRecordError extends Error {
  override readonly name = 'MemberRecordError';
}

const ALGORITHM = 'aes-256-ctr';
const NONCE_BYTES = 12;
const POSITION_BYTES = 4;
const IV_BYTES = NONCE_BYTES + POSITION_BYTES;
const BLOCK_BYTES = 16;
const KEY_BYTES = 16;
const SHORT_BYTES = 8;

/**
 * Keyed digests and sealed records of members.
 *
 * Measured: a cipher object for each of 10,000 records costs 170 ms, one for all of them 8 ms. So the records of one call are
 * encrypted together, each from a block of its own on, and stored with the place where it begins. What a record says is
 * authenticated by its keyed `content` digest.
 */
@Injectable()
export class MemberCipher {
  private readonly sealingKey: Buffer;
  private readonly digestKey: string;

  constructor(cipher: PayloadCipher) {
    this.sealingKey = cipher.keyFor('member records');
    this.digestKey = cipher.keyFor('member digests').toString('hex');
  }

  digests(user: AudienceUser): MemberDigests {
    const identifiers = identifiersOf(user);
    const key = this.digest('key', identityOf(user, identifiers)).subarray(0, KEY_BYTES);
    return { key, content: this.contentOf(packUser(user)), ...this.lookups(identifiers) };
  }

  /** What a person can be found by in every audience; null for what is not given. */
  lookups({ email, phone, edgeTagId }: Identifiers): Pick<MemberDigests, 'email' | 'phone' | 'edgeTagId'> {
    const short = (purpose: string, value: string | undefined) =>
      value ? this.digest(purpose, value).subarray(0, SHORT_BYTES) : null;
    return { email: short('email', email), phone: short('phone', phone), edgeTagId: short('edgeTagId', edgeTagId) };
  }

  /** One record for each user. */
  seal(users: readonly AudienceUser[]): Buffer[] {
    const plain = users.map((user) => Buffer.from(packUser(user)));
    const blocks = plain.map(({ length }) => Math.ceil(length / BLOCK_BYTES));
    const all = Buffer.alloc(blocks.reduce((sum, count) => sum + count, 0) * BLOCK_BYTES);
    let block = 0;
    plain.forEach((record, index) => {
      record.copy(all, block * BLOCK_BYTES);
      block += blocks[index]!;
    });
    const nonce = randomBytes(NONCE_BYTES);
    const sealed = createCipheriv(ALGORITHM, this.sealingKey, ivOf(nonce, 0)).update(all);
    block = 0;
    return plain.map(({ length }, index) => {
      const start = block;
      block += blocks[index]!;
      return Buffer.concat([ivOf(nonce, start), sealed.subarray(start * BLOCK_BYTES, start * BLOCK_BYTES + length)]);
    });
  }

  /** @throws MemberRecordError */
  open({ record, content }: { readonly record: Buffer; readonly content: Buffer }): AudienceUser {
    const decipher = createDecipheriv(ALGORITHM, this.sealingKey, record.subarray(0, IV_BYTES));
    const packed = decipher.update(record.subarray(IV_BYTES)).toString('utf8');
    if (!this.contentOf(packed).equals(content)) {
      throw new MemberRecordError('The record of a member was changed, or sealed with another ENCRYPTION_KEY');
    }
    return unpackUser(packed);
  }

  private contentOf(packed: string): Buffer {
    return this.digest('content', packed).subarray(0, SHORT_BYTES);
  }

  /** Truncated by all who use it, so that nothing can be appended to what was digested. */
  private digest(purpose: string, value: string): Buffer {
    return hash('sha256', `${this.digestKey} ${purpose} ${value}`, 'buffer');
  }
}

function ivOf(nonce: Buffer, block: number): Buffer {
  const iv = Buffer.allocUnsafe(IV_BYTES);
  nonce.copy(iv);
  iv.writeUInt32BE(block, NONCE_BYTES);
  return iv;
}
