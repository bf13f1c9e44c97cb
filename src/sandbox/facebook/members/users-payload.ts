import { type Parameters } from '../graph-call.js';
import { GraphError, invalidParameter } from '../graph-error.js';
import { type PersonRow } from './member-set.js';
import { RowReader } from './row-reader.js';
import { COLUMN_KINDS, COLUMN_NAMES, SINGLE_KEY_SCHEMAS } from './schema-keys.js';

/** https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users */
export const MAX_ROWS = 10_000;
const MAX_SAMPLES = 100;

/** What the first upload makes the list, for good. */
export type DataSource = 'MULTI_HASHES' | 'HASHES_OR_USER_IDS';

/** A payload that may be applied. */
export interface UsersPayload {
  readonly schema: readonly string[];
  readonly dataSource: DataSource;
  readonly rows: readonly PersonRow[];
  /** Rows as they came, the invalid ones included. */
  readonly received: number;
  readonly invalid: number;
  readonly invalidSamples: Readonly<Record<string, string>>;
}

/** Reads `payload`: refused as a whole when its form is wrong, while badly filled rows are only counted. */
export function readUsersPayload(parameters: Parameters): UsersPayload {
  const payload = parameters.object('payload');
  if (payload === undefined) throw invalidParameter('Missing required parameter: payload');
  const legacy = typeof payload['schema'] === 'string' && !payload['schema'].trimStart().startsWith('[');
  const schema = legacy ? singleKeySchema(payload['schema']) : multiKeySchema(payload['schema']);
  const rows = rowsOf(payload['data'], schema.length, legacy);
  return {
    schema,
    dataSource: legacy ? 'HASHES_OR_USER_IDS' : 'MULTI_HASHES',
    received: rows.length,
    ...readRows(schema, rows),
  };
}

function readRows(schema: readonly string[], rows: readonly unknown[][]) {
  const reader = new RowReader(schema);
  const people: PersonRow[] = [];
  const invalidSamples: Record<string, string> = {};
  let invalid = 0;
  for (const [index, row] of rows.entries()) {
    const { person, valid } = reader.read(row);
    if (person !== undefined) people.push(person);
    if (valid) continue;
    // The samples show what was sent, as the platform does: a caller must not log them.
    if (invalid < MAX_SAMPLES) invalidSamples[String(index)] = JSON.stringify(row);
    invalid += 1;
  }
  return { rows: people, invalid, invalidSamples };
}

function multiKeySchema(value: unknown): string[] {
  const schema: unknown = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(schema) || schema.length === 0) throw schemaMismatch();
  const keys = schema.map(String);
  const unknown = keys.find((key) => !Object.hasOwn(COLUMN_KINDS, key));
  if (unknown !== undefined || new Set(keys).size !== keys.length) throw unknownKey();
  return keys;
}

function singleKeySchema(value: unknown): string[] {
  const column = typeof value === 'string' ? SINGLE_KEY_SCHEMAS[value] : undefined;
  if (column === undefined) throw unknownKey();
  return [column];
}

function rowsOf(value: unknown, width: number, flat: boolean): unknown[][] {
  const data: unknown = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(data) || data.length === 0) throw schemaMismatch();
  if (data.length > MAX_ROWS) {
    throw new GraphError(105, '(#105) The number of parameters exceeded the maximum for this operation');
  }
  const rows = flat ? (data as unknown[]).map((item) => [item]) : (data as unknown[]);
  for (const row of rows) {
    if (!Array.isArray(row) || row.length !== width || (flat && typeof row[0] === 'object')) throw schemaMismatch();
  }
  return rows as unknown[][];
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw schemaMismatch();
  }
}

function schemaMismatch(): GraphError {
  return invalidParameter('Data is missing or does not match schema');
}

function unknownKey(): GraphError {
  return invalidParameter(`Raw PII type is invalid. It must be one of {${COLUMN_NAMES.join(', ')}}`);
}
