import { boundBroken } from '../../common/multipart/json-bounds.js';
import { describeJsonError } from '../../common/multipart/json-error.js';
import { unreadable } from '../upload-problems.js';

/** Longest row, bytes: a user with the longest values has 40,000. */
export const LONGEST_ROW = 1024 * 1024;
/** What walks a value recurses. */
const DEEPEST = 10;
/** Ample for what callers add. */
const MOST_VALUES = 1_000;

/** One row of a file. `at` is its first line, from 1, or its index in a JSON array, from 0. */
export type Row = { readonly at: number; readonly value: unknown } | { readonly at: number; readonly mistake: string };

/** Rows as they come; the groups mean nothing. */
export type Rows = AsyncIterable<readonly Row[]>;

/** One value of JSON, or what is wrong with it. */
export function jsonRow(json: Buffer, at: number): Row {
  const broken = boundBroken(json, { levels: DEEPEST, values: MOST_VALUES });
  if (broken !== undefined)
    return { at, mistake: broken === 'levels' ? 'is nested too deep' : 'holds too many values' };
  const text = json.toString('utf8');
  try {
    return { at, value: JSON.parse(text) as unknown };
  } catch {
    // Of a row, the line is always the first: only the column says something.
    return { at, mistake: describeJsonError(text).replace(' line 1,', '') };
  }
}

/** Bytes of one row that come in several pieces. */
export class Gathered {
  private pieces: Buffer[] = [];
  private size = 0;

  /** @param at the row's place. @throws ProblemException 400 when it becomes too long */
  hold(piece: Buffer, place: string, at: number): void {
    if (piece.length === 0) return;
    this.size += piece.length;
    if (this.size > LONGEST_ROW) throw tooLong(place, at);
    this.pieces.push(piece);
  }

  /** All that was held, and `last`. */
  take(last: Buffer): Buffer {
    if (this.size === 0) return last;
    const whole = Buffer.concat([...this.pieces, last]);
    this.pieces = [];
    this.size = 0;
    return whole;
  }
}

export function tooLong(place: string, at: number) {
  return unreadable(`has more than ${LONGEST_ROW} bytes in one row (${place} ${at})`);
}
