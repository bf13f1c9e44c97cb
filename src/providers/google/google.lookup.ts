import type { ManagementContext } from '../contract/audience-manager.js';
import type { RemoteAudience } from '../contract/audience-provider.js';
import { AudienceBlockedError, RequestRejectedError } from '../contract/provider-errors.js';
import { isRecord, textOf } from '../kit/answer-values.js';
import type { GoogleApi, GoogleCall } from './google.api.js';
import { notUnderstood } from './google.errors.js';

/** Lists of contact data: e-mail addresses, phone numbers and postal addresses. */
export const CONTACT_LIST = 'CONTACT_ID';

const PAGE_SIZE = 1_000;

export type UserList = Readonly<Record<string, unknown>>;

/** Where the lists of an account are. */
export function listsOf(customerId: string): Pick<GoogleCall, 'path' | 'pathTemplate' | 'target'> {
  return {
    path: `/accountTypes/GOOGLE_ADS/accounts/${customerId}/userLists`,
    pathTemplate: '/{account}/userLists',
    target: 'lists',
  };
}

/** Where one list is. */
export function listOf(customerId: string, id: string): Pick<GoogleCall, 'path' | 'pathTemplate' | 'target'> {
  const { path, pathTemplate } = listsOf(customerId);
  return { path: `${path}/${id}`, pathTemplate: `${pathTemplate}/{id}`, target: 'list' };
}

/**
 * The account's own list of exactly this name, for users to be sent to.
 *
 * @throws AudienceBlockedError when it takes no new members
 * @throws RequestRejectedError when it is a list of another kind
 */
export async function listNamed(
  name: string,
  customerId: string,
  api: GoogleApi,
  ctx: ManagementContext,
): Promise<RemoteAudience | undefined> {
  const found = await ownList(name, customerId, api, ctx);
  return found && usable(found);
}

/**
 * The account's own list of exactly this name and of whatever kind, of which there is one at most: a manager account may share
 * another with it. The filter is Google's, the comparison ours: it may ignore case.
 */
export async function ownList(
  name: string,
  customerId: string,
  api: GoogleApi,
  ctx: ManagementContext,
): Promise<UserList | undefined> {
  const quoted = name.replace(/["\\]/g, '\\$&');
  const filter = `display_name = "${quoted}" AND access_reason = OWNED`;
  const all = await listsBy(filter, customerId, api, ctx);
  return all.find(({ displayName, accessReason }) => displayName === name && accessReason === 'OWNED');
}

/** The number of a list, which is how members are addressed to it. */
export function idOf(list: UserList): string {
  const id = textOf(list['id']) || (/\/userLists\/(\d+)$/.exec(textOf(list['name']))?.[1] ?? '');
  if (!/^\d{1,20}$/.test(id)) throw notUnderstood('a list without its number');
  return id;
}

async function listsBy(
  filter: string,
  customerId: string,
  api: GoogleApi,
  ctx: ManagementContext,
): Promise<UserList[]> {
  const lists: UserList[] = [];
  const seen = new Set<string>();
  for (let pageToken: string | undefined; ;) {
    const query = { filter, pageSize: PAGE_SIZE, pageToken };
    const { userLists = [], nextPageToken = '' } = await api.call(
      { method: 'GET', ...listsOf(customerId), query },
      ctx,
    );
    if (!Array.isArray(userLists) || typeof nextPageToken !== 'string') throw notUnderstood('lists that are none');
    lists.push(...userLists.filter(isRecord));
    if (nextPageToken === '') return lists;
    if (seen.has(nextPageToken)) throw notUnderstood('pages that go round in circles');
    seen.add(nextPageToken);
    pageToken = nextPageToken;
  }
}

function usable(list: UserList): RemoteAudience {
  const info = isRecord(list['ingestedUserListInfo']) ? list['ingestedUserListInfo'] : {};
  const keys = Array.isArray(info['uploadKeyTypes']) ? (info['uploadKeyTypes'] as unknown[]) : [];
  if (!keys.includes(CONTACT_LIST)) {
    throw new RequestRejectedError(
      'Google: the list of this name takes no contact data, which cannot be changed; rename it, or the audience',
    );
  }
  if (list['membershipStatus'] === 'CLOSED') {
    const unused = list['closingReason'] === 'UNUSED' ? ', closed by Google for not being used' : '';
    throw new AudienceBlockedError(`Google: the list takes no new members${unused}; open it again in Google Ads`);
  }
  return { id: idOf(list) };
}
