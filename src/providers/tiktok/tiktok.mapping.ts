import { BodyWriter } from '../kit/batch/body-writer.js';
import type { TikTokRow } from './tiktok.normaliser.js';

/** No limit is documented; this much was seen to be taken, in at most a megabyte, of which it needs a quarter. */
export const MOST_ENTRIES = 1_000;

/** Two digests, each with the audience it goes to. */
const ENTRY_BYTES = 256;

/** What a call does to the people in it: all of them the same. */
export type MappingAction = 'add' | 'delete';

/** Entries of `batch_data` that the rows become. */
export function entryCount(rows: readonly TikTokRow[]): number {
  return rows.reduce((count, row) => count + row.length / 2, 0);
}

/**
 * The body of `/segment/mapping/`: an entry per pair of digests, a slot per kind, `{}` where there is none. Written by hand,
 * because all that changes are digests, and objects for `JSON.stringify` would cost more than the digests themselves.
 * https://business-api.tiktok.com/portal/docs?id=1739940585975809
 */
export function mappingBody(
  action: MappingAction,
  advertiserId: string,
  audienceId: string,
  rows: readonly TikTokRow[],
): Buffer {
  const end = `","audience_ids":[${JSON.stringify(audienceId)}]}`;
  const head = `{"advertiser_ids":[${JSON.stringify(advertiserId)}],"action":"${action}","id_schema":["EMAIL_SHA256","PHONE_SHA256"]`;
  const body = new BodyWriter(entryCount(rows) * ENTRY_BYTES + 1_024);
  let before = `${head},"batch_data":[`;
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 2) {
      body.add(`${before}[${slot(row[at], end)},${slot(row[at + 1], end)}]`);
      before = ',';
    }
  }
  body.add(before === ',' ? ']}' : `${before}]}`);
  return body.end();
}

function slot(digest: string | undefined, end: string): string {
  return digest ? `{"id":"${digest}${end}` : '{}';
}
