import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { looksPersonal } from '../../providers/contract/personal-data.js';
import { PayloadCipher } from '../../storage/payload-cipher.js';

/** Which packed rejections: the key of their row. */
export interface PackedKey {
  readonly delivery: string;
  readonly stage: number;
  readonly field: string;
  readonly reason: string;
}

/** Small enough that a page of rejections opens little more than it shows. */
const USERS_A_PIECE = 1_000;
const SIZE_BYTES = 2;

/**
 * The `edgeTagId`s of rejected users as they are stored: pieces, each with how many users it stands for (2 bytes, in clear),
 * then a sealed JSON array of that many `string | null`, or nothing at all where none of them has one. A row's pieces stand in
 * the order of its last users: of a row that is older than the column, the first users have none.
 */
@Injectable()
export class SealedEdgeTagIds {
  constructor(private readonly cipher: PayloadCipher) {}

  /**
   * Seals the ids of users that are added to a row. An id that looks like an e-mail address or a phone number is not kept:
   * rejections are shown, and such values never are.
   */
  async seal(key: PackedKey, ids: readonly (string | undefined)[]): Promise<Buffer[]> {
    const pieces: Buffer[] = [];
    for (let from = 0; from < ids.length; from += USERS_A_PIECE) {
      const some = ids.slice(from, from + USERS_A_PIECE).map((id) => (id && !looksPersonal(id) ? id : null));
      const size = Buffer.alloc(SIZE_BYTES);
      size.writeUInt16BE(some.length);
      const isEmpty = some.every((id) => id === null);
      const sealed = isEmpty ? [] : [await this.cipher.seal(Buffer.from(JSON.stringify(some)), boundTo(key))];
      pieces.push(Buffer.concat([size, ...sealed]));
    }
    return pieces;
  }

  /**
   * The ids of the users that the pieces stand for.
   *
   * @throws {PayloadError} when they were sealed with another key or for another row
   */
  async open(key: PackedKey, pieces: readonly Buffer[]): Promise<(string | null)[]> {
    const ids: (string | null)[] = [];
    for (const piece of pieces) {
      const sealed = piece.subarray(SIZE_BYTES);
      if (sealed.length === 0) ids.push(...Array<null>(piece.readUInt16BE()).fill(null));
      else ids.push(...(JSON.parse((await this.cipher.open(sealed, boundTo(key))).toString()) as (string | null)[]));
    }
    return ids;
  }
}

/** How many users a piece stands for, read without opening it. */
export function usersOfPiece(piece: SQL): SQL {
  return sql`(get_byte(${piece}, 0) * 256 + get_byte(${piece}, 1))`;
}

function boundTo({ delivery, stage, field, reason }: PackedKey): string {
  return `edge tag ids of ${delivery} ${stage} ${field} ${reason}`;
}
