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
import { findMistakesOfUser } from './users-part.js';

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
  readonly maxRows: number;
  /** That the file may have as it comes. */
  readonly maxBytes: number;
}

/** Checked users: a JSON array in the form of `POST /audience`, and how many they are. */
export interface UserSlice {
  readonly json: Buffer;
  readonly count: number;
}

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
        const user = this.check(row);
        if (user === undefined || (this.skipped > 0 && !this.rules.skipInvalid)) continue;
        slice.add(user);
        this.received += 1;
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
    if (format === 'csv') yield* csvRows(whole, columns);
    else yield* this.isArray ? arrayRows(whole) : lineRows(whole);
  }

  /** Our fields of the user, as JSON; nothing when the row is none. */
  private check(row: Row): string | undefined {
    this.read += 1;
    const { maxRows } = this.rules;
    if (this.read > maxRows) {
      throw new ProblemException(413, 'payload-too-large', `The file may hold at most ${maxRows} users`);
    }
    const found = 'mistake' in row ? [{ field: '', message: row.mistake }] : findMistakesOfUser(row.value);
    if (found.length === 0 && 'value' in row) return JSON.stringify(toAudienceUsers([row.value])[0]);
    const place = this.isArray ? { index: row.at } : { line: row.at };
    this.mistakes.add(found.map(({ field, message }) => ({ ...place, field: field.replace(/^\./, ''), message })));
    return undefined;
  }

  private refuse(): void {
    if (this.skipped > 0 && (!this.rules.skipInvalid || this.received === 0)) throw this.mistakes.problem();
    if (this.received === 0) throw unreadable('holds no users');
  }
}

/** Users of one slice, each as JSON. */
class Slice {
  private readonly users: string[] = [];
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

  end(): UserSlice {
    return { json: Buffer.from(`[${this.users.join(',')}]`), count: this.count };
  }
}
