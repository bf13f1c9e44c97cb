import { type AnyColumn, asc, desc, type SQL, sql } from 'drizzle-orm';
import { invalidRequest } from '../../common/dto-validation.js';
import { decodeCursor, encodeCursor } from '../../common/paging/page-cursor.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import type { CustomAudienceRow } from './custom-audience-row.js';

/** What a list of audiences may be sorted by. */
export const AUDIENCE_SORTS = ['name', 'createdAt', 'updatedAt', 'size'] as const;
export type AudienceSort = (typeof AUDIENCE_SORTS)[number];

/** How a list goes: ties by id. */
export interface AudienceOrder {
  readonly sort: AudienceSort;
  readonly order: 'asc' | 'desc';
}

/** What each is sorted by, how a cursor writes it, and what it is in SQL again; no size counts as the least. */
const KEYS: Readonly<Record<AudienceSort, { key: AnyColumn | SQL; write(row: CustomAudienceRow): string; type: SQL }>> =
  {
    name: { key: customAudiences.name, write: ({ name }) => name, type: sql`text` },
    createdAt: {
      key: customAudiences.createdAt,
      write: ({ createdAt }) => createdAt.toISOString(),
      type: sql`timestamptz`,
    },
    updatedAt: {
      key: customAudiences.updatedAt,
      write: ({ updatedAt }) => updatedAt.toISOString(),
      type: sql`timestamptz`,
    },
    size: {
      key: sql`coalesce(${customAudiences.size}, -1)`,
      write: ({ size }) => String(size ?? -1),
      type: sql`bigint`,
    },
  };

const SHAPES: Readonly<Record<AudienceSort, RegExp>> = {
  name: /^/,
  createdAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  updatedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  size: /^-?\d{1,18}$/,
};

/** The columns to order by. */
export function orderBy({ sort, order }: AudienceOrder): SQL[] {
  const by = order === 'asc' ? asc : desc;
  return [by(KEYS[sort].key), by(customAudiences.id)];
}

/** The place of a row, for the page after it. */
export function cursorOf({ sort, order }: AudienceOrder, row: CustomAudienceRow): string {
  return encodeCursor([`${sort} ${order}`, KEYS[sort].write(row), row.id]);
}

/**
 * What follows the row of a cursor.
 *
 * @throws {ProblemException} 400 when the cursor is of no list that is sorted so
 */
export function afterCursor({ sort, order }: AudienceOrder, cursor: string): SQL {
  const [way, key, id] = decodeCursor(cursor, ['text', 'text', 'uuid']);
  const isTime = sort === 'createdAt' || sort === 'updatedAt';
  if (way !== `${sort} ${order}` || !SHAPES[sort].test(key) || (isTime && Number.isNaN(Date.parse(key)))) {
    const mistake = { field: 'cursor', message: 'must be the nextCursor of an earlier page of this order' };
    throw invalidRequest({ first: [mistake], total: 1 });
  }
  const { key: column, type } = KEYS[sort];
  const place = sql`(${key}::${type}, ${id}::uuid)`;
  return order === 'asc'
    ? sql`(${column}, ${customAudiences.id}) > ${place}`
    : sql`(${column}, ${customAudiences.id}) < ${place}`;
}
