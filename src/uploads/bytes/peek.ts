/**
 * Reads the beginning of a stream of bytes, until there is enough of it or it ends.
 *
 * @returns the beginning, and the whole: the beginning again and what follows. Ending the whole early ends the stream.
 */
export async function peek(
  bytes: AsyncIterable<Buffer>,
  isEnough: (start: Buffer) => boolean,
): Promise<{ readonly start: Buffer; readonly whole: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  while (!isEnough(start)) {
    const next = await iterator.next();
    if (next.done) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return { start, whole: again(start, iterator) };
}

async function* again(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (;;) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
