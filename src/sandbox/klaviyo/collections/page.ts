import { invalidParameter } from '../api/api-error.js';
import { type ApiCall } from '../api/operation.js';

/** Where an item stands: the value sorted by, and a number that never changes and never repeats. */
export type Place = readonly [value: string | number, serial: number];

/** Items to show a page of. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly place: (item: Item) => Place;
  readonly descending?: boolean;
}

/** The page of a call and the links around it, null at the ends. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly links: { readonly self: string; readonly next: string | null; readonly prev: string | null };
}

interface Cursor {
  readonly towards: 'next' | 'prev';
  readonly place: Place;
}

/** Cuts a page. A cursor holds a place, not a position, so it stays good when items go away in between. */
export function pageOf<Item>(
  call: ApiCall,
  listing: Listing<Item>,
  sizes: { default: number; max: number },
): Page<Item> {
  const size = call.query.size('page[size]', sizes.default, sizes.max);
  const items = sorted(listing);
  const cursor = readCursor(call.query.text('page[cursor]'));
  const [start, end] = rangeOf(items, listing, cursor, size);
  const shown = items.slice(start, end);
  const first = shown[0];
  const last = shown.at(-1);
  const link = (towards: Cursor['towards'], item: Item | undefined, more: boolean): string | null =>
    item === undefined || !more ? null : urlOf(call, { towards, place: listing.place(item) });
  return {
    items: shown,
    links: {
      self: urlOf(call),
      next: link('next', last, end < items.length),
      prev: link('prev', first, start > 0),
    },
  };
}

/** The address of the call itself, or of another page of it. */
function urlOf(call: ApiCall, cursor?: Cursor): string {
  const query =
    cursor === undefined
      ? call.query.all()
      : call.query.withCursor(Buffer.from(JSON.stringify([cursor.towards, ...cursor.place])).toString('base64url'));
  return `${call.origin}${call.path}${query === '' ? '' : `?${query}`}`;
}

function sorted<Item>({ items, place, descending }: Listing<Item>): readonly Item[] {
  const sign = descending === true ? -1 : 1;
  const isSorted = items.every((item, index) => {
    const before = items[index - 1];
    return before === undefined || sign * compare(place(before), place(item)) < 0;
  });
  // Members come in the order of their arrival, so that the usual case costs one look at each.
  return isSorted ? items : [...items].sort((a, b) => sign * compare(place(a), place(b)));
}

function rangeOf<Item>(
  items: readonly Item[],
  { place, descending }: Listing<Item>,
  cursor: Cursor | undefined,
  size: number,
): [number, number] {
  if (cursor === undefined) return [0, Math.min(size, items.length)];
  const sign = descending === true ? -1 : 1;
  const towardsNext = cursor.towards === 'next';
  const found = items.findIndex((item) => {
    const order = sign * compare(place(item), cursor.place);
    return towardsNext ? order > 0 : order >= 0;
  });
  const at = found < 0 ? items.length : found;
  return towardsNext ? [at, Math.min(at + size, items.length)] : [Math.max(0, at - size), at];
}

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1];
}

function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [towards, value, serial] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const isPlace = (typeof value === 'string' || typeof value === 'number') && typeof serial === 'number';
    if ((towards === 'next' || towards === 'prev') && isPlace) return { towards, place: [value, serial] };
  } catch {
    // Anything that cannot be read is no cursor of ours.
  }
  throw invalidParameter('Invalid page cursor provided.', 'page[cursor]');
}
