import { type PersonRow } from './member-set.js';
import { PersonKeyWriter } from './person-key.js';
import { type ColumnKind, COLUMN_KINDS, COLUMN_NAMES, isIdentifier } from './schema-keys.js';

const MD5 = /^[0-9a-f]{32}$/;
/** SHA-256 of the empty text: a digest of nobody. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly number: number;
  readonly position: number;
}

/** What became of one row: the person it names, if any, and whether all of it could be read. */
export interface ReadRow {
  readonly person?: PersonRow;
  readonly valid: boolean;
}

/**
 * Reads rows of one schema. A row with a bad value counts as invalid and keeps what is good in it; a row that names nobody is
 * invalid and not stored.
 */
export class RowReader {
  private readonly identifiers: readonly Column[];
  private readonly attributes: readonly Column[];
  private readonly writer = new PersonKeyWriter();

  constructor(schema: readonly string[]) {
    const columns = schema.map((name, position) => ({
      name,
      kind: COLUMN_KINDS[name] ?? 'plain',
      number: COLUMN_NAMES.indexOf(name),
      position,
    }));
    columns.sort((left, right) => left.number - right.number);
    this.identifiers = columns.filter(({ kind }) => isIdentifier(kind));
    this.attributes = columns.filter(({ kind }) => !isIdentifier(kind));
  }

  read(row: readonly unknown[]): ReadRow {
    let valid = true;
    this.writer.start();
    for (const { kind, number, position } of this.identifiers) {
      const value = row[position];
      if (value === '') continue;
      if (typeof value !== 'string' || !this.write(number, kind, value)) valid = false;
    }
    const attributes = this.readAttributes(row);
    const key = this.writer.finish();
    if (key === '') return { valid: false };
    return {
      person: attributes.kept === undefined ? { key } : { key, attributes: attributes.kept },
      valid: valid && attributes.valid,
    };
  }

  private write(column: number, kind: ColumnKind, value: string): boolean {
    if (kind === 'sha256') return value !== EMPTY_SHA256 && this.writer.writeDigest(column, value);
    return (kind !== 'md5' || MD5.test(value)) && this.writer.writeText(column, value);
  }

  private readAttributes(row: readonly unknown[]): { kept?: Record<string, unknown>; valid: boolean } {
    if (this.attributes.length === 0) return { valid: true };
    const kept: Record<string, unknown> = {};
    let valid = true;
    for (const { name, kind, position } of this.attributes) {
      const value = row[position];
      if (isGoodAttribute(kind, value)) kept[name] = value;
      else valid = false;
    }
    return { kept, valid };
  }
}

function isGoodAttribute(kind: ColumnKind, value: unknown): boolean {
  if (kind === 'value') return typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (kind === 'options') return Array.isArray(value) && value.every((option) => option === 'LDU');
  return value === 0 || value === (kind === 'country-code' ? 1 : 1000) || value === '';
}
