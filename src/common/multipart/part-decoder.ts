import { isUtf8 } from 'node:buffer';
import type { AppConfig } from '../../config/config.js';
import { ProblemException } from '../problem.exception.js';
import type { ReceivedPart } from './form-reader.js';
import { boundBroken, type JsonBounds } from './json-bounds.js';
import { describeJsonError } from './json-error.js';
import type { PartRule } from './part-rule.js';

/** What builds and checks DTOs recurses: a few thousand levels would end it with a stack overflow. */
const DEEPEST = 10;
/** Values of one entry of an array, on average: three times what a user of ours has, as room for what callers add. */
const VALUES_PER_ENTRY = 40;
const FEWEST_VALUES = 10_000;

const MISTAKES: Readonly<Record<keyof JsonBounds, (most?: number) => string>> = {
  levels: (most) => `must not be nested deeper than ${most} levels`,
  entries: (most) => `must have at most ${most} entries`,
  values: (most) => `must hold at most ${most} values`,
};

/** A part in the form its field has in the DTO, or what is wrong with it. Empty: the part did not come. */
export interface DecodedPart {
  readonly value?: unknown;
  readonly bytes?: Buffer;
  readonly mistake?: string;
}

/**
 * Makes one field of the parts that came under its name.
 *
 * @throws {ProblemException} 413 when the part is too large.
 */
export function decodePart(
  name: string,
  parts: readonly ReceivedPart[],
  rule: PartRule,
  config: AppConfig,
): DecodedPart {
  const [part] = parts;
  if (!part) return {};
  if (parts.length > 1) return { mistake: 'must come once' };
  if (part.mistake !== undefined) return { mistake: part.mistake };
  const bytes = part.bytes ?? Buffer.from(part.text ?? '', 'utf8');
  if (bytes.length > (rule.maxBytes ?? config.maxBodyBytes)) {
    throw new ProblemException(413, 'payload-too-large', `The part ${name} may hold at most ${rule.maxBytes} bytes`);
  }
  if (part.bytes && !isUtf8(part.bytes)) return { mistake: 'must be UTF-8' };
  const text = withoutMark(part.text ?? bytes.toString('utf8'));
  if (text === '') return {};
  return rule.as === 'text' ? { value: text } : decodeJson(text, withoutMarkBytes(bytes), rule, config);
}

function decodeJson(text: string, bytes: Buffer, rule: PartRule, config: AppConfig): DecodedPart {
  const entries = rule.maxItems?.(config);
  const bounds: JsonBounds = { levels: DEEPEST, entries, values: entries && mostValues(entries) };
  const broken = boundBroken(bytes, bounds);
  if (broken !== undefined) return { mistake: MISTAKES[broken](bounds[broken]) };
  try {
    return { value: JSON.parse(text) as unknown, bytes };
  } catch {
    return { mistake: describeJsonError(text) };
  }
}

function mostValues(entries: number): number {
  return Math.max(FEWEST_VALUES, entries * VALUES_PER_ENTRY);
}

/** Some systems open UTF-8 files with a byte order mark, which is no part of the text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function withoutMarkBytes(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
