/** Texts are put together until there are so many, and then become bytes: writing each alone takes longer than the text itself. */
const TEXTS_AT_ONCE = 128;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * A request body of many short texts, as one buffer. One text of all of them would be a tree of a hundred thousand pieces, which
 * has to be walked through and copied twice before it is sent.
 */
export class BodyWriter {
  private buffer: Buffer;
  private length = 0;
  private text = '';
  private texts = 0;

  /** @param bytes how large the body will be; it grows where that is too little */
  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  add(text: string): void {
    this.text += text;
    this.texts += 1;
    if (this.texts === TEXTS_AT_ONCE) this.write();
  }

  /** The whole body; nothing may be added to it any more. */
  end(): Buffer {
    this.write();
    return this.buffer.subarray(0, this.length);
  }

  private write(): void {
    const { text } = this;
    if (this.buffer.length - this.length < text.length * MOST_BYTES_PER_UNIT) this.makeRoom(Buffer.byteLength(text));
    this.length += this.buffer.write(text, this.length, 'utf8');
    this.text = '';
    this.texts = 0;
  }

  private makeRoom(bytes: number): void {
    if (this.buffer.length - this.length >= bytes) return;
    const larger = Buffer.allocUnsafe(2 * this.buffer.length + bytes);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}
