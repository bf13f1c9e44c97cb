import { Client } from 'pg';

/** One column of one table: every value of it, as text and as raw bytes. */
export interface DumpedColumn {
  /** `schema.table.column` */
  readonly name: string;
  readonly text: string;
}

/** All that stands in any table of any schema, the queue's and the migrations' included. */
export async function dumpDatabase(url: string): Promise<DumpedColumn[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: columns } = await client.query<{ schema: string; table: string; column: string }>(`
      select n.nspname as schema, c.relname as table, a.attname as column
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      order by 1, 2, 3`);
    const dumped: DumpedColumn[] = [];
    for (const { schema, table, column } of columns) {
      const { rows } = await client.query<{ text: string | null; value: unknown }>(
        `select "${column}"::text as text, "${column}" as value from "${schema}"."${table}"`,
      );
      const texts = rows.map(({ text, value }) => `${text ?? ''}\n${latin(value)}`);
      dumped.push({ name: `${schema}.${table}.${column}`, text: texts.join('\n') });
    }
    return dumped;
  } finally {
    await client.end();
  }
}

/** Bytes, alone or as an array, as one character each, so that ASCII within anything is found. */
function latin(value: unknown): string {
  if (Array.isArray(value)) return value.map(latin).join('\n');
  return Buffer.isBuffer(value) ? value.toString('latin1') : '';
}
