import { type UserListStore } from './user-list-store.js';
import { type Lookalike, type UserList } from './user-list.js';

/** Below so many people on a network, lists are not used there. */
const SMALLEST = 100;

/** How much larger a lookalike is than its seeds. */
const TIMES: Readonly<Record<string, number>> = { NARROW: 25, BALANCED: 50, BROAD: 100 };

/** A list as the platform shows it. Counts are texts; what is zero or empty is left out, as proto3 JSON may. */
export function userListFields(list: UserList, store: UserListStore): object {
  const { account, id, uploadKeyType } = list;
  const matched = matchedShown(list, store);
  return {
    name: `accountTypes/GOOGLE_ADS/accounts/${account}/userLists/${id}`,
    id,
    displayName: list.displayName,
    ...(list.description === '' ? {} : { description: list.description }),
    ...(list.integrationCode === '' ? {} : { integrationCode: list.integrationCode }),
    membershipStatus: list.membershipStatus,
    membershipDuration: `${list.membershipSeconds}s`,
    ...(list.closingReason === undefined ? {} : { closingReason: list.closingReason }),
    accessReason: list.accessReason,
    accountAccessStatus: list.accountAccessStatus,
    ...(list.accessReason === 'OWNED' ? {} : { readOnly: true }),
    sizeInfo: matched === undefined || matched === 0 ? {} : sizes(matched),
    targetNetworkInfo: {
      ...(matched !== undefined && matched >= SMALLEST ? { eligibleForDisplay: true } : {}),
      ...(list.eligibleForSearch ? { eligibleForSearch: true } : {}),
    },
    ...(uploadKeyType === undefined ? {} : { ingestedUserListInfo: keyFields(list, matched) }),
  };
}

/** The members that the platform knows, once it shows them. */
export function matchedShown(list: UserList, store: UserListStore): number | undefined {
  if (list.lookalike !== undefined) return foundAlike(list, list.lookalike, store);
  const { members } = list;
  const { changedAt } = members;
  if (changedAt === undefined || store.now() - changedAt < store.settings.sizeDelayMs) return undefined;
  return store.matcher.count(members.keys());
}

/** Of seeds that are too small together nothing is made, though the list is there. */
function foundAlike(list: UserList, lookalike: Lookalike, store: UserListStore): number | undefined {
  if (store.now() - list.createdAt < store.settings.sizeDelayMs) return undefined;
  const seeds = lookalike.seedIds.flatMap((id) => store.find(id) ?? []);
  const known = seeds.reduce((sum, seed) => sum + (matchedShown(seed, store) ?? 0), 0);
  return known < SMALLEST ? 0 : known * (TIMES[lookalike.expansionLevel] ?? 1);
}

function sizes(matched: number): object {
  return {
    displayNetworkMembersCount: String(Math.floor(matched * 0.9)),
    searchNetworkMembersCount: String(Math.floor(matched * 0.8)),
    youtubeMembersCount: String(matched),
    gmailMembersCount: String(Math.floor(matched * 0.7)),
  };
}

function keyFields({ uploadKeyType, keyInfo, members }: UserList, matched: number | undefined): object {
  const fields = { uploadKeyTypes: [uploadKeyType], ...keyInfo };
  if (uploadKeyType !== 'CONTACT_ID' || matched === undefined || members.size === 0) return fields;
  const rate = Math.round((100 * matched) / members.size);
  return { ...fields, contactIdInfo: { ...(keyInfo['contactIdInfo'] as object), matchRatePercentage: rate } };
}
