import type { FormFile } from '../../common/multipart/file-taker.js';
import { packingOf } from '../../uploads/bytes/unpack.js';
import { toldBy } from '../../uploads/file-format.js';

/**
 * Up to so many bytes a JSON array is held: 100,000 users of ordinary size have 26 MB, a batch of 10,000 a tenth of that. What
 * is larger is not worth its memory, for which parsing takes ten times as much.
 */
export const MOST_HELD_BYTES = 16 * 1024 * 1024;

const OPEN_OBJECT = 0x7b;
/** Blanks before the first character that are looked through. */
const MOST_BLANKS = 65_536;
const LONGEST_MAGIC = 4;

/** A file: all of it, or its bytes still to be read. */
export type HeldFile = { readonly held: Buffer } | { readonly held?: undefined; readonly rest: AsyncIterable<Buffer> };

/** Holds a JSON array of ordinary size. Any other file is to be read as it comes. */
export async function heldFile(file: FormFile, mostBytes: number): Promise<HeldFile> {
  const iterator = file.bytes[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let size = 0;
  let isKnown = false;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    pieces.push(next.value);
    size += next.value.length;
    if (!isKnown) {
      const isList = isListSoFar(Buffer.concat(pieces), file);
      if (isList === false) return { rest: all(pieces, iterator) };
      isKnown = isList ?? size > MOST_BLANKS;
    }
    if (size > mostBytes) return { rest: all(pieces, iterator) };
  }
  return { held: Buffer.concat(pieces) };
}

/**
 * Whether a file that begins so is taken for a JSON array. One that says nothing of itself is, as ever; CSV has to be told by
 * name or type.
 */
function isListSoFar(start: Buffer, file: FormFile): boolean | undefined {
  if (start.length < LONGEST_MAGIC) return undefined;
  if (packingOf(start) || toldBy(file) === 'csv') return false;
  const first = start.toString('latin1').replace('\u00ef\u00bb\u00bf', '').trimStart().charCodeAt(0);
  return Number.isNaN(first) ? undefined : first !== OPEN_OBJECT;
}

async function* all(pieces: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
