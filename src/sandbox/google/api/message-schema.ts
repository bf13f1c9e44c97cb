import { unreadable } from './api-error.js';

/** How a value of JSON is read: a kind, the names of an enum, or the fields of a message. */
export type FieldType = 'string' | 'bool' | 'int32' | 'int64' | 'duration' | 'timestamp' | readonly string[] | Message;

export interface Field {
  readonly type: FieldType;
  readonly repeated?: true;
}

export interface Message {
  readonly fields: Readonly<Record<string, FieldType | Field>>;
  /** Fields of which at most one may be set. */
  readonly oneOf?: readonly string[];
}

type Path = (string | number)[];

const INT64 = /^-?\d{1,19}$/;
const DURATION = /^-?\d{1,12}(?:\.\d{1,9})?s$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const IS_OF: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int32: (value) => Number.isInteger(value),
  int64: (value) => Number.isSafeInteger(value) || (typeof value === 'string' && INT64.test(value)),
  duration: (value) => typeof value === 'string' && DURATION.test(value),
  timestamp: (value) => typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value)),
};

/**
 * Reads a body as strictly as the platform's own parser: a field that the message does not have is refused, wherever it stands,
 * and so is an enum value that does not exist. Names in snake case, which the platform takes too, are not taken here.
 */
export function checkMessage(value: unknown, message: Message): asserts value is Record<string, unknown> {
  if (!isObject(value)) throw unreadable('Root element must be a message.');
  checkFields(value, message, []);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `audienceMembers`, 3, `userData` as the platform tells it: `audience_members[3].user_data`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${snakeCase(part)}`))
    .join('')
    .replace(/^\./, '');
}

function checkFields(value: Record<string, unknown>, message: Message, path: Path): void {
  let chosen: string | undefined;
  for (const name in value) {
    const field = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined;
    if (field === undefined) {
      const at = path.length === 0 ? '' : ` at '${pathText(path)}'`;
      throw unreadable(`Unknown name "${name}"${at}: Cannot find field.`, pathText(path));
    }
    // Null is how JSON leaves a field out.
    if (value[name] === null) continue;
    if (message.oneOf?.includes(name) === true) {
      if (chosen !== undefined) {
        throw unreadable(`oneof field '${chosen}' is already set. Cannot set '${name}'`, pathText(path));
      }
      chosen = name;
    }
    path.push(name);
    checkField(value[name], field, path);
    path.pop();
  }
}

function checkField(value: unknown, field: FieldType | Field, path: Path): void {
  const isPlain = typeof field === 'string' || Array.isArray(field) || !('type' in field);
  if (isPlain) return checkValue(value, field, path);
  if (field.repeated !== true) return checkValue(value, field.type, path);
  if (!Array.isArray(value)) throw invalidValue(path, 'a list');
  for (let index = 0; index < value.length; index += 1) {
    path.push(index);
    checkValue(value[index], field.type, path);
    path.pop();
  }
}

function checkValue(value: unknown, type: FieldType, path: Path): void {
  if (typeof type === 'string') {
    if (IS_OF[type]?.(value) !== true) throw invalidValue(path, `TYPE_${type.toUpperCase()}`, value);
  } else if (isEnum(type)) {
    if (typeof value !== 'string' || !type.includes(value)) throw invalidValue(path, 'enum', value);
  } else {
    if (!isObject(value)) throw invalidValue(path, 'a message');
    checkFields(value, type, path);
  }
}

function isEnum(type: readonly string[] | Message): type is readonly string[] {
  return Array.isArray(type);
}

/** The platform quotes the value, so a caller must not hand its words on. */
function invalidValue(path: Path, wanted: string, value?: unknown): Error {
  const quoted = typeof value === 'string' || typeof value === 'number' ? `, ${JSON.stringify(value)}` : '';
  return unreadable(`Invalid value at '${pathText(path)}' (${wanted})${quoted}`, pathText(path));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
