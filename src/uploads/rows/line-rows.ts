import { Gathered, jsonRow, LONGEST_ROW, type Row, tooLong } from './row.js';

const LINE_END = 0x0a;
const RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/** Rows of NDJSON: a JSON value a line, empty lines between them as they like. */
export async function* lineRows(text: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  const lines = new Lines();
  for await (const piece of text) yield lines.push(piece);
  yield lines.end();
}

class Lines {
  private readonly gathered = new Gathered();
  private line = 1;

  push(piece: Buffer): Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (let end = piece.indexOf(LINE_END); end !== -1; end = piece.indexOf(LINE_END, start)) {
      this.finish(this.gathered.take(piece.subarray(start, end)), rows);
      start = end + 1;
      this.line += 1;
    }
    this.gathered.hold(piece.subarray(start), 'line', this.line);
    return rows;
  }

  end(): Row[] {
    const rows: Row[] = [];
    this.finish(this.gathered.take(NOTHING), rows);
    return rows;
  }

  private finish(line: Buffer, rows: Row[]): void {
    if (line.length > LONGEST_ROW) throw tooLong('line', this.line);
    if (!isBlank(line)) rows.push(jsonRow(line, this.line));
  }
}

/** Nothing but what JSON takes for blanks. */
export function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x09 || byte === RETURN || byte === LINE_END);
}
