import { refused, violation } from '../api/api-error.js';
import { type UserList } from './user-list.js';

/** The fields that lists can be found by: https://developers.google.com/data-manager/api/reference/rest */
const FIELDS: Readonly<Record<string, (list: UserList) => string>> = {
  id: ({ id }) => id,
  display_name: ({ displayName }) => displayName,
  description: ({ description }) => description,
  membership_status: ({ membershipStatus }) => membershipStatus,
  integration_code: ({ integrationCode }) => integrationCode,
  access_reason: ({ accessReason }) => accessReason,
  'ingested_user_list_info.upload_key_types': ({ uploadKeyType = '' }) => uploadKeyType,
};

const OPERATORS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  '=': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  '>': (value, wanted) => Number(value) > Number(wanted),
  '>=': (value, wanted) => Number(value) >= Number(wanted),
  '<': (value, wanted) => Number(value) < Number(wanted),
  '<=': (value, wanted) => Number(value) <= Number(wanted),
  ':': (value, wanted) => value.includes(wanted),
};

const COMPARISON = /\s*([A-Za-z_.]+)\s*(!=|>=|<=|=|>|<|:)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*/y;
const AND = /AND\b/y;

/**
 * Reads a filter of AIP-160: comparisons with the field on the left, joined by AND. Names are all in camel case or all in
 * snake case. https://google.aip.dev/160
 */
export function readListFilter(text: string): (list: UserList) => boolean {
  if (text.trim() === '') return () => true;
  const tests: ((list: UserList) => boolean)[] = [];
  const names: string[] = [];
  for (let at = 0; ;) {
    COMPARISON.lastIndex = at;
    const [, name = '', operator = '', quoted, bare = ''] = COMPARISON.exec(text) ?? [];
    const field = FIELDS[snakeCase(name)];
    const compare = OPERATORS[operator];
    if (field === undefined || compare === undefined) throw invalidFilter();
    const wanted = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    tests.push((list) => compare(field(list), wanted));
    names.push(name);
    at = COMPARISON.lastIndex;
    if (at === text.length) break;
    AND.lastIndex = at;
    if (!AND.test(text)) throw invalidFilter();
    at = AND.lastIndex;
  }
  if (names.some((name) => name.includes('_')) && names.some((name) => /[A-Z]/.test(name))) throw invalidFilter();
  return (list) => tests.every((test) => test(list));
}

function invalidFilter(): Error {
  return refused(violation('filter', 'INVALID_FILTER', 'The filter is invalid.'));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
