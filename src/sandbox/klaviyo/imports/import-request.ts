import { type ErrorObject, invalid, invalidBody, throwAll } from '../api/api-error.js';
import {
  type AttributeRules,
  checkValues,
  isObject,
  readIdentifiers,
  readResource,
  type Values,
} from '../api/body-reader.js';
import { type ApiCall } from '../api/operation.js';
import { type ProfileRow, readProfileRow } from '../profiles/profile-row.js';

export const IMPORT_TYPE = 'profile-bulk-import-job';
const POINTER = '/data/attributes/profiles/data';

const MAX_ROWS = 10_000;
const MAX_BODY_BYTES = 5_000_000;
const MAX_ROW_BYTES = 100_000;

const JOB: AttributeRules = { profiles: { kind: 'object', required: true } };
const FORM = { upsert: true, identified: true };

/** A well-formed import. */
export interface ImportRequest {
  readonly rows: readonly ProfileRow[];
  readonly listIds: readonly string[];
}

/** Reads an import. One bad row refuses all of it, and every bad row is named. */
export function readImport(call: ApiCall): ImportRequest {
  if (call.bodyBytes > MAX_BODY_BYTES) throw invalidBody('The payload is larger than 5MB.');
  const { attributes, relationships } = readResource(call, IMPORT_TYPE);
  const errors: ErrorObject[] = [];
  checkValues(attributes, JOB, IMPORT_TYPE, '/data/attributes', errors);
  throwAll(errors);
  const { data } = attributes['profiles'] as Values;
  if (!Array.isArray(data) || data.length < 1) throw invalidBody('At least one profile is required.', POINTER);
  if (data.length > MAX_ROWS) throw invalidBody(`At most ${MAX_ROWS} profiles are allowed.`, POINTER);
  const rows = rowsOf(data as unknown[], call.bodyBytes > MAX_ROW_BYTES, errors);
  throwAll(errors);
  return { rows, listIds: listIdsOf(call, relationships) };
}

function rowsOf(data: readonly unknown[], mayBeLarge: boolean, errors: ErrorObject[]): ProfileRow[] {
  const rows: ProfileRow[] = [];
  data.forEach((item, index) => {
    const pointer = `${POINTER}/${index}`;
    if (mayBeLarge && Buffer.byteLength(JSON.stringify(item)) > MAX_ROW_BYTES) {
      errors.push(invalid('The profile is larger than 100KB.', pointer));
      return;
    }
    const row = readProfileRow(item, pointer, FORM, errors);
    if (row !== undefined) rows.push(row);
  });
  return rows;
}

function listIdsOf(call: ApiCall, relationships: Values): string[] {
  const { lists } = relationships;
  if (lists === undefined) return [];
  const ids = readIdentifiers(isObject(lists) ? lists['data'] : undefined, 'list', '/data/relationships/lists/data');
  const unknown = ids.find((id) => call.account.lists.find(id) === undefined);
  if (unknown !== undefined) throw invalidBody(`List ID ${unknown} does not exist.`);
  return [...new Set(ids)];
}
