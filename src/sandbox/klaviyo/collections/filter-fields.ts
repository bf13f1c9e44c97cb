import { invalidParameter } from '../api/api-error.js';
import { type Comparison, type FilterValue, invalidFilter, readFilter } from './filter.js';
import { type ApiCall } from '../api/operation.js';

/** As many as a page has members at most. */
const MOST_VALUES = 100;

const TIME_OPERATORS: Readonly<Record<string, (actual: number, wanted: number) => boolean>> = {
  'greater-than': (actual, wanted) => actual > wanted,
  'greater-or-equal': (actual, wanted) => actual >= wanted,
  'less-than': (actual, wanted) => actual < wanted,
  'less-or-equal': (actual, wanted) => actual <= wanted,
};

/** A field that a collection can be filtered by. */
export interface FilterField<Item> {
  readonly kind: FilterValue['kind'];
  readonly operators: readonly string[];
  readonly read: (item: Item) => string | number | boolean | undefined;
  /** Upper and lower case are the same. */
  readonly folded?: true;
}

export type FilterFields<Item> = Readonly<Record<string, FilterField<Item>>>;

/** The items of a collection that the `filter` of the call lets through. */
export function filtered<Item>(call: ApiCall, items: readonly Item[], fields: FilterFields<Item>): readonly Item[] {
  const text = call.query.text('filter');
  if (text === undefined) return items;
  const tests = readFilter(text).map((comparison) => testOf(comparison, fields));
  return items.filter((item) => tests.every((test) => test(item)));
}

function testOf<Item>(comparison: Comparison, fields: FilterFields<Item>): (item: Item) => boolean {
  const { field: name, operator, values, isArray } = comparison;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw invalidParameter(`'${name}' is not a filterable field.`, 'filter');
  if (!field.operators.includes(operator)) {
    throw invalidParameter(`'${operator}' is not a valid operator for the field '${name}'.`, 'filter');
  }
  if (values.some(({ kind }) => kind !== field.kind) || (operator === 'any' && !isArray)) throw invalidFilter();
  if (operator !== 'any' && values.length > 1) throw invalidFilter();
  if (values.length > MOST_VALUES) throw invalidParameter(`At most ${MOST_VALUES} values are allowed.`, 'filter');
  const compare = TIME_OPERATORS[operator];
  if (compare !== undefined) return (item) => compare(Number(field.read(item)), Number(values[0]?.value));
  const fold = (value: unknown): unknown => (field.folded === true ? String(value).toLowerCase() : value);
  const wanted = new Set(values.map(({ value }) => fold(value)));
  return (item) => {
    const actual = field.read(item);
    return actual !== undefined && wanted.has(fold(actual));
  };
}
