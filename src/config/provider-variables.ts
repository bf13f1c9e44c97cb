import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { ProviderSettings } from './config.js';

type Environment = ReadonlyMap<string, string>;

export interface ProviderTags {
  readonly tags: ReadonlyMap<string, object>;
  readonly problems: readonly string[];
  /** Variables that begin like the provider's and are none of them: mistyped, or of another program. */
  readonly unknown: readonly string[];
}

/** Where a field of a tag was read: the variable to name when its value is wrong, or when it is missing. */
interface FieldSource {
  readonly field: string;
  readonly variable: string;
  readonly value?: string;
  readonly isShared: boolean;
}

const DEFAULT_TAG = 'default';

/**
 * Builds every tag of one provider from `FACEBOOK_<VARIABLE>` and `FACEBOOK__<TAG>__<VARIABLE>`. What says where the platform
 * is (`BASE_URL` and every other `…_URL`) serves all tags of the provider unless a tag sets its own, and alone it makes no tag.
 */
export function readProviderTags(env: Environment, settings: ProviderSettings): ProviderTags {
  const prefix = screamingSnake(settings.id);
  const fields = Object.keys(new settings.tag());
  const named = namedTags(env, prefix, fields);
  const problems = [...named.problems];
  const tags = new Map<string, object>();
  for (const tag of [DEFAULT_TAG, ...named.tags]) {
    const sources = fields.map((field) => sourceOf(env, prefix, tag, field));
    const isBegun = sources.some(({ value, isShared }) => value !== undefined && !isShared);
    if (!isBegun) continue;
    const built = buildTag(settings.tag, sources);
    tags.set(tag, built.tag);
    problems.push(...built.problems);
  }
  return { tags, problems, unknown: tags.has(DEFAULT_TAG) ? unknownVariables(env, prefix, fields) : [] };
}

function unknownVariables(env: Environment, prefix: string, fields: readonly string[]): string[] {
  const known = new Set(fields.map((field) => `${prefix}_${screamingSnake(field)}`));
  return [...env.keys()].filter(
    (variable) => variable.startsWith(`${prefix}_`) && !variable.startsWith(`${prefix}__`) && !known.has(variable),
  );
}

/** The further tags that variables speak of, and the variables that speak of nothing. */
function namedTags(env: Environment, prefix: string, fields: readonly string[]) {
  const known = new Set(fields.map(screamingSnake));
  const tags = new Set<string>();
  const problems: string[] = [];
  for (const variable of env.keys()) {
    if (!variable.startsWith(`${prefix}__`)) continue;
    const [tag = '', name = '', ...rest] = variable.slice(prefix.length + 2).split('__');
    if (!/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(tag) || rest.length > 0 || !known.has(name)) {
      problems.push(`${variable} is unknown: ${prefix}__<TAG>__<VARIABLE> takes ${[...known].join(', ')}`);
    } else if (tag === DEFAULT_TAG.toUpperCase()) {
      problems.push(`${variable} is written ${prefix}_${name}: a tag cannot be called ${DEFAULT_TAG}`);
    } else {
      tags.add(tag.toLowerCase().replaceAll('_', '-'));
    }
  }
  return { tags: [...tags].sort(), problems };
}

function sourceOf(env: Environment, prefix: string, tag: string, field: string): FieldSource {
  const name = screamingSnake(field);
  const shared = `${prefix}_${name}`;
  const isAddress = name.endsWith('_URL');
  if (tag === DEFAULT_TAG) {
    return { field, variable: shared, value: env.get(shared), isShared: isAddress };
  }
  const own = `${prefix}__${screamingSnake(tag)}__${name}`;
  if (isAddress && !env.has(own) && env.has(shared)) {
    return { field, variable: shared, value: env.get(shared), isShared: true };
  }
  return { field, variable: own, value: env.get(own), isShared: false };
}

function buildTag(type: new () => object, sources: readonly FieldSource[]): { tag: object; problems: string[] } {
  const set = sources.filter(({ value }) => value !== undefined);
  const tag = plainToInstance(type, Object.fromEntries(set.map(({ field, value }) => [field, value])));
  takeTypesFromDefaults(tag, new type());
  const byField = new Map(sources.map((source) => [source.field, source]));
  const errors = validateSync(tag, { stopAtFirstError: true, forbidUnknownValues: false });
  return { tag, problems: errors.map((error) => describe(error, byField)) };
}

/** A field whose default is a boolean or a number need not say how its text is read. */
function takeTypesFromDefaults(tag: object, defaults: object): void {
  const values = tag as Record<string, unknown>;
  for (const [field, byDefault] of Object.entries(defaults)) {
    const value = values[field];
    if (typeof value !== 'string') continue;
    if (typeof byDefault === 'number') values[field] = Number(value);
    if (typeof byDefault === 'boolean' && /^(true|false)$/.test(value)) values[field] = value === 'true';
  }
}

function describe(error: ValidationError, sources: ReadonlyMap<string, FieldSource>): string {
  const source = sources.get(error.property);
  const variable = source?.variable ?? error.property;
  if (source?.value === undefined) return `${variable} is missing`;
  const message = Object.values(error.constraints ?? {})[0] ?? 'is not valid';
  const ending = message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message;
  // A rule over several fields speaks of them by their names in the class.
  const inVariables = ending.replace(/\b[a-z]+(?:[A-Z]\w*)+/g, (word) => sources.get(word)?.variable ?? word);
  return `${variable} ${inVariables}`;
}

/** `adAccountId` and `eu-west` as they stand in the environment: `AD_ACCOUNT_ID`, `EU_WEST`. */
function screamingSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}
