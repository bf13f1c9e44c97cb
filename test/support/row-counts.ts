import type { TestDatabase } from './test-database.js';

/** The rows of every table of ours, and of the queue's jobs: what a batch that is taken in adds to. */
export async function rowCounts(database: TestDatabase): Promise<Record<string, unknown>> {
  const tables = await database.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const names = [...tables.map(({ name }) => `public.${String(name)}`), 'queue.job'];
  const counts = names.map(async (name) => {
    const [row] = await database.query(`select count(*)::int as rows from ${name}`);
    return [name, row!.rows] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
