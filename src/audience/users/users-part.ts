import { Readable } from 'node:stream';
import { v7 as uuid } from 'uuid';
import { type Mistakes, oneMistake, within } from '../../common/mistakes/mistakes.js';
import type { FileTaker, FormFile } from '../../common/multipart/file-taker.js';
import type { ReceivedPart } from '../../common/multipart/form-reader.js';
import { singlePart } from '../../common/multipart/part-decoder.js';
import type { AppConfig } from '../../config/config.js';
import type { BatchIntake } from '../../intake/batch-intake.service.js';
import type { BatchMistakes } from '../../intake/batch-task.js';
import { heldFile, MOST_HELD_BYTES } from './held-file.js';
import type { TakenUsers } from './taken-users.js';
import type { UserStream } from './user-stream.js';

/** The users, or what is wrong with them: nothing where something else of the call is. */
export interface UsersOfForm {
  readonly taken?: TakenUsers;
  readonly mistakes: Mistakes;
}

/** As a connection brings them. */
const PIECE_BYTES = 65_536;
const FINE: Mistakes = { first: [], total: 0 };

/**
 * The part `users` of one call, however it comes: a JSON array of ordinary size is held and worked on as a whole, any other
 * file is checked and stored slice by slice as it comes.
 */
export class UsersPart implements FileTaker {
  readonly name = 'users';
  private isFile = false;
  private columns?: string;

  /** @param skipInvalid rows that are no users are left out */
  constructor(
    private readonly config: AppConfig,
    private readonly intake: BatchIntake,
    private readonly stream: UserStream,
    private readonly skipInvalid: boolean,
  ) {}

  get maxBytes(): number {
    return this.config.maxUploadBytes;
  }

  get passed(): number {
    return this.stream.passed;
  }

  async take(file: FormFile, field: (name: string) => Promise<string | undefined>): Promise<Buffer | undefined> {
    this.isFile = true;
    this.columns = await field('columns');
    // Well before MAX_BODY_BYTES, which binds all that is held.
    const found = await heldFile(file, Math.min(MOST_HELD_BYTES, this.config.maxBodyBytes / 2));
    if (found.held) return found.held;
    await this.stream.read({ ...file, bytes: found.rest }, this.columns);
    return undefined;
  }

  /**
   * What became of the users, once the form has come to its end.
   *
   * @param told what the fingerprint says beside them; absent: something else of the call is wrong
   *
   * @throws ProblemException 400, 413 of a file
   */
  async finish(received: ReadonlyMap<string, readonly ReceivedPart[]>, told?: Buffer): Promise<UsersOfForm> {
    const parts = received.get(this.name) ?? [];
    const isTaken = parts.some((part) => part.isTaken);
    const columns = received.get('columns') ?? [];
    // Of what is held nothing is read by them: callers may have sent a part of this name before it meant anything.
    const isTwice = columns.length > 1 || columns[0]?.mistake !== undefined;
    if (isTaken && columns.length > 0 && (isTwice || this.columns === undefined)) {
      const message = isTwice ? 'must come once' : 'must come before users';
      return { mistakes: oneMistake('columns', message) };
    }
    if (isTaken && parts.length === 1) return this.ofStream(told);
    const { bytes, mistake } = singlePart(parts);
    if (mistake !== undefined) return { mistakes: oneMistake(this.name, mistake) };
    if (bytes === undefined) return this.missing();
    return this.work(bytes, told);
  }

  /** Undoes what was stored. */
  discard(): Promise<void> {
    return this.stream.discard();
  }

  private async work(received: Buffer, told?: Buffer): Promise<UsersOfForm> {
    const batch = uuid();
    const bytes = received as Buffer<ArrayBuffer>;
    const keepBytes = told !== undefined && (this.isFile || this.skipInvalid);
    const seal = told && { batch, told };
    const result = await this.intake.take({ bytes, maxUsers: this.config.maxUsersPerBatch, seal, keepBytes });
    if ('isEmpty' in result) return this.missing();
    if ('mistakes' in result) {
      // Something else is wrong already, and these would be read row by row.
      if (!told && this.isStreamed(result)) return { mistakes: FINE };
      const rest = this.isStreamed(result) && result.bytes;
      if (!rest) return { mistakes: within(this.name, result.mistakes) };
      const file = { bytes: Readable.from(piecesOf(bufferOf(rest))), name: 'users.json', type: 'application/json' };
      await this.stream.read(file);
      return this.ofStream(told);
    }
    const { count, payload, fingerprint } = result;
    if (!payload || !fingerprint) return { mistakes: FINE };
    const content = { batch, payload: bufferOf(payload) };
    return { taken: { count, fingerprint: bufferOf(fingerprint), content }, mistakes: FINE };
  }

  /** A file may be longer than a batch, and with `skipInvalid` rows may be wrong: such lists are read row by row. */
  private isStreamed({ cause }: BatchMistakes): boolean {
    return (cause === 'length' && this.isFile) || (cause === 'rows' && this.skipInvalid);
  }

  private ofStream(told?: Buffer): UsersOfForm {
    return { taken: told && this.stream.end(told), mistakes: FINE };
  }

  private missing(): UsersOfForm {
    return { mistakes: oneMistake(this.name, 'is required') };
  }
}

/** What comes back from a thread is no `Buffer`. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.subarray(start, start + PIECE_BYTES);
}
