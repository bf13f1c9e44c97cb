import { type SQL, sql } from 'drizzle-orm';
import type { UpdateFrequency } from '../records/custom-audience-row.js';

/** When an audience is next refreshed by itself; with `real-time` every upload goes at once, and nothing is left to send. */
export function nextRefresh(autoUpdate: boolean, frequency: UpdateFrequency | null): SQL | null {
  if (!autoUpdate || frequency === null || frequency === 'real-time') return null;
  return frequency === 'daily' ? sql`now() + interval '1 day'` : sql`now() + interval '7 days'`;
}
