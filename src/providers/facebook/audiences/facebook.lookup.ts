import type { ManagementContext } from '../../contract/audience-manager.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import type { FacebookGraph } from '../facebook.graph.js';
import { isCode, readAllPages } from './facebook.pages.js';

/** One audience of the account's list, as far as it tells whether users may be sent to it and what it was made of. */
export interface ListedAudience {
  readonly id: string;
  readonly name: string;
  readonly subtype?: string;
  readonly account_id?: string;
  readonly is_value_based?: boolean;
  readonly time_created?: number;
  readonly permission_for_actions?: { readonly can_edit?: boolean };
  /** Of a lookalike. */
  readonly lookalike_spec?: { readonly origin?: readonly { readonly id?: string }[] };
}

const FIELDS = 'id,name,subtype,account_id,is_value_based,time_created,permission_for_actions,lookalike_spec';

/** The account's audiences of exactly this name. The filter is Facebook's, the comparison ours: it may ignore case. */
export async function audiencesNamed(
  name: string,
  adAccountId: string,
  graph: FacebookGraph,
  ctx: ManagementContext,
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

/** Sorts the oldest first: of audiences of one name it is the one that was there before a mistake. */
export function byAge(one: ListedAudience, other: ListedAudience): number {
  const [created, otherCreated] = [one.time_created ?? Infinity, other.time_created ?? Infinity];
  return created === otherCreated
    ? one.id.length - other.id.length || (one.id < other.id ? -1 : 1)
    : created - otherCreated;
}

async function listAudiences(
  graph: FacebookGraph,
  adAccountId: string,
  filtering: string | undefined,
  ctx: ManagementContext,
): Promise<ListedAudience[]> {
  const call = {
    path: `/act_${adAccountId}/customaudiences`,
    pathTemplate: '/{account}/customaudiences',
    target: 'account',
    query: { fields: FIELDS, filtering },
  } as const;
  const entries: unknown[] = await readAllPages(graph, call, ctx);
  return entries.filter((entry): entry is ListedAudience => {
    const { id, name } = entry as Partial<ListedAudience>;
    return typeof id === 'string' && typeof name === 'string';
  });
}
