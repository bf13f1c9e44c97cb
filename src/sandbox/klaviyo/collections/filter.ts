import { invalidParameter } from '../api/api-error.js';

/** One value of a filter; a time is written without quotes and counts in milliseconds. */
export type FilterValue =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'time'; readonly value: number }
  | { readonly kind: 'flag'; readonly value: boolean };

/** One comparison, as in `any(name,["a","b"])`. */
export interface Comparison {
  readonly operator: string;
  readonly field: string;
  readonly values: readonly FilterValue[];
  readonly isArray: boolean;
}

/** A line that cannot be read: the platform says no more than this. */
export function invalidFilter(): Error {
  return invalidParameter('Invalid filter provided', 'filter');
}

/**
 * Reads a filter: comparisons joined by commas or by `and(...)`. Texts stand in quotes, times do not.
 * https://developers.klaviyo.com/en/docs/filtering_
 */
export function readFilter(text: string): Comparison[] {
  const reader = new FilterReader(text);
  const comparisons = reader.comparisons();
  if (!reader.atEnd()) throw invalidFilter();
  return comparisons;
}

class FilterReader {
  private at = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.at === this.text.length;
  }

  comparisons(): Comparison[] {
    const found = this.comparison();
    while (this.takes(',')) found.push(...this.comparison());
    return found;
  }

  private comparison(): Comparison[] {
    const operator = this.word(/[a-z-]+/y);
    this.expect('(');
    if (operator === 'and') {
      const inner = this.comparisons();
      this.expect(')');
      return inner;
    }
    const field = this.word(/[a-z_][a-z_.]*/y);
    this.expect(',');
    const isArray = this.takes('[');
    const values = isArray ? this.array() : [this.value()];
    this.expect(')');
    return [{ operator, field, values, isArray }];
  }

  private array(): FilterValue[] {
    const values = [this.value()];
    while (this.takes(',')) values.push(this.value());
    this.expect(']');
    return values;
  }

  private value(): FilterValue {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return { kind: 'text', value: this.quoted(quote) };
    const word = this.word(/[^,()[\]"'\s]+/y);
    if (word === 'true' || word === 'false') return { kind: 'flag', value: word === 'true' };
    const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(word);
    const time = isTime ? Date.parse(word) : Number.NaN;
    if (Number.isNaN(time)) throw invalidFilter();
    return { kind: 'time', value: time };
  }

  private quoted(quote: string): string {
    let value = '';
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const character = this.text[this.at] ?? '';
      if (character === quote) {
        this.at += 1;
        return value;
      }
      if (character === '\\') this.at += 1;
      value += character === '\\' ? (this.text[this.at] ?? '') : character;
    }
    throw invalidFilter();
  }

  /** Blanks may stand after a bracket or a comma. */
  private takes(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    while (this.text[this.at] === ' ') this.at += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.takes(character)) throw invalidFilter();
  }

  private word(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw invalidFilter();
    this.at += found.length;
    return found;
  }
}
