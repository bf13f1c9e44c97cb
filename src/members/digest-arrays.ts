import { type SQL, sql } from 'drizzle-orm';

/** `bytea[]` of hexadecimal texts. Written out here: the driver takes ten times as long with an array of buffers. */
export function hexArray(values: readonly (string | null)[]): SQL {
  const elements = values.map((digits) => (digits === null ? 'null' : `"\\\\x${digits}"`));
  return sql`${`{${elements.join(',')}}`}::bytea[]`;
}
