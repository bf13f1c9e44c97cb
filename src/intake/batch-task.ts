import type { JsonBounds } from '../common/multipart/json-bounds.js';
import { readJsonPart } from '../common/multipart/json-part.js';
import { type Mistakes, oneMistake } from '../common/mistakes/mistakes.js';
import type { PayloadCipher } from '../storage/payload-cipher.js';
import { areUsers, findUserMistakes } from '../uploads/user-check.js';

/** The users of one batch as they came, and what is to be done with them. */
export interface BatchTask {
  /** JSON. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly maxUsers: number;
  /** Absent: the users are only looked at, because something else of the call is wrong. */
  readonly seal?: SealOrder;
  /** Whether the bytes are wanted back where {@link BatchMistakes.bytes} says so. */
  readonly keepBytes: boolean;
}

export interface SealOrder {
  /** The batch that the payload is bound to. */
  readonly batch: string;
  /** What the call says beside the users: in the fingerprint it stands before them. */
  readonly told: Uint8Array;
}

export type BatchResult = SealedBatch | BatchMistakes | NoUsers;

/** Users who are fine. */
export interface SealedBatch {
  readonly count: number;
  /** Both where they were ordered. */
  readonly payload?: Uint8Array;
  readonly fingerprint?: Uint8Array;
}

export interface BatchMistakes {
  /** Fields relative to the users (`[3].email`). */
  readonly mistakes: Mistakes;
  /** A list that is too long for one batch, one with rows that are no users, or nothing that can be read. */
  readonly cause: 'length' | 'rows' | 'text';
  /** As they came, of a list. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** The part came without anything in it. */
export interface NoUsers {
  readonly isEmpty: true;
}

/**
 * All of the work that one batch makes before it is stored: bounds, UTF-8, JSON, the check of every user, compression,
 * encryption and fingerprint. It runs where it is called, in the service's own thread or in another.
 */
export async function workOn(task: BatchTask, cipher: PayloadCipher): Promise<BatchResult> {
  const all = Buffer.from(task.bytes.buffer, task.bytes.byteOffset, task.bytes.byteLength);
  const { value, bytes, mistake, beyond } = readJsonPart(all, task.maxUsers);
  if (mistake !== undefined) return refused(task, oneMistake('', mistake), isOfLength(beyond) ? 'length' : 'text');
  if (bytes === undefined) return { isEmpty: true };
  if (!areUsers(value)) return refused(task, findUserMistakes(value), isFilled(value) ? 'rows' : 'text');
  const count = value.length;
  if (!task.seal) return { count };
  const { batch, told } = task.seal;
  const fingerprint = cipher.fingerprint([Buffer.from(told), bytes]);
  return { count, fingerprint, payload: await cipher.seal(bytes, batch) };
}

/** Not beyond the levels: nothing reads such a text. */
function isOfLength(beyond: keyof JsonBounds | undefined): boolean {
  return beyond === 'entries' || beyond === 'values';
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function refused({ bytes, keepBytes }: BatchTask, mistakes: Mistakes, cause: BatchMistakes['cause']): BatchMistakes {
  return { mistakes, cause, ...(cause !== 'text' && keepBytes && { bytes }) };
}
