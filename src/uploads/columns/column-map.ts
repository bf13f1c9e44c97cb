import { describeJsonError } from '../../common/multipart/json-error.js';
import { unreadable, wrongColumns } from '../upload-problems.js';
import { fieldNamed, isUserField, USER_FIELDS, type UserField } from './user-fields.js';

const MOST_COLUMNS = 100;

/** Header -> field, as the caller tells it. */
export type ColumnMapping = ReadonlyMap<string, UserField>;

/** A column that is read. */
export interface Column {
  /** Its place in a row, from 0. */
  readonly at: number;
  readonly field: UserField;
}

/**
 * Reads the part `columns`.
 *
 * @throws ProblemException 400
 */
export function parseColumns(json: string): ColumnMapping {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw wrongColumns([describeJsonError(json)]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongColumns(['must be a JSON object']);
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > MOST_COLUMNS) {
    throw wrongColumns([`must name from 1 to ${MOST_COLUMNS} columns`]);
  }
  if (!entries.every((entry): entry is [string, UserField] => isUserField(entry[1]))) {
    throw wrongColumns([`must give each column one of ${USER_FIELDS.join(', ')}`]);
  }
  const doubled = entries.find(([, field], at) => entries.findIndex((entry) => entry[1] === field) !== at);
  if (doubled) throw wrongColumns([`gives two columns the field ${doubled[1]}`]);
  return new Map(entries.map(([header, field]) => [header.trim(), field]));
}

/**
 * The columns to read. With a mapping these are the ones it names and no others; without, those whose header is the name of a
 * field.
 *
 * @throws ProblemException 400 for a column that is missing or stands twice, and when there is none to read
 */
export function columnsOf(header: readonly string[], mapping: ColumnMapping | undefined): readonly Column[] {
  return mapping ? mappedColumns(header, mapping) : namedColumns(header);
}

function mappedColumns(header: readonly string[], mapping: ColumnMapping): Column[] {
  const names = header.map((name) => name.trim());
  const mistakes: string[] = [];
  const columns: Column[] = [];
  for (const [name, field] of mapping) {
    const at = names.indexOf(name);
    const label = JSON.stringify(name);
    if (at === -1) mistakes.push(`names a column that the file does not have: ${label}`);
    else if (names.lastIndexOf(name) !== at) mistakes.push(`names a column that the file has twice: ${label}`);
    columns.push({ at, field });
  }
  if (mistakes.length > 0) throw wrongColumns(mistakes);
  return columns;
}

/** The header is not quoted here: in a file without one, it is a user. */
function namedColumns(header: readonly string[]): Column[] {
  const columns = header.flatMap((name, at) => {
    const field = fieldNamed(name);
    return field ? [{ at, field }] : [];
  });
  if (columns.length === 0) {
    throw unreadable('needs a first line with the names of its columns, and one of them known: say which with columns');
  }
  const doubled = columns.find(({ field }, at) => columns.findIndex((column) => column.field === field) !== at);
  if (doubled) throw unreadable(`has two columns for ${doubled.field}: say which with columns`);
  return columns;
}
