import type { ManagementContext } from '../../contract/audience-manager.js';
import { PlatformUnavailableError, type ProviderError } from '../../contract/provider-errors.js';
import { isRecord } from '../../kit/answer-values.js';
import type { PlatformRequest } from '../../kit/platform-http.js';
import { notUnderstood } from '../facebook.errors.js';
import type { FacebookGraph, GraphCall } from '../facebook.graph.js';

/** A list of the Graph API, without its paging. */
export type GraphListCall = Omit<GraphCall, 'method' | 'body'>;

const PAGE_SIZE = 100;

/** Below this a smaller page is not what helps. */
const SMALLEST_PAGE = 10;

/** Everything that a list holds, over all pages; what is no object is left out. Asks for less where that is too much at once. */
export async function readAllPages(
  graph: FacebookGraph,
  call: GraphListCall,
  ctx: ManagementContext,
): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  let limit = PAGE_SIZE;
  let after: string | undefined;
  for (;;) {
    const page = await readPage(graph, { ...call, query: { ...call.query, limit, after } }, limit, ctx);
    if (page === 'too-much') {
      limit = Math.floor(limit / 2);
      continue;
    }
    entries.push(...page.entries);
    if (page.after === undefined) {
      return entries;
    }
    if (seen.has(page.after)) {
      throw notUnderstood('pages that go round in circles');
    }
    seen.add(page.after);
    after = page.after;
  }
}

/** Whether the platform's code is this one, whatever its subcode. */
export function isCode({ platformCode }: Pick<ProviderError, 'platformCode'>, code: number): boolean {
  return platformCode?.split('/')[0] === String(code);
}

async function readPage(
  graph: FacebookGraph,
  call: GraphListCall & { readonly query: PlatformRequest['query'] },
  limit: number,
  ctx: ManagementContext,
): Promise<{ entries: Record<string, unknown>[]; after?: string } | 'too-much'> {
  try {
    const { body } = await graph.call({ ...call, method: 'GET' }, ctx);
    return { entries: entriesOf(body['data']), after: nextCursor(body['paging']) };
  } catch (error) {
    if (isTooMuchData(error) && limit >= 2 * SMALLEST_PAGE) {
      return 'too-much';
    }
    throw error;
  }
}

function entriesOf(data: unknown): Record<string, unknown>[] {
  if (!Array.isArray(data)) {
    throw notUnderstood('a list without data');
  }
  return data.filter(isRecord);
}

/**
 * Only the cursor is taken: `paging.next` is a whole address, with the token in it and on a host of its choice. A next page
 * that cannot be read is no last page: the audience may stand on it, and would be created again.
 */
function nextCursor(paging: unknown): string | undefined {
  const { next, cursors } = (paging ?? {}) as { next?: unknown; cursors?: { after?: unknown } };
  const after = cursors?.after;
  if (next === undefined || next === null) {
    return undefined;
  }
  if (typeof after !== 'string' || after === '') {
    throw notUnderstood('a next page without its cursor');
  }
  return after;
}

function isTooMuchData(error: unknown): boolean {
  return error instanceof PlatformUnavailableError && isCode(error, 1) && /reduce the amount/i.test(error.message);
}
