import { ProblemException } from '../common/problem.exception.js';
import { toAudienceUsers } from '../providers/contract/read-users.js';
import { textBytes } from './bytes/text-bytes.js';
import type { ColumnMapping } from './columns/column-map.js';
import { type FileFormat, formatOf } from './file-format.js';
import { arrayRows } from './rows/array-rows.js';
import { csvRows } from './rows/csv-rows.js';
import { lineRows } from './rows/line-rows.js';
import type { Row } from './rows/row.js';
import { type RowMistake, RowMistakes, unreadable, wrongColumns } from './upload-problems.js';
import { findMistakesOfUser } from './user-check.js';

/** Users of one slice. */
const MOST_USERS = 10_000;
/** Characters of one slice: users with the longest values would make it a hundred megabytes. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** A file of users, as it comes. */
export interface UserFile {
  readonly bytes: AsyncIterable<Buffer>;
  /** As the caller calls it: `users.csv.gz`. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
}

export interface UploadRules {
  /** Of CSV. */
  readonly columns?: ColumnMapping;
  /** Whether rows that are not a user are left out; otherwise one of them refuses the file. */
  readonly skipInvalid: boolean;
  /** Whether a row that is left out leaves an empty user in its place, so that the others keep theirs. */
  readonly keepsPlaces?: boolean;
  /** Told the text, unpacked, as it is read. */
  readonly hear?: (piece: Buffer) => void;
  readonly maxRows: number;
  /** That the file may have as it comes. */
  readonly maxBytes: number;
}

/** Checked users: a JSON array in the form of `POST /audience`, and how many they are. */
export interface UserSlice {
  readonly json: Buffer;
  readonly count: number;
  /** Those of them who only keep the place of a row that is no user. */
  readonly leftOut: readonly LeftOut[];
}

/** A place in the slice, and the field that is wrong; empty: the row as a whole. */
export type LeftOut = readonly [user: number, field: string];

/** Reads the users of one file, slice by slice: no more than a slice is held at any time. */
export class UploadReader {
  /** Users given so far. */
  received = 0;
  /** Rows looked at. */
  private read = 0;
  private format?: FileFormat;
  private readonly mistakes = new RowMistakes();

  constructor(
    private readonly file: UserFile,
    private readonly rules: UploadRules,
  ) {}

  /** Known once a slice was asked for. */
  get isCsv(): boolean {
    return this.format === 'csv';
  }

  /** Whether rows are entries of an array; otherwise they are lines. */
  private get isArray(): boolean {
    return this.format === 'array';
  }

  /** Rows that were left out. */
  get skipped(): number {
    return this.mistakes.rows;
  }

  /** Why, of the first of them. */
  get skippedRows(): readonly RowMistake[] {
    return this.mistakes.first;
  }

  /**
   * Slices of at least one and at most 10,000 users. The next row is read when the next slice is asked for. With a bad row the
   * rest is still looked through, to name the others as well.
   *
   * @throws ProblemException 400, 413: nothing that was given before may then be used
   */
  async *slices(): AsyncGenerator<UserSlice> {
    let slice = new Slice();
    for await (const rows of this.rows()) {
      for (const row of rows) {
        const checked = this.check(row);
        if (this.skipped > 0 && !this.rules.skipInvalid) continue;
        if (typeof checked === 'string') {
          slice.add(checked);
          this.received += 1;
        } else if (this.rules.keepsPlaces) slice.leaveOut(checked);
        if (!slice.isFull) continue;
        yield slice.end();
        slice = new Slice();
      }
    }
    this.refuse();
    if (slice.count > 0) yield slice.end();
  }

  private async *rows(): AsyncGenerator<readonly Row[]> {
    const text = await textBytes(this.file.bytes, this.file.name, this.rules.maxBytes);
    const { format, whole } = await formatOf(text, this.file);
    const { columns } = this.rules;
    if (columns && format !== 'csv') throw wrongColumns(['is for CSV only']);
    this.format = format;
    const heard = this.heard(whole);
    if (format === 'csv') yield* csvRows(heard, columns);
    else yield* this.isArray ? arrayRows(heard) : lineRows(heard);
  }

  private async *heard(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of text) {
      this.rules.hear?.(piece);
      yield piece;
    }
  }

  /** Our fields of the user, as JSON; those that are wrong when the row is none. */
  private check(row: Row): string | readonly string[] {
    this.read += 1;
    const { maxRows } = this.rules;
    if (this.read > maxRows) {
      throw new ProblemException(413, 'payload-too-large', `The file may hold at most ${maxRows} users`);
    }
    const found = 'mistake' in row ? [{ field: '', message: row.mistake }] : findMistakesOfUser(row.value);
    if (found.length === 0 && 'value' in row) return JSON.stringify(toAudienceUsers([row.value])[0]);
    const place = this.isArray ? { index: row.at } : { line: row.at };
    const mistakes = found.map(({ field, message }) => ({ ...place, field: field.replace(/^\./, ''), message }));
    this.mistakes.add(mistakes);
    return mistakes.map(({ field }) => field);
  }

  private refuse(): void {
    if (this.skipped > 0 && (!this.rules.skipInvalid || this.received === 0)) throw this.mistakes.problem();
    if (this.received === 0) throw unreadable('holds no users');
  }
}

/** Users of one slice, each as JSON. */
class Slice {
  private readonly users: string[] = [];
  private readonly leftOut: LeftOut[] = [];
  private characters = 0;

  get count(): number {
    return this.users.length;
  }

  get isFull(): boolean {
    return this.count >= MOST_USERS || this.characters >= MOST_CHARACTERS;
  }

  add(user: string): void {
    this.users.push(user);
    this.characters += user.length;
  }

  leaveOut(fields: readonly string[]): void {
    // Of a purchase, its parts are one field.
    const told = new Set(fields.map((field) => field.replace(/\..*/, '')));
    for (const field of told) this.leftOut.push([this.count, field]);
    this.add('{}');
  }

  end(): UserSlice {
    return { json: Buffer.from(`[${this.users.join(',')}]`), count: this.count, leftOut: this.leftOut };
  }
}
