import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import { ProblemException } from '../../common/problem.exception.js';
import { unreadable } from '../upload-problems.js';

export type Packing = 'gzip' | 'zstd';

/** Lists of people shrink to a tenth, made-up ones to a fiftieth. What shrinks to less holds nothing that is worth its time. */
const MOST_SHRUNK = 200;
/** Short texts may shrink to anything. */
const SHRUNK_UNCHECKED = 16 * 1024 * 1024;
/** How much larger than the largest body an unpacked file may be. */
const MOST_GROWTH = 8;
/** Memory that a sender may make the reading of zstd take: 8 MiB, what levels up to 19 use. */
const ZSTD_WINDOW_LOG = 23;

const MAGIC: readonly (readonly [Packing, Buffer])[] = [
  ['gzip', Buffer.of(0x1f, 0x8b)],
  ['zstd', Buffer.of(0x28, 0xb5, 0x2f, 0xfd)],
];

/** How a file that begins so is packed. No text begins so. */
export function packingOf(start: Buffer): Packing | undefined {
  return MAGIC.find(([, magic]) => start.subarray(0, magic.length).equals(magic))?.[0];
}

/**
 * The bytes within gzip or zstd.
 *
 * @param maxBytes that the packed file may have
 *
 * @throws ProblemException 400 when it is cut off or broken, 413 when it grows beyond measure
 */
export async function* unpack(
  packed: AsyncIterable<Buffer>,
  packing: Packing,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const counted = new CountedBytes(packed);
  const unpacker = unpackerOf(packing);
  pipeline(Readable.from(counted, { objectMode: true, highWaterMark: 1 }), unpacker, () => undefined);
  let size = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      size += piece.length;
      const isBomb = size > SHRUNK_UNCHECKED && size > MOST_SHRUNK * counted.size;
      if (isBomb || size > MOST_GROWTH * maxBytes) throw tooLarge();
      yield piece;
    }
  } catch (error) {
    throw error instanceof ProblemException ? error : unreadable(`is not complete, or not ${packing}`);
  }
  // The decoder of zstd stops behind the first frame, and says nothing of what follows in the same piece.
  if (packing === 'zstd' && unpacker.bytesWritten !== counted.size) {
    throw unreadable('holds more than one zstd frame: compress it as a whole');
  }
}

function unpackerOf(packing: Packing): Transform & { readonly bytesWritten: number } {
  if (packing === 'gzip') return createGunzip();
  return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
}

function tooLarge(): ProblemException {
  return new ProblemException(413, 'payload-too-large', 'The file unpacks to more than may be sent');
}

class CountedBytes implements AsyncIterable<Buffer> {
  size = 0;

  constructor(private readonly bytes: AsyncIterable<Buffer>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for await (const piece of this.bytes) {
      this.size += piece.length;
      yield piece;
    }
  }
}
