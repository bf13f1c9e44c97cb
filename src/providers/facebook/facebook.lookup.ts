import type { CallContext } from '../contract/audience-provider.js';
import { PlatformUnavailableError, RequestRejectedError } from '../contract/provider-errors.js';
import { notUnderstood } from './facebook.errors.js';
import type { FacebookGraph } from './facebook.graph.js';

/** One audience of the account's list, as far as it tells whether users may be sent to it. */
export interface ListedAudience {
  readonly id: string;
  readonly name: string;
  readonly subtype?: string;
  readonly account_id?: string;
  readonly is_value_based?: boolean;
  readonly time_created?: number;
  readonly permission_for_actions?: { readonly can_edit?: boolean };
}

const FIELDS = 'id,name,subtype,account_id,is_value_based,time_created,permission_for_actions';

const PAGE_SIZE = 100;

/** Below this a smaller page is not what helps. */
const SMALLEST_PAGE = 10;

/** The account's audiences of exactly this name. The filter is Facebook's, the comparison ours: it may ignore case. */
export async function audiencesNamed(
  name: string,
  adAccountId: string,
  graph: FacebookGraph,
  ctx: CallContext,
): Promise<ListedAudience[]> {
  const filtering = JSON.stringify([{ field: 'name', operator: 'EQUAL', value: name }]);
  const all = await listAudiences(graph, adAccountId, filtering, ctx).catch((error: unknown) => {
    // No page of Facebook's says that this list can be filtered by name: where it cannot, all of it is read.
    if (error instanceof RequestRejectedError && isCode(error, 100)) {
      return listAudiences(graph, adAccountId, undefined, ctx);
    }
    throw error;
  });
  return all.filter((audience) => audience.name === name);
}

async function listAudiences(
  graph: FacebookGraph,
  adAccountId: string,
  filtering: string | undefined,
  ctx: CallContext,
): Promise<ListedAudience[]> {
  const audiences: ListedAudience[] = [];
  const seen = new Set<string>();
  let limit = PAGE_SIZE;
  let after: string | undefined;
  for (;;) {
    const query = { fields: FIELDS, limit, after, filtering };
    const page = await readPage(graph, adAccountId, query, ctx);
    if (page === 'too-much') {
      limit = Math.floor(limit / 2);
      continue;
    }
    audiences.push(...page.audiences);
    if (page.after === undefined) {
      return audiences;
    }
    if (seen.has(page.after)) {
      throw notUnderstood('pages that go round in circles');
    }
    seen.add(page.after);
    after = page.after;
  }
}

async function readPage(
  graph: FacebookGraph,
  adAccountId: string,
  query: { readonly limit: number; readonly [name: string]: string | number | undefined },
  ctx: CallContext,
): Promise<{ audiences: ListedAudience[]; after?: string } | 'too-much'> {
  const call = {
    method: 'GET',
    path: `/act_${adAccountId}/customaudiences`,
    pathTemplate: '/{account}/customaudiences',
    target: 'account',
    query,
  } as const;
  try {
    const { body } = await graph.call(call, ctx);
    return { audiences: audiencesOf(body['data']), after: nextCursor(body['paging']) };
  } catch (error) {
    if (isTooMuchData(error) && query.limit >= 2 * SMALLEST_PAGE) {
      return 'too-much';
    }
    throw error;
  }
}

function audiencesOf(data: unknown): ListedAudience[] {
  if (!Array.isArray(data)) {
    throw notUnderstood('a list of audiences without data');
  }
  return data.filter((entry): entry is ListedAudience => {
    const { id, name } = (entry ?? {}) as Partial<ListedAudience>;
    return typeof id === 'string' && typeof name === 'string';
  });
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

function isCode({ platformCode }: { platformCode?: string }, code: number): boolean {
  return platformCode?.split('/')[0] === String(code);
}
