import { type ErrorObject, invalid } from '../api/api-error.js';
import {
  type AttributeRule,
  type AttributeRules,
  checkType,
  checkValues,
  isObject,
  type Values,
} from '../api/body-reader.js';
import { isEmail } from './identifiers.js';
import { IDENTIFIERS, LOCATION_ATTRIBUTES, PLAIN_ATTRIBUTES } from './profile.js';

const TEXT: AttributeRule = { kind: 'string', nullable: true };
const NESTED: AttributeRule = { kind: 'object', nullable: true };
const LONGEST_EXTERNAL_ID = 255;

/** https://developers.klaviyo.com/en/reference/create_profile; `anonymous_id` is gone since the revision 2026-01-15. */
const ATTRIBUTES: AttributeRules = {
  ...Object.fromEntries([...IDENTIFIERS, ...PLAIN_ATTRIBUTES].map((name) => [name, TEXT])),
  external_id: { ...TEXT, maxLength: LONGEST_EXTERNAL_ID },
  location: NESTED,
  properties: NESTED,
};
/** Klaviyo's own encrypted identifier is taken by upserts only. */
const UPSERT_ATTRIBUTES: AttributeRules = { ...ATTRIBUTES, _kx: TEXT };

const LOCATION: AttributeRules = {
  ...Object.fromEntries(LOCATION_ATTRIBUTES.map((name) => [name, TEXT])),
  latitude: { kind: 'coordinate', nullable: true },
  longitude: { kind: 'coordinate', nullable: true },
};
const META: AttributeRules = { patch_properties: NESTED };
const PATCHES: AttributeRules = { append: NESTED, unappend: NESTED, unset: { kind: 'any', nullable: true } };

/** Changes of properties that keep the rest of them. */
export interface PropertyPatch {
  readonly append: Values;
  readonly unappend: Values;
  readonly unset: readonly string[];
}

/** One profile as a call describes it, well-formed. Phones may still be none. */
export interface ProfileRow {
  readonly id?: string;
  readonly attributes: Values;
  readonly location: Values;
  readonly properties: Values;
  readonly patch?: PropertyPatch;
}

/** How a call describes profiles. */
export interface RowForm {
  /** Takes `_kx` and `meta`. */
  readonly upsert: boolean;
  /** Something in the row must say who is meant. */
  readonly identified: boolean;
}

/** Reads one profile at `pointer`; adds every mistake it finds, and returns nothing then. */
export function readProfileRow(
  value: unknown,
  pointer: string,
  form: RowForm,
  errors: ErrorObject[],
): ProfileRow | undefined {
  const before = errors.length;
  if (!isObject(value) || !isObject(value['attributes'])) {
    errors.push(invalid("'attributes' is a required field for the resource 'profile'.", pointer));
    return undefined;
  }
  checkType(value, 'profile', pointer, errors);
  const { attributes, id } = value;
  const at = `${pointer}/attributes`;
  checkValues(attributes, form.upsert ? UPSERT_ATTRIBUTES : ATTRIBUTES, 'profile', at, errors);
  const { location, properties, email, ...rest } = attributes;
  if (isObject(location)) checkValues(location, LOCATION, 'location', `${at}/location`, errors);
  if (typeof email === 'string' && !isEmail(email)) errors.push(invalid('Invalid email address', `${at}/email`));
  const named = { id, email, ...rest } as Values;
  if (form.identified && ![...IDENTIFIERS, '_kx', 'id'].some((name) => isGiven(named[name]))) {
    errors.push(invalid('One of id, email, phone_number, external_id or _kx is required.', at));
  }
  const patch = readPatch(value['meta'], `${pointer}/meta`, errors);
  if (errors.length > before) return undefined;
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    attributes: email === undefined ? rest : { email, ...rest },
    location: isObject(location) ? location : {},
    properties: isObject(properties) ? properties : {},
    ...(patch === undefined ? {} : { patch }),
  };
}

function isGiven(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function readPatch(meta: unknown, pointer: string, errors: ErrorObject[]): PropertyPatch | undefined {
  if (meta === undefined || meta === null) return undefined;
  if (!isObject(meta)) {
    errors.push(invalid('meta must be an object.', pointer));
    return undefined;
  }
  checkValues(meta, META, 'profile', pointer, errors);
  const patch = meta['patch_properties'];
  if (!isObject(patch)) return undefined;
  checkValues(patch, PATCHES, 'profile', `${pointer}/patch_properties`, errors);
  const { append, unappend, unset } = patch;
  const names = unset === undefined || unset === null ? [] : Array.isArray(unset) ? (unset as unknown[]) : [unset];
  if (names.some((name) => typeof name !== 'string')) {
    errors.push(invalid("Invalid value for 'unset'.", `${pointer}/patch_properties/unset`));
  }
  return {
    append: isObject(append) ? append : {},
    unappend: isObject(unappend) ? unappend : {},
    unset: names as string[],
  };
}
