import type { ManagementContext } from '../contract/audience-manager.js';
import { isRecord } from '../kit/answer-values.js';
import type { TwitterApi } from './twitter.api.js';
import { notUnderstood } from './twitter.errors.js';

/** One audience of the account's list, as far as it tells whether users may be sent to it. */
export interface ListedAudience {
  readonly id: string;
  readonly name: string;
  /** `CRM` for lists of users; the other kinds fill themselves. */
  readonly type: string;
  readonly createdAt: string;
}

/** The kind that users can be sent to. */
export const LIST_TYPE = 'CRM';

const PAGE_SIZE = 1_000;
const LONGEST_SEARCH = 255;

/**
 * The account's own audiences of exactly this name, the oldest first. X searches by the beginning of a name and ignores case, so
 * the comparison is ours. With `everywhere` all of the list is read, for names that X finds otherwise.
 */
export async function audiencesNamed(
  name: string,
  search: 'by-name' | 'everywhere',
  api: TwitterApi,
  ctx: ManagementContext,
): Promise<ListedAudience[]> {
  const q = Array.from(name).slice(0, LONGEST_SEARCH).join('');
  const all = await listAudiences(search === 'by-name' ? { q } : {}, api, ctx);
  return all
    .filter((audience) => audience.name === name)
    .sort((one, other) => (one.createdAt === other.createdAt ? 0 : one.createdAt < other.createdAt ? -1 : 1));
}

/** X's ids are short words of digits and letters. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9]{1,32}$/i.test(value) ? value : undefined;
}

async function listAudiences(
  filter: Readonly<Record<string, string>>,
  api: TwitterApi,
  ctx: ManagementContext,
): Promise<ListedAudience[]> {
  const audiences: ListedAudience[] = [];
  const seen = new Set<string>();
  let page: Readonly<Record<string, string>> = {};
  for (;;) {
    const query = { ...filter, count: PAGE_SIZE, permission_scope: 'OWNER', ...page };
    const path = '/custom_audiences';
    const { body } = await api.call({ method: 'GET', path, pathTemplate: path, target: 'account', query }, ctx);
    audiences.push(...audiencesOf(body['data']));
    const cursor = nextCursor(body);
    if (cursor === undefined) {
      return audiences;
    }
    if (seen.has(cursor)) {
      throw notUnderstood('pages that go round in circles');
    }
    seen.add(cursor);
    page = { cursor };
  }
}

function audiencesOf(data: unknown): ListedAudience[] {
  if (!Array.isArray(data)) {
    throw notUnderstood('a list of audiences without data');
  }
  return data.filter(isRecord).flatMap((entry) => {
    const { name, audience_type: type, created_at: createdAt, deleted } = entry;
    const id = idOf(entry['id']);
    if (id === undefined || typeof name !== 'string' || deleted === true) return [];
    return [
      {
        id,
        name,
        type: typeof type === 'string' ? type : LIST_TYPE,
        createdAt: typeof createdAt === 'string' ? createdAt : '',
      },
    ];
  });
}

/** A next page that cannot be read is no last page: the audience may stand on it, and would be created again. */
export function nextCursor({ next_cursor: cursor }: Readonly<Record<string, unknown>>): string | undefined {
  if (cursor === null || cursor === undefined) {
    return undefined;
  }
  if (typeof cursor !== 'string' || cursor === '') {
    throw notUnderstood('a next page without its cursor');
  }
  return cursor;
}
