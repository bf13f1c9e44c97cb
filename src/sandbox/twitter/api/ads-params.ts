import { invalidParameter, missingParameter } from './ads-error.js';
import { type Parameter } from './oauth-signature.js';

/** The parameters of one call, which are all text, and what was understood of them, to be repeated in the answer. */
export class AdsParams {
  private readonly values: ReadonlyMap<string, string>;
  private readonly understood: Record<string, unknown> = {};

  /** @throws AdsError where a parameter stands twice */
  constructor(parameters: readonly Parameter[]) {
    this.values = new Map(parameters);
    const doubled = parameters.find(([name], at) => parameters.findIndex(([other]) => other === name) !== at);
    if (doubled !== undefined) throw invalidParameter(doubled[0], `"${doubled[0]}" was given more than once`);
  }

  /** `request.params` of the answer. */
  get echo(): Readonly<Record<string, unknown>> {
    return { ...Object.fromEntries(this.values), ...this.understood };
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    return this.values.get(name);
  }

  /** A text of 1 to `most` characters. */
  required(name: string, most: number): string {
    const value = this.values.get(name);
    if (value === undefined || value === '') throw missingParameter(name);
    return this.limited(name, value, most);
  }

  limited(name: string, value: string, most: number): string {
    const length = Array.from(value).length;
    if (length < 1 || length > most) throw invalidParameter(name, `Expected 1 to ${most} characters for "${name}"`);
    return value;
  }

  integer(name: string, least: number, most: number, byDefault: number): number {
    const text = this.values.get(name);
    if (text === undefined) return byDefault;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw invalidParameter(name, `Expected an integer between ${least} and ${most} for "${name}"`);
    }
    this.understood[name] = value;
    return value;
  }

  flag(name: string, byDefault = false): boolean {
    const text = this.values.get(name);
    if (text === undefined) return byDefault;
    if (text !== 'true' && text !== 'false') throw invalidParameter(name, `Expected a boolean for "${name}"`);
    this.understood[name] = text === 'true';
    return text === 'true';
  }

  oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const text = this.values.get(name);
    if (text === undefined) return undefined;
    const found = allowed.find((one) => one === text);
    if (found === undefined) throw invalidParameter(name, `Expected one of ${allowed.join(', ')} for "${name}"`);
    return found;
  }

  /** A comma-separated list of at most `most` values. */
  list(name: string, most: number): readonly string[] | undefined {
    const text = this.values.get(name);
    if (text === undefined) return undefined;
    const values = text.split(',').map((value) => value.trim());
    if (values.length > most || values.includes('')) {
      throw invalidParameter(name, `Expected at most ${most} values for "${name}"`);
    }
    this.understood[name] = values;
    return values;
  }
}
