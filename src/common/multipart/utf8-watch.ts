import { isUtf8 } from 'node:buffer';

/** Tells whether bytes that arrive in pieces are UTF-8, a character cut by a piece's end included. */
export class Utf8Watch {
  private cut = Buffer.alloc(0);
  private isValidSoFar = true;

  get isValid(): boolean {
    return this.isValidSoFar;
  }

  push(piece: Buffer): void {
    if (!this.isValidSoFar) return;
    const bytes = this.cut.length > 0 ? Buffer.concat([this.cut, piece]) : piece;
    const whole = bytes.length - unfinished(bytes);
    this.isValidSoFar = isUtf8(bytes.subarray(0, whole));
    this.cut = Buffer.from(bytes.subarray(whole));
  }
}

/** How many bytes at the end begin a character that is not complete. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
