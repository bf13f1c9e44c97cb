import { objectOf, refuseUnknown } from '../rest/rest-call.js';
import { badRequest } from '../rest/rest-error.js';

const FIELDS = ['action', 'userIds', 'firstName', 'lastName', 'title', 'company', 'country'];
const LONGEST: Readonly<Record<string, number>> = { firstName: 35, lastName: 35, title: 50, company: 50 };
const MOST_IDS = 10;

const ID_TYPES: Readonly<Record<string, readonly [pattern: RegExp, rule: string]>> = {
  SHA256_EMAIL: [/^[0-9a-f]{64}$/, '64 lower-case hex characters'],
  SHA512_EMAIL: [/^[0-9a-f]{128}$/, '128 lower-case hex characters'],
  GOOGLE_AID: [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a lower-case advertising id'],
};

/** One person to add or to take out. */
export interface UserElement {
  readonly action: 'ADD' | 'REMOVE';
  /** `SHA256_EMAIL:86e0…`; of a person without ids, the names. */
  readonly ids: readonly string[];
  /** As they came, for tests to look at. */
  readonly columns: Readonly<Record<string, unknown>>;
}

/**
 * Reads one element of `/users`, or refuses it.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users
 */
export function readElement(value: unknown): UserElement {
  const fields = objectOf(value, 'The element');
  refuseUnknown(fields, FIELDS, 'The element');
  const { action, userIds, country, ...texts } = fields;
  if (action !== 'ADD' && action !== 'REMOVE') throw badRequest('action must be ADD or REMOVE', 'FIELD_INVALID');
  for (const [name, max] of Object.entries(LONGEST)) checkText(name, fields[name], max);
  if (country !== undefined && (typeof country !== 'string' || !/^[A-Za-z]{2}$/.test(country))) {
    throw badRequest('country must be an ISO 3166-1 alpha-2 code', 'FIELD_INVALID');
  }
  const pairs = userIds === undefined ? [] : idsOf(userIds);
  const columns = { ...Object.fromEntries(pairs), ...texts, ...(country === undefined ? {} : { country }) };
  if (pairs.length > 0) return { action, ids: pairs.map((pair) => pair.join(':')), columns };
  if (fields['firstName'] === undefined || fields['lastName'] === undefined) {
    throw badRequest('userIds or both firstName and lastName are required', 'MISSING_FIELD');
  }
  return { action, ids: [`NAME:${JSON.stringify(columns)}`], columns };
}

function idsOf(userIds: unknown): (readonly [type: string, value: string])[] {
  if (!Array.isArray(userIds) || userIds.length < 1 || userIds.length > MOST_IDS) {
    throw badRequest(`userIds must be an array of 1 to ${MOST_IDS} ids`, 'FIELD_INVALID');
  }
  return userIds.map((entry) => {
    const fields = objectOf(entry, 'userIds');
    refuseUnknown(fields, ['idType', 'idValue'], 'userIds');
    const { idType, idValue } = fields;
    const rule = typeof idType === 'string' && Object.hasOwn(ID_TYPES, idType) ? ID_TYPES[idType] : undefined;
    if (rule === undefined) throw badRequest('idType is not one of the known types', 'FIELD_INVALID');
    if (typeof idValue !== 'string' || !rule[0].test(idValue)) {
      throw badRequest(`idValue must be ${rule[1]}`, 'FIELD_INVALID');
    }
    return [idType as string, idValue] as const;
  });
}

function checkText(name: string, value: unknown, max: number): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || value.length < 1 || value.length > max) {
    throw badRequest(`${name} must be a text of 1 to ${max} characters`, 'FIELD_INVALID');
  }
}
