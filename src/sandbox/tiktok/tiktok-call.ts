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

  /** A list of 1 to `max` ids. */
  ids(name: string, max: number): string[] | undefined {
    const items = this.list(name);
    if (items === undefined) return undefined;
    if (items.length < 1 || items.length > max) {
      throw invalidParameter(`${name}: The length of the list must be between 1 and ${max}.`);
    }
    return items.map((item, index) => digits(item, `${name}[${index}]`));
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
