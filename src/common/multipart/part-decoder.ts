import { isUtf8 } from 'node:buffer';
import type { AppConfig } from '../../config/config.js';
import { ProblemException } from '../problem.exception.js';
import type { ReceivedPart } from './form-reader.js';
import { readJsonPart, withoutTextMark } from './json-part.js';
import type { PartRule } from './part-rule.js';

/** A part in the form its field has in the DTO, or what is wrong with it. Empty: the part did not come. */
export interface DecodedPart {
  readonly value?: unknown;
  readonly mistake?: string;
}

/** The one part that came under a name, as bytes; or why there is none. */
export interface SinglePart {
  readonly bytes?: Buffer;
  /** Of a text field. */
  readonly text?: string;
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
  const { bytes, text, mistake } = singlePart(parts);
  if (mistake !== undefined || bytes === undefined) return { mistake };
  if (bytes.length > (rule.maxBytes ?? config.maxBodyBytes)) {
    throw new ProblemException(413, 'payload-too-large', `The part ${name} may hold at most ${rule.maxBytes} bytes`);
  }
  if (rule.as === 'text') return textOf(bytes, text);
  const { value, mistake: wrong } = readJsonPart(bytes, rule.maxItems?.(config), text);
  return { value, mistake: wrong };
}

/** Pure: a name may come once. */
export function singlePart(parts: readonly ReceivedPart[]): SinglePart {
  const [part] = parts;
  if (!part) return {};
  if (parts.length > 1) return { mistake: 'must come once' };
  if (part.mistake !== undefined) return { mistake: part.mistake };
  return { bytes: part.bytes ?? Buffer.from(part.text ?? '', 'utf8'), text: part.text };
}

function textOf(bytes: Buffer, text: string | undefined): DecodedPart {
  if (text === undefined && !isUtf8(bytes)) return { mistake: 'must be UTF-8' };
  const value = withoutTextMark(text ?? bytes.toString('utf8'));
  return value === '' ? {} : { value };
}
