import { isUtf8 } from 'node:buffer';
import { boundBroken, type JsonBounds } from './json-bounds.js';
import { describeJsonError } from './json-error.js';

/** What builds and checks DTOs recurses: a few thousand levels would end it with a stack overflow. */
const DEEPEST = 10;
/** Values of one entry of an array, on average: three times what a user of ours has, as room for what callers add. */
const VALUES_PER_ENTRY = 40;
const FEWEST_VALUES = 10_000;

const MESSAGES: Readonly<Record<keyof JsonBounds, (most?: number) => string>> = {
  levels: (most) => `must not be nested deeper than ${most} levels`,
  entries: (most) => `must have at most ${most} entries`,
  values: (most) => `must hold at most ${most} values`,
};

/** A part of JSON: its value, or what is wrong with it and which bound it is beyond; neither when there is no text. */
export interface JsonPart {
  readonly value?: unknown;
  /** The text as it came, without a byte order mark. */
  readonly bytes?: Buffer;
  readonly mistake?: string;
  readonly beyond?: keyof JsonBounds;
}

/**
 * Pure: reads a part of JSON. It needs nothing of the framework, so that a thread can do it too.
 *
 * @param entries most entries of an array
 * @param text of the same bytes, where it is at hand
 */
export function readJsonPart(part: Buffer, entries?: number, text?: string): JsonPart {
  if (text === undefined && !isUtf8(part)) return { mistake: 'must be UTF-8' };
  const bytes = withoutMark(part);
  if (bytes.length === 0) return {};
  const bounds: JsonBounds = { levels: DEEPEST, entries, values: entries && mostValues(entries) };
  const beyond = boundBroken(bytes, bounds);
  if (beyond !== undefined) return { mistake: MESSAGES[beyond](bounds[beyond]), beyond };
  const json = text === undefined ? bytes.toString('utf8') : withoutTextMark(text);
  try {
    return { value: JSON.parse(json) as unknown, bytes };
  } catch {
    return { mistake: describeJsonError(json) };
  }
}

/** Some systems open UTF-8 files with a byte order mark, which is no part of the text. */
export function withoutTextMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function mostValues(entries: number): number {
  return Math.max(FEWEST_VALUES, entries * VALUES_PER_ENTRY);
}
