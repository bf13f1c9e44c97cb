import { invalidParameter } from './tiktok-error.js';

/** A file part as it came. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** One call: path and token have been checked, its fields are still to be read. */
export interface TikTokCall {
  readonly token: string;
  readonly fields: Fields;
  readonly bodyBytes: number;
  readonly file?: UploadedFile;
}

/** What a call is answered: `partial` makes it code 20001 instead of success. */
export interface TikTokAnswer {
  readonly data: object;
  readonly partial?: string;
}

const DIGITS = /^\d{1,20}$/;

/** The fields of a body, or those of a query, where numbers are text and lists are JSON. Null means absent. */
export class Fields {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly source: 'body' | 'query',
  ) {}

  has(name: string): boolean {
    return Object.hasOwn(this.values, name) && this.values[name] !== undefined && this.values[name] !== null;
  }

  /** Refuses the call when any of the fields is absent, naming all of them that are. */
  require(...names: readonly string[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length > 0) throw invalidParameter(`Missing required field(s): ${missing.join(', ')}.`);
  }

  text(name: string): string | undefined {
    if (!this.has(name)) return undefined;
    const value = this.values[name];
    if (typeof value !== 'string') throw invalidParameter(`${name}: The field must be a string.`);
    return value;
  }

  /** A text of 1 to `max` characters. */
  name(name: string, max: number): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const length = Array.from(value).length;
    if (length < 1 || length > max) throw invalidParameter(`${name}: The length must be between 1 and ${max}.`);
    return value;
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw invalidParameter(`${name}: The value must be one of ${allowed.join(', ')}.`);
    return found;
  }

  integer(name: string, min: number, max: number): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.values[name];
    const number = this.source === 'query' && typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      throw invalidParameter(`${name}: The value must be an integer between ${min} and ${max}.`);
    }
    return number;
  }

  /** The required `advertiser_id`: digits, as text or, as some of the platform's examples have it, as a number. */
  advertiserId(): string {
    this.require('advertiser_id');
    const value = this.values['advertiser_id'];
    if (Number.isSafeInteger(value)) return digits(String(value), 'advertiser_id');
    return digits(value, 'advertiser_id');
  }

  /** A required id: digits, as text only, because ids do not fit a number. */
  id(name: string): string {
    this.require(name);
    return digits(this.values[name], name);
  }

  list(name: string): readonly unknown[] | undefined {
    if (!this.has(name)) return undefined;
    const value = this.source === 'query' ? parsedJson(this.values[name]) : this.values[name];
    if (!Array.isArray(value)) throw invalidParameter(`${name}: The field must be an array.`);
    return value as unknown[];
  }

  /** The fields of an object in a body. */
  object(name: string): Fields {
    this.require(name);
    return fieldsOf(this.values[name], name);
  }

  /** A list of 1 to `max` objects. */
  objects(name: string, max: number): Fields[] {
    this.require(name);
    const items = this.list(name) ?? [];
    requireLength(items, name, max);
    return items.map((item, index) => fieldsOf(item, `${name}[${index}]`));
  }

  /** A list of 1 to `max` texts of 1 to `longest` characters. */
  texts(name: string, max: number, longest: number): string[] | undefined {
    const items = this.list(name);
    if (items === undefined) return undefined;
    requireLength(items, name, max);
    return items.map((item, index) => {
      if (typeof item === 'string' && item !== '' && item.length <= longest) return item;
      throw invalidParameter(`${name}[${index}]: The length must be between 1 and ${longest}.`);
    });
  }

  flag(name: string): boolean | undefined {
    if (!this.has(name)) return undefined;
    const value = this.values[name];
    if (typeof value !== 'boolean') throw invalidParameter(`${name}: The field must be a boolean.`);
    return value;
  }

  /** A list of 1 to `max` ids. */
  ids(name: string, max: number): string[] | undefined {
    const items = this.list(name);
    if (items === undefined) return undefined;
    requireLength(items, name, max);
    return items.map((item, index) => digits(item, `${name}[${index}]`));
  }
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter(`${name}: The field must be an object.`);
  }
  return new Fields(value as Record<string, unknown>, 'body');
}

function requireLength(items: readonly unknown[], name: string, max: number): void {
  if (items.length < 1 || items.length > max) {
    throw invalidParameter(`${name}: The length of the list must be between 1 and ${max}.`);
  }
}

function digits(value: unknown, name: string): string {
  if (typeof value !== 'string' || !DIGITS.test(value)) {
    throw invalidParameter(`${name}: The field must be a string of digits.`);
  }
  return value;
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
