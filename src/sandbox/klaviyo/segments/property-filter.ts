import { type ErrorObject, invalid } from '../api/api-error.js';
import { isObject } from '../api/body-reader.js';
import { IDENTIFIERS, LOCATION_ATTRIBUTES, PLAIN_ATTRIBUTES, type Profile } from '../profiles/profile.js';

type Test = (value: unknown) => boolean;
/** The tests of one kind of filter by operator, each made from the value of the filter. */
type Tests = Readonly<Record<string, (wanted: unknown) => Test>>;

const STRING: Tests = {
  equals: (wanted) => text((value) => value === wanted),
  contains: (wanted) => text((value) => value.includes(String(wanted))),
  'starts-with': (wanted) => text((value) => value.startsWith(String(wanted))),
  'ends-with': (wanted) => text((value) => value.endsWith(String(wanted))),
  regex: (wanted) => text((value) => new RegExp(String(wanted)).test(value)),
  in: (wanted) => text((value) => Array.isArray(wanted) && wanted.includes(value)),
};
const NEGATED_STRING: Tests = {
  'not-equals': (wanted) => not(STRING['equals']?.(wanted)),
  'not-contains': (wanted) => not(STRING['contains']?.(wanted)),
  'not-starts-with': (wanted) => not(STRING['starts-with']?.(wanted)),
  'not-ends-with': (wanted) => not(STRING['ends-with']?.(wanted)),
  nregex: (wanted) => not(STRING['regex']?.(wanted)),
  'not-in': (wanted) => not(STRING['in']?.(wanted)),
};
const NUMERIC: Tests = {
  equals: (wanted) => (value) => value === wanted,
  'not-equals': (wanted) => (value) => typeof value === 'number' && value !== wanted,
  'greater-than': (wanted) => number((value) => value > Number(wanted)),
  'greater-than-or-equal': (wanted) => number((value) => value >= Number(wanted)),
  'less-than': (wanted) => number((value) => value < Number(wanted)),
  'less-than-or-equal': (wanted) => number((value) => value <= Number(wanted)),
};
const EXISTENCE: Tests = {
  'is-set': () => (value) => value !== undefined,
  'not-set': () => (value) => value === undefined,
};
const LIST: Tests = {
  contains: (wanted) => (value) => Array.isArray(value) && value.includes(wanted),
  'not-contains': (wanted) => (value) => !Array.isArray(value) || !value.includes(wanted),
};

interface FilterKind {
  readonly tests: Tests;
  readonly fits: (wanted: unknown, operator: string) => boolean;
}

const KINDS: Readonly<Record<string, FilterKind>> = {
  string: { tests: { ...STRING, ...NEGATED_STRING }, fits: fitsString },
  numeric: { tests: NUMERIC, fits: (wanted) => typeof wanted === 'number' },
  boolean: {
    tests: { equals: (wanted) => (value) => value === wanted },
    fits: (wanted) => typeof wanted === 'boolean',
  },
  existence: { tests: EXISTENCE, fits: (wanted) => wanted === undefined },
  list: { tests: LIST, fits: (wanted) => typeof wanted === 'string' || Number.isInteger(wanted) },
};

/** Reads a condition on a property of the profile: `email`, `location['country']`, `properties['plan']`. */
export function propertyCondition(
  condition: Readonly<Record<string, unknown>>,
  pointer: string,
  errors: ErrorObject[],
): (profile: Profile) => boolean {
  const read = readerOf(condition['property']);
  if (read === undefined) errors.push(invalid("Invalid value for 'property'.", `${pointer}/property`));
  const filter = isObject(condition['filter']) ? condition['filter'] : {};
  const { type, operator, value } = filter;
  const kind = typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const test = typeof operator === 'string' && kind && Object.hasOwn(kind.tests, operator) && kind.tests[operator];
  if (!kind || !test || !kind.fits(value, operator)) {
    errors.push(invalid('Invalid filter.', `${pointer}/filter`));
    return () => false;
  }
  const passes = test(value);
  return (profile) => passes(read?.(profile));
}

function readerOf(property: unknown): ((profile: Profile) => unknown) | undefined {
  if (typeof property !== 'string') return undefined;
  if ([...IDENTIFIERS, ...PLAIN_ATTRIBUTES].some((name) => name === property)) {
    return ({ attributes }) => attributes[property];
  }
  const [, kind, name = ''] = /^(properties|location)\['(.+)'\]$/s.exec(property) ?? [];
  if (kind === 'properties') return ({ properties }) => properties[name];
  const isLocation = kind === 'location' && LOCATION_ATTRIBUTES.some((known) => known === name);
  return isLocation ? ({ location }) => location[name] : undefined;
}

function fitsString(wanted: unknown, operator: string): boolean {
  if (operator === 'in' || operator === 'not-in') {
    return Array.isArray(wanted) && wanted.every((item) => typeof item === 'string');
  }
  if (typeof wanted !== 'string') return false;
  return !operator.endsWith('regex') || isPattern(wanted);
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
}

function text(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function number(test: (value: number) => boolean): Test {
  return (value) => typeof value === 'number' && test(value);
}

function not(test: Test | undefined): Test {
  return (value) => test?.(value) !== true;
}
