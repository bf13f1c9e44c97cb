import { AdsError, invalidParameter } from './ads-error.js';
import { type AdsParams } from './ads-params.js';

/** One page of a list: https://docs.x.com/x-ads-api/fundamentals/pagination */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly totalCount?: number;
}

/** The page that `count` and `cursor` ask for. A cursor is the place of its first item, made unreadable. */
export function pageOf<Item>(all: readonly Item[], params: AdsParams): ListPage<Item> {
  const count = params.integer('count', 1, 1_000, 200);
  const withTotal = params.flag('with_total_count');
  if (withTotal && params.has('cursor')) {
    throw new AdsError(400, 'EXCLUSIVE_PARAMETERS', '"with_total_count" and "cursor" exclude each other', {
      parameter: 'with_total_count',
    });
  }
  const start = startOf(params.text('cursor'));
  const end = start + count;
  return {
    items: all.slice(start, end),
    nextCursor: end < all.length ? Buffer.from(`from ${end}`).toString('base64url') : null,
    ...(withTotal ? { totalCount: all.length } : {}),
  };
}

function startOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = /^from (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place === undefined) throw invalidParameter('cursor', 'Expected a cursor of an earlier answer');
  return Number(place);
}
