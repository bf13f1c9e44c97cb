import { unreadable } from '../upload-problems.js';
import { isBlank } from './line-rows.js';
import { Gathered, jsonRow, LONGEST_ROW, type Row, tooLong } from './row.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = [0x5b, 0x7b];
const CLOSE = [0x5d, 0x7d];
const END = 0x5d;

/** Rows of a JSON array: its entries, each parsed by itself, so that no more than one is held. */
export async function* arrayRows(text: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  const entries = new Entries();
  for await (const piece of text) yield entries.push(piece);
  entries.end();
}

class Entries {
  private readonly gathered = new Gathered();
  private state: 'before' | 'within' | 'after' = 'before';
  private index = 0;
  /** Levels within the entry. */
  private depth = 0;
  private inString = false;
  private escaped = false;

  push(piece: Buffer): Row[] {
    const rows: Row[] = [];
    let start = 0;
    for (let at = 0; at < piece.length; at++) {
      if (this.state !== 'within') {
        if (this.opens(piece[at]!)) start = at + 1;
      } else if (this.ends(piece[at]!)) {
        this.finish(this.gathered.take(piece.subarray(start, at)), piece[at] === END, rows);
        start = at + 1;
      }
    }
    if (this.state === 'within') this.gathered.hold(piece.subarray(start), 'entry', this.index);
    return rows;
  }

  end(): void {
    if (this.state !== 'after') throw unreadable(`is not valid JSON: it ends within entry ${this.index}`);
  }

  /** Whether the array begins here. Around it, there is nothing. */
  private opens(byte: number): boolean {
    if (isBlank(Buffer.of(byte))) return false;
    if (this.state === 'after') throw unreadable('is not valid JSON: something follows its array');
    if (byte !== OPEN[0]) throw unreadable('must be a JSON array');
    this.state = 'within';
    return true;
  }

  /** Whether the entry ends before this byte. */
  private ends(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === COMMA) return this.depth === 0;
    else if (OPEN.includes(byte)) this.depth += 1;
    else if (CLOSE.includes(byte)) {
      if (this.depth === 0) return byte === END;
      this.depth -= 1;
    }
    return false;
  }

  private finish(entry: Buffer, isLast: boolean, rows: Row[]): void {
    if (entry.length > LONGEST_ROW) throw tooLong('entry', this.index);
    if (isLast) this.state = 'after';
    if (isLast && this.index === 0 && isBlank(entry)) return;
    rows.push(jsonRow(entry, this.index));
    this.index += 1;
  }
}
