import { invalidRequest } from '../common/dto-validation.js';
import { MISTAKES_SHOWN } from '../common/mistakes/mistakes.js';
import { ProblemException } from '../common/problem.exception.js';

/** Where a row stands: a line of the file, from 1, or the index of an entry of a JSON array, from 0. */
export type RowPlace = { readonly line: number } | { readonly index: number };

/** What is wrong with one row. Never a value. */
export type RowMistake = RowPlace & {
  /** Of the user, such as `purchase.profit`; empty: the row as a whole. */
  readonly field: string;
  readonly message: string;
};

/** The mistakes of all rows: the first of them, and how many. */
export class RowMistakes {
  readonly first: RowMistake[] = [];
  /** Mistakes; a row may have several. */
  total = 0;
  /** Rows that have any. */
  rows = 0;

  add(mistakes: readonly RowMistake[]): void {
    this.rows += 1;
    this.total += mistakes.length;
    if (this.first.length < MISTAKES_SHOWN) this.first.push(...mistakes.slice(0, MISTAKES_SHOWN - this.first.length));
  }

  /** The 400 that lists them. */
  problem(): ProblemException {
    const rows = this.rows === 1 ? '1 row that is' : `${this.rows} rows that are`;
    const detail = `The file has ${rows} not a user; nothing was stored (skipInvalid=true leaves such rows out)`;
    return new ProblemException(400, 'invalid-rows', detail, { errors: this.first, errorsTotal: this.total });
  }
}

/** The file cannot be read, or not any further: no row behind this place can be trusted. */
export function unreadable(message: string): ProblemException {
  return invalidRequest({ first: [{ field: 'file', message }], total: 1 });
}

/** The mapping does not fit. */
export function wrongColumns(messages: readonly string[]): ProblemException {
  const errors = messages.map((message) => ({ field: 'columns', message }));
  return invalidRequest({ first: errors.slice(0, MISTAKES_SHOWN), total: errors.length });
}
