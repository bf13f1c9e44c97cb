import type { FormFile } from '../../common/multipart/file-taker.js';
import { packingOf } from '../../uploads/bytes/unpack.js';
import { toldBy } from '../../uploads/file-format.js';

/**
 * Up to so many bytes a JSON array is held: 100,000 users of ordinary size have 26 MB, a batch of 10,000 a tenth of that. What
 * is larger is not worth its memory, for which parsing takes ten times as much.
 */
export const MOST_HELD_BYTES = 16 * 1024 * 1024;

type Start = 'array' | 'unknown' | 'other';

/** Blanks before the first character that are looked through. */
const MOST_BLANKS = 65_536;
const LONGEST_MAGIC = 4;

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
  let start: Start = 'unknown';
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    pieces.push(next.value);
    size += next.value.length;
    if (start === 'unknown' && size - next.value.length <= MOST_BLANKS) start = startOf(Buffer.concat(pieces), file);
    if (start === 'other' || (start === 'array' && size > mostBytes)) return { rest: all(pieces, iterator) };
  }
  return { held: Buffer.concat(pieces) };
}

/** What a file is that begins so. CSV has to be told by name or type: any text could be CSV. */
function startOf(start: Buffer, file: FormFile): Start {
  if (start.length < LONGEST_MAGIC) return 'unknown';
  if (packingOf(start) || toldBy(file) === 'csv') return 'other';
  const first = start.toString('latin1').replace('\u00ef\u00bb\u00bf', '').trimStart()[0];
  if (first === '[') return 'array';
  return first === '{' || (first !== undefined && toldBy(file) === 'lines') ? 'other' : 'unknown';
}

async function* all(pieces: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
