import { invalidParameter } from './graph-error.js';

/** One call of the Graph API: version, token and parameters have been read. */
export interface GraphCall {
  readonly method: string;
  readonly version: string;
  readonly origin: string;
  readonly token: string;
  /** The numeric id in the path, of an ad account (without `act_`) or of an audience; empty where there is none. */
  readonly id: string;
  readonly parameters: Parameters;
}

/**
 * Query and body parameters together, read strictly. Values of a form or a query are text, so numbers, flags and nested objects
 * are accepted as text too; nested objects as JSON.
 */
export class Parameters {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  has(name: string): boolean {
    return Object.hasOwn(this.values, name) && this.values[name] !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'string') throw invalidParameter(`Param ${name} must be a string`);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (value === true || value === 'true' || value === '1' || value === 1) return true;
    if (value === false || value === 'false' || value === '0' || value === 0) return false;
    throw invalidParameter(`Param ${name} must be a boolean`);
  }

  integer(name: string): number | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    return integerValue(value, name);
  }

  oneOf(name: string, allowed: readonly string[]): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !allowed.includes(value)) {
      throw invalidParameter(`Param ${name} must be one of {${allowed.join(', ')}}`);
    }
    return value;
  }

  object(name: string): Record<string, unknown> | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidParameter(`Param ${name} must be a JSON object.`);
    }
    return value as Record<string, unknown>;
  }

  array(name: string): unknown[] | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw invalidParameter(`Param ${name} must be an array.`);
    return value as unknown[];
  }

  /** The items of a comma-separated text or of a JSON array of texts. */
  list(name: string): string[] | undefined {
    const value = this.values[name];
    if (typeof value !== 'string' || value.trimStart().startsWith('[')) return this.array(name)?.map(String);
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** All parameters as they came, but those named. */
  except(...names: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.values).filter(([name]) => !names.includes(name)));
  }

  private json(name: string): unknown {
    const value = this.values[name];
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw invalidParameter(`Param ${name} must be valid JSON`);
    }
  }
}

/** `value` as an integer, given as a number or as its digits. */
export function integerValue(value: unknown, name: string): number {
  const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw invalidParameter(`Param ${name} must be an integer`);
  }
  return number;
}
