import { COLUMN_NAMES } from './schema-keys.js';

/** Digests of 64 hex digits are packed into 32 bytes; other values are kept as UTF-8 with their length. */
const DIGEST = 1;
const TEXT = 2;
const DIGEST_BYTES = 32;
const MAX_TEXT_LENGTH = 1000;

/**
 * A person's identifiers packed into one short text: the key of the member set. A million members of seven columns take some
 * 250 MB this way instead of twice that and more.
 */
export class PersonKeyWriter {
  private readonly bytes = Buffer.allocUnsafe(COLUMN_NAMES.length * (MAX_TEXT_LENGTH * 3 + 4));
  private length = 0;

  start(): void {
    this.length = 0;
  }

  /**
   * Adds 64 lowercase hex digits; false, with nothing added, for anything else. Columns must be written in the order of their
   * numbers, so that the same person gives the same key. Decoding is the check: a pattern took three times as long.
   */
  writeDigest(column: number, value: string): boolean {
    if (value.length !== DIGEST_BYTES * 2) return false;
    const { bytes, length } = this;
    if (bytes.write(value, length + 2, DIGEST_BYTES, 'hex') !== DIGEST_BYTES) return false;
    if (value !== value.toLowerCase()) return false;
    bytes[length] = column;
    bytes[length + 1] = DIGEST;
    this.length = length + 2 + DIGEST_BYTES;
    return true;
  }

  /** Adds any other text; false, with nothing added, when it is too long. */
  writeText(column: number, value: string): boolean {
    if (value.length > MAX_TEXT_LENGTH) return false;
    const { bytes, length } = this;
    bytes[length] = column;
    bytes[length + 1] = TEXT;
    const size = bytes.write(value, length + 4, 'utf8');
    bytes.writeUInt16BE(size, length + 2);
    this.length = length + 4 + size;
    return true;
  }

  /** The key; empty when nothing was written. */
  finish(): string {
    return this.bytes.toString('latin1', 0, this.length);
  }
}

/** The identifiers in a key, by the platform's names. */
export function readPersonKey(key: string): Record<string, string> {
  const bytes = Buffer.from(key, 'latin1');
  const columns: Record<string, string> = {};
  let at = 0;
  while (at < bytes.length) {
    const name = COLUMN_NAMES[bytes[at] ?? 0] ?? '';
    const digest = bytes[at + 1] === DIGEST;
    at += 2;
    const size = digest ? DIGEST_BYTES : bytes.readUInt16BE(at);
    if (!digest) at += 2;
    columns[name] = bytes.toString(digest ? 'hex' : 'utf8', at, at + size);
    at += size;
  }
  return columns;
}
