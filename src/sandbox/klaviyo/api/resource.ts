import { type Query } from './query.js';

/** The links of a relationship. */
export function related(base: string, names: readonly string[]): Record<string, object> {
  return Object.fromEntries(
    names.map((name) => [name, { links: { self: `${base}relationships/${name}/`, related: `${base}${name}/` } }]),
  );
}

/** The attributes that `fields[...]` asks for, nested ones written with a dot; all of them without it. */
export function sparse(
  query: Query,
  type: string,
  attributes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  // What may be asked for is what there is, the id and the parts of nested attributes.
  const name = `fields[${type}]`;
  const asked = query.names(name, ['id', ...pathsOf(attributes)]);
  if (asked === undefined) return attributes;
  const shown: Record<string, unknown> = {};
  for (const path of asked) {
    const [head = '', ...rest] = path.split('.');
    if (!Object.hasOwn(attributes, head)) continue;
    if (rest.length === 0) shown[head] = attributes[head];
    else if (attributes[head] === null) shown[head] = null;
    else shown[head] = { ...(shown[head] as object), ...part(attributes[head], rest) };
  }
  return shown;
}

function part(value: unknown, [head = '', ...rest]: readonly string[]): Record<string, unknown> {
  const inner = (value as Record<string, unknown> | null)?.[head];
  return { [head]: rest.length === 0 ? inner : part(inner, rest) };
}

function pathsOf(attributes: Readonly<Record<string, unknown>>, prefix = ''): string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'properties';
    const inner = nested ? pathsOf(value as Record<string, unknown>, `${prefix}${name}.`) : [];
    return [`${prefix}${name}`, ...inner];
  });
}
