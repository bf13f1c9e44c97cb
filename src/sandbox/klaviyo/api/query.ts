import { invalidParameter } from './api-error.js';

/** The query of a call, read strictly: what an operation does not know is refused, so that a misspelling shows. */
export class Query {
  private readonly values: Readonly<Record<string, string>>;

  constructor(raw: Readonly<Record<string, unknown>>, known: readonly string[]) {
    for (const [name, value] of Object.entries(raw)) {
      if (!known.includes(name)) throw invalidParameter(`'${name}' is not a valid parameter for this endpoint.`, name);
      if (typeof value !== 'string') throw invalidParameter(`'${name}' may be given once.`, name);
    }
    this.values = raw as Record<string, string>;
  }

  text(name: string): string | undefined {
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  /** The items of a comma-separated list, each one of `allowed`. */
  names(name: string, allowed: readonly string[]): string[] | undefined {
    const items = this.text(name)?.split(',');
    const unknown = items?.find((item) => !allowed.includes(item));
    if (unknown !== undefined) throw invalidParameter(`'${unknown}' is not a valid value for '${name}'.`, name);
    return items;
  }

  /** A whole number from 1 to `largest`. */
  size(name: string, byDefault: number, largest: number): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const size = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (size < 1 || size > largest) {
      throw invalidParameter(`Page size must be an integer between 1 and ${largest}.`, name);
    }
    return size;
  }

  /** All parameters as they came. */
  all(): string {
    return new URLSearchParams(this.values).toString();
  }

  /** All parameters, with another page. */
  withCursor(cursor: string): string {
    return new URLSearchParams({ ...this.values, 'page[cursor]': cursor }).toString();
  }
}
