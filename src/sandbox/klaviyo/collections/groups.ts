import { type FilterFields } from './filter-fields.js';
import { type ApiCall } from '../api/operation.js';
import { type Listing } from './page.js';

const SORTS = ['created', 'id', 'name', 'updated'] as const;

/** What lists and segments have in common. */
export interface Group {
  readonly id: string;
  readonly serial: number;
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Lists and segments come ten at a time, and never more. */
export const GROUP_SIZES = { default: 10, max: 10 };
export const GROUP_PARAMETERS = ['filter', 'sort', 'page[size]', 'page[cursor]', 'include'];
const TIMES = ['greater-than'];
const EXACT = ['any', 'equals'];

/** Names are found whole or not at all: there is no filter by a part of one. */
export const GROUP_FIELDS: FilterFields<Group> = {
  name: { kind: 'text', operators: EXACT, read: ({ name }) => name },
  id: { kind: 'text', operators: EXACT, read: ({ id }) => id },
  created: { kind: 'time', operators: TIMES, read: ({ createdAt }) => createdAt },
  updated: { kind: 'time', operators: TIMES, read: ({ updatedAt }) => updatedAt },
};

const SORTED_BY: Readonly<Record<(typeof SORTS)[number], (group: Group) => string | number>> = {
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  id: ({ id }) => id,
  name: ({ name }) => name,
};

/** The groups in the order that the call asks for. */
export function groupListing<Item extends Group>(call: ApiCall, items: readonly Item[]): Listing<Item> {
  const asked = call.query.names(
    'sort',
    SORTS.flatMap((name) => [name, `-${name}`]),
  )?.[0];
  const by = SORTED_BY[(asked?.replace('-', '') ?? 'created') as (typeof SORTS)[number]];
  return { items, place: (group) => [by(group), group.serial], descending: asked?.startsWith('-') ?? false };
}

/** `included` where the call asks for tags or flows, of which there are none here. */
export function included(call: ApiCall): object {
  return call.query.names('include', ['flow-triggers', 'tags']) === undefined ? {} : { included: [] };
}

/** True when the call asks for the number of members, which is to be had for a single group only. */
export function wantsCount(call: ApiCall, type: string): boolean {
  return call.query.names(`additional-fields[${type}]`, ['profile_count']) !== undefined;
}
