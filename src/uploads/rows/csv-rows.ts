import { pipeline, Readable } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';
import { peek } from '../bytes/peek.js';
import { type Column, type ColumnMapping, columnsOf } from '../columns/column-map.js';
import { delimiterOf, headerEnd } from '../columns/delimiter.js';
import { unreadable } from '../upload-problems.js';
import { LONGEST_ROW, type Row, tooLong } from './row.js';

/** Rows of one group. */
const GROUP = 500;
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** A record as the parser gives it. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Rows of CSV with a header. The delimiter is told from the header; empty cells and columns that are not read are left out.
 *
 * @throws ProblemException 400 when the header does not fit, or quotes are so wrong that rows cannot be told apart
 */
export async function* csvRows(text: AsyncIterable<Buffer>, mapping: ColumnMapping | undefined): AsyncGenerator<Row[]> {
  const isHeader = (start: Buffer) => headerEnd(start) !== -1 || start.length > LONGEST_ROW;
  const { start, whole } = await peek(text, isHeader);
  const end = headerEnd(start);
  const parser = parserOf(delimiterOf(start.toString('utf8', 0, end === -1 ? start.length : end)));
  pipeline(Readable.from(whole, { objectMode: true, highWaterMark: 1 }), parser, () => undefined);
  const records = new Records(mapping);
  let rows: Row[] = [];
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) {
      const row = records.row(record);
      if (row) rows.push(row);
      if (rows.length < GROUP) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenCsv(error) : error;
  }
  yield rows;
}

function parserOf(delimiter: string): Parser {
  return parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    // Lets quotes stand behind a blank. A tab would be taken for one.
    trim: delimiter !== '\t',
  });
}

/** The parser's own messages quote what they found. */
function brokenCsv(error: CsvError) {
  const line = Number((error as unknown as { lines?: unknown }).lines ?? 0);
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong('line', line);
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return unreadable('ends within quotes that were never closed');
  return unreadable(`has quotes in the wrong place, about line ${line}`);
}

class Records {
  private columns?: readonly Column[];
  private cells = 0;
  private linesBefore = 0;
  /** Line ends of two bytes within quotes, which the parser counts as two. */
  private counted = 0;

  constructor(private readonly mapping: ColumnMapping | undefined) {}

  /** Nothing for the header. */
  row({ record, info }: CsvRecord): Row | undefined {
    const at = this.lineOf(record, info.lines);
    if (!this.columns) {
      this.columns = columnsOf(record, this.mapping);
      this.cells = record.length;
      return undefined;
    }
    if (record.length !== this.cells) {
      return { at, mistake: `must have ${this.cells} cells, as the header has; it has ${record.length}` };
    }
    return { at, value: userOf(record, this.columns) };
  }

  /** The first line of a record that the parser has ended at `lines`. */
  private lineOf(record: readonly string[], lines: number): number {
    const isOneLine = lines - this.linesBefore <= 1;
    this.linesBefore = lines;
    if (isOneLine) return lines - this.counted;
    let within = 0;
    for (const [end] of record.join('').matchAll(/\r\n|\r|\n/g)) {
      within += 1;
      if (end.length === 2) this.counted += 1;
    }
    return lines - this.counted - within;
  }
}

function userOf(record: readonly string[], columns: readonly Column[]): Record<string, unknown> {
  const user: Record<string, unknown> = {};
  const purchase: Record<string, unknown> = {};
  for (const { at, field } of columns) {
    const cell = record[at]!;
    if (cell === '') continue;
    if (!field.startsWith('purchase.')) user[field] = cell;
    else if (field === 'purchase.currency') purchase.currency = cell;
    else purchase[field.slice('purchase.'.length)] = PLAIN_NUMBER.test(cell) ? Number(cell) : cell;
  }
  if (Object.keys(purchase).length > 0) user.purchase = purchase;
  return user;
}
