import { peek } from './bytes/peek.js';
import { isBlank } from './rows/line-rows.js';

export type FileFormat = 'array' | 'lines' | 'csv';
type Told = 'json' | 'lines' | 'csv';

const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** Blanks before the first character that are looked through. */
const MOST_BLANKS = 65_536;

/**
 * How the users of a file are written. Its name says it, then its type, then its first character. JSON is always told from the
 * latter: `.json` is used for arrays and for lines alike.
 *
 * @returns the format, and the whole text to read
 */
export async function formatOf(
  text: AsyncIterable<Buffer>,
  file: { readonly name: string; readonly type: string },
): Promise<{ readonly format: FileFormat; readonly whole: AsyncIterable<Buffer> }> {
  const isEnough = (start: Buffer) => start.length > 0 && (!isBlank(start) || start.length > MOST_BLANKS);
  const { start, whole } = await peek(text, isEnough);
  const first = start.find((byte) => !isBlank(Buffer.of(byte)));
  const told = toldBy(file);
  if (told === 'csv') return { format: 'csv', whole };
  if (first === OPEN_ARRAY) return { format: 'array', whole };
  return { format: told !== undefined || first === OPEN_OBJECT ? 'lines' : 'csv', whole };
}

/** What a file says of itself; `json` may be an array or lines. */
export function toldBy({ name, type }: { readonly name: string; readonly type: string }): Told | undefined {
  const ending = /\.(csv|tsv|json|ndjson|jsonl)(?:\.(?:gz|zst))?$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === 'csv' || ending === 'tsv') return 'csv';
  if (ending !== undefined) return ending === 'json' ? 'json' : 'lines';
  if (/[/+-](csv|tab-separated-values)\b/i.test(type)) return 'csv';
  if (/[/+-](ndjson|jsonl|jsonlines)\b/i.test(type)) return 'lines';
  return /[/+-]json\b/i.test(type) ? 'json' : undefined;
}
