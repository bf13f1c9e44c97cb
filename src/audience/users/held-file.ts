import type { FormFile } from '../../common/multipart/file-taker.js';
import { packingOf } from '../../uploads/bytes/unpack.js';
import { toldBy } from '../../uploads/file-format.js';

/**
 * Up to so many bytes a JSON array is held: 100,000 users of ordinary size have 26 MB, a batch of 10,000 a tenth of that. What
 * is larger is not worth its memory, for which parsing takes ten times as much.
 */
export const MOST_HELD_BYTES = 16 * 1024 * 1024;

const LONGEST_MAGIC = 4;
/** Blanks, and the three bytes of a byte order mark. */
const BEFORE_TEXT = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

type Start = 'array' | 'unknown' | 'other';

/** A file: all of it, or its bytes still to be read. */
export type HeldFile = { readonly held: Buffer } | { readonly held?: undefined; readonly rest: AsyncIterable<Buffer> };

/**
 * Holds a JSON array of ordinary size. Any other file is to be read as it comes; but what is none of the known formats is held,
 * to be refused as a whole.
 */
export async function heldFile(file: FormFile, mostBytes: number): Promise<HeldFile> {
  const iterator = file.bytes[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let size = 0;
  let first: number | undefined;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const before = size;
    pieces.push(next.value);
    size += next.value.length;
    // Each piece is looked at once, however many there are.
    first ??= next.value.find((byte) => !BEFORE_TEXT.has(byte));
    const isPacked = before < LONGEST_MAGIC && packingOf(Buffer.concat(pieces)) !== undefined;
    const start = isPacked ? 'other' : startOf(first, file);
    if (start === 'other' || (start === 'array' && size > mostBytes)) return { rest: all(pieces, iterator) };
  }
  return { held: Buffer.concat(pieces) };
}

/** What a file of text is that begins so. CSV has to be told by name or type: any text could be CSV. */
function startOf(first: number | undefined, file: FormFile): Start {
  if (first === undefined) return 'unknown';
  const told = toldBy(file);
  if (told === 'csv') return 'other';
  if (first === OPEN_ARRAY) return 'array';
  return first === OPEN_OBJECT || told === 'lines' ? 'other' : 'unknown';
}

async function* all(pieces: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
