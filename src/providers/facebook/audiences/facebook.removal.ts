import { facebookSchema, type FacebookRow } from '../facebook.normaliser.js';

const SCHEMA = facebookSchema({ valueBased: false });

/**
 * The `payload` that takes people out: the identifiers that they were added with, without the value that only weighs them.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
 */
export function removalPayload(rows: readonly FacebookRow[]): object {
  return { schema: SCHEMA, data: rows.map((row) => (row.length > SCHEMA.length ? row.slice(0, SCHEMA.length) : row)) };
}
