import type { Readable } from 'node:stream';
import { ProblemException } from '../problem.exception.js';
import { malformedForm } from './form-problems.js';

/** The file part of a form, while it still comes. */
export interface FormFile {
  /** To be read once and to its end. Slow reading slows the sender down. @throws ProblemException when the form breaks off */
  readonly bytes: AsyncIterable<Buffer>;
  readonly name: string;
  readonly type: string;
}

/** Takes the file parts of one name as they come, so that a form may hold more than fits into memory. */
export interface FileTaker {
  /** Of the part. */
  readonly name: string;
  /** Most bytes of the whole body; what is not handed on by this taker is still bound by MAX_BODY_BYTES. */
  readonly maxBytes: number;
  /** Bytes of the file that are not held any more. */
  readonly passed: number;
  /**
   * Called once. @param field gives a text part that came before the file
   *
   * @returns the file, where it turned out to be small; nothing where it was taken
   */
  take(file: FormFile, field: (name: string) => Promise<string | undefined>): Promise<Buffer | undefined>;
}

/** The pieces of a file part. */
export async function* bytesOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    throw error instanceof ProblemException ? error : malformedForm();
  }
}

/** All of a file part. */
export async function wholeOf(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bytesOf(stream)) pieces.push(piece);
  return Buffer.concat(pieces);
}
