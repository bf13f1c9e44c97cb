import { isUtf8 } from 'node:buffer';
import type { AppConfig } from '../../config/config.js';
import { ProblemException } from '../problem.exception.js';
import type { ReceivedPart } from './form-reader.js';
import { isDeeperThan } from './json-depth.js';
import { describeJsonError } from './json-error.js';
import type { PartRule } from './part-rule.js';

/** What builds and checks DTOs recurses: a few thousand levels would end it with a stack overflow. */
const DEEPEST = 10;

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
  if (isDeeperThan(DEEPEST, bytes)) return { mistake: `must not be nested deeper than ${DEEPEST} levels` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { mistake: describeJsonError(text) };
  }
  const most = rule.maxItems?.(config);
  if (most !== undefined && Array.isArray(value) && value.length > most) {
    return { mistake: `must have at most ${most} entries` };
  }
  return { value, bytes };
}

/** Some systems open UTF-8 files with a byte order mark, which is no part of the text. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function withoutMarkBytes(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
