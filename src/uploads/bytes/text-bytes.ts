import { Utf8Watch } from '../../common/multipart/utf8-watch.js';
import { unreadable } from '../upload-problems.js';
import { peek } from './peek.js';
import { packingOf, unpack } from './unpack.js';

const LONGEST_MAGIC = 4;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const LINE_END = Buffer.from('\n');

/**
 * The text of a file as bytes: unpacked, without a byte order mark, and UTF-8 without NUL to its end.
 *
 * @param name of the file; one that ends in `.gz` or `.zst` must be what it says
 * @param maxBytes that the file may have as it comes
 *
 * @throws ProblemException 400, 413
 */
export async function textBytes(
  file: AsyncIterable<Buffer>,
  name: string,
  maxBytes: number,
): Promise<AsyncIterable<Buffer>> {
  const { start, whole } = await peek(file, ({ length }) => length >= LONGEST_MAGIC);
  const packing = packingOf(start);
  const told = /\.(gz|zst)$/i.exec(name)?.[1]?.toLowerCase();
  if (told !== undefined && packing !== (told === 'gz' ? 'gzip' : 'zstd')) {
    throw unreadable(`is not what its name says: .${told}`);
  }
  return checked(packing ? unpack(whole, packing, maxBytes) : whole);
}

async function* checked(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const watch = new Utf8Watch();
  const { start, whole } = await peek(bytes, ({ length }) => length >= BYTE_ORDER_MARK.length);
  let marked = start.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  for await (const piece of whole) {
    watch.push(piece);
    if (!watch.isValid || piece.includes(0)) throw notText();
    yield marked ? piece.subarray(BYTE_ORDER_MARK.length) : piece;
    marked = false;
  }
  // Ends a character that the end of the file has cut.
  watch.push(LINE_END);
  if (!watch.isValid) throw notText();
}

function notText() {
  return unreadable('must be UTF-8 text, without NUL');
}
