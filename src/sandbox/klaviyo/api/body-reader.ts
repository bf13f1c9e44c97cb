import { type ErrorObject, invalid, invalidBody, throwAll } from './api-error.js';
import { type ApiCall } from './operation.js';

/** What an attribute may be. Null is allowed where `nullable` says so. */
export interface AttributeRule {
  readonly kind: 'string' | 'boolean' | 'object' | 'coordinate' | 'any';
  readonly required?: true;
  readonly nullable?: true;
  readonly oneOf?: readonly string[];
  readonly maxLength?: number;
  readonly notBlank?: true;
}

export type AttributeRules = Readonly<Record<string, AttributeRule>>;
export type Values = Readonly<Record<string, unknown>>;

/** The resource that a body carries. */
export interface BodyResource {
  readonly id?: string;
  readonly attributes: Values;
  readonly relationships: Values;
  readonly meta: unknown;
}

/** Reads `{"data": {"type": ..., "attributes": ...}}`, with the id of the path where it is a change. */
export function readResource(call: ApiCall, type: string, pathId?: string): BodyResource {
  const { body } = call;
  if (!isObject(body) || !isObject(body['data'])) {
    throw invalidBody('The request body must be an object with a data object.');
  }
  const { data } = body;
  const errors: ErrorObject[] = [];
  checkType(data, type, '/data', errors);
  if (pathId !== undefined && data['id'] !== pathId) {
    const detail =
      data['id'] === undefined
        ? `'id' is a required field for the resource '${type}'.`
        : 'The id in the body must be the id in the path.';
    errors.push(invalid(detail, '/data/id'));
  }
  const { attributes, relationships } = data;
  if (!isObject(attributes)) {
    errors.push(invalid(`'attributes' is a required field for the resource '${type}'.`, '/data/attributes'));
  }
  if (relationships !== undefined && !isObject(relationships)) {
    errors.push(invalid('relationships must be an object.', '/data/relationships'));
  }
  throwAll(errors);
  return {
    ...(typeof data['id'] === 'string' ? { id: data['id'] } : {}),
    attributes: attributes as Values,
    relationships: isObject(relationships) ? relationships : {},
    meta: data['meta'],
  };
}

/** Reads `[{"type": ..., "id": ...}]`, found at `pointer`. */
export function readIdentifiers(value: unknown, type: string, pointer: string): string[] {
  if (!Array.isArray(value)) throw invalidBody('An array of resource identifiers is required.', pointer);
  const errors: ErrorObject[] = [];
  const ids = (value as unknown[]).map((item, index) => {
    if (!isObject(item)) {
      errors.push(invalid('A resource identifier must be an object.', `${pointer}/${index}`));
      return '';
    }
    checkType(item, type, `${pointer}/${index}`, errors);
    if (typeof item['id'] === 'string') return item['id'];
    errors.push(invalid(`'id' is a required field for the resource '${type}'.`, `${pointer}/${index}/id`));
    return '';
  });
  throwAll(errors);
  return ids;
}

/** Adds a mistake unless `data.type` is `type`. */
export function checkType(data: Values, type: string, pointer: string, errors: ErrorObject[]): void {
  if (data['type'] === type) return;
  const detail =
    data['type'] === undefined
      ? `'type' is a required field for the resource '${type}'.`
      : `Invalid resource type, expected '${type}'.`;
  errors.push(invalid(detail, `${pointer}/type`));
}

/** Adds a mistake for every value that breaks its rule, and for every one that has none. */
export function checkValues(
  values: Values,
  rules: AttributeRules,
  resource: string,
  pointer: string,
  errors: ErrorObject[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const detail =
      rule === undefined
        ? `'${name}' is not a valid field for the resource '${resource}'.`
        : mistake(name, value, rule);
    if (detail !== undefined) errors.push(invalid(detail, `${pointer}/${name}`));
  }
  for (const [name, rule] of Object.entries(rules)) {
    if (rule.required !== true || values[name] !== undefined) continue;
    errors.push(invalid(`'${name}' is a required field for the resource '${resource}'.`, `${pointer}/${name}`));
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mistake(name: string, value: unknown, rule: AttributeRule): string | undefined {
  if (value === null) return rule.nullable === true ? undefined : `'${name}' may not be null.`;
  if (!isOfKind(value, rule.kind)) return `Invalid value for '${name}'.`;
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value as string)) return `Invalid value for '${name}'.`;
  if (rule.maxLength !== undefined && (value as string).length > rule.maxLength) return `'${name}' is too long.`;
  if (rule.notBlank === true && (value as string).trim() === '') return `'${name}' may not be blank.`;
  return undefined;
}

function isOfKind(value: unknown, kind: AttributeRule['kind']): boolean {
  if (kind === 'any') return true;
  if (kind === 'object') return isObject(value);
  if (kind === 'coordinate') return typeof value === 'string' || typeof value === 'number';
  return typeof value === kind;
}
