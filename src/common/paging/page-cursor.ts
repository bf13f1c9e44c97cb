import { invalidRequest } from '../dto-validation.js';

/** What a cursor holds: the sort key of the last row shown. */
interface CursorKinds {
  readonly instant: Date;
  readonly uuid: string;
  readonly integer: number;
  /** Of a bigint column; not negative. */
  readonly serial: number;
  readonly text: string;
}

type Kind = keyof CursorKinds;
type Position<Kinds extends readonly Kind[]> = { -readonly [Index in keyof Kinds]: CursorKinds[Kinds[Index]] };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Readers of the parts; `undefined` for what we never wrote, which would only fail in the database. */
const READERS: { readonly [K in Kind]: (part: unknown) => CursorKinds[K] | undefined } = {
  instant: (part) => (typeof part === 'string' && isInstant(part) ? new Date(part) : undefined),
  uuid: (part) => (typeof part === 'string' && UUID.test(part) ? part : undefined),
  integer: (part) => (typeof part === 'number' && part === (part | 0) ? part : undefined),
  serial: (part) => (Number.isSafeInteger(part) && (part as number) >= 0 ? (part as number) : undefined),
  text: (part) => (typeof part === 'string' && !part.includes('\0') ? part : undefined),
};

/** Writes the place after which the next page begins. Callers of the API pass it on without looking into it. */
export function encodeCursor(position: readonly (Date | string | number)[]): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Reads what {@link encodeCursor} wrote, one kind for each part.
 *
 * @throws {ProblemException} 400 when it is anything else.
 */
export function decodeCursor<const Kinds extends readonly Kind[]>(cursor: string, kinds: Kinds): Position<Kinds> {
  const parts = parseList(cursor);
  const position = kinds.map((kind, index) => READERS[kind](parts[index]));
  if (parts.length !== kinds.length || position.includes(undefined)) {
    const mistake = { field: 'cursor', message: 'must be the nextCursor of an earlier page' };
    throw invalidRequest({ first: [mistake], total: 1 });
  }
  return position as Position<Kinds>;
}

function parseList(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
