import { SandboxInputError } from '../../sandbox-input.js';
import { type AudiencesFilter, type AudienceView } from '../../simulator.js';
import { matchedShown } from './user-list-fields.js';
import { type UserListStore } from './user-list-store.js';
import { type UserList } from './user-list.js';

const DEFAULT_MEMBER_LIMIT = 100_000;

/** A list as the sandbox shows it to tests. */
export function viewUserList(
  list: UserList,
  store: UserListStore,
  { members, offset, limit }: AudiencesFilter,
): AudienceView {
  return {
    id: list.id,
    name: list.displayName,
    account: list.account,
    memberCount: list.members.size,
    rowsReceived: list.members.rowsReceived,
    details: {
      description: list.description,
      uploadKeyType: list.uploadKeyType ?? null,
      accessReason: list.accessReason,
      membershipStatus: list.membershipStatus,
      membershipDays: list.membershipSeconds / 86_400,
      matched: matchedShown(list, store) ?? null,
      ...(list.lookalike === undefined ? {} : { lookalike: list.lookalike }),
    },
    ...(members === true ? { members: list.members.list(offset ?? 0, limit ?? DEFAULT_MEMBER_LIMIT) } : {}),
  };
}

/**
 * Changes a list from the outside: `deleted` (true), `closed` (for not being used), `accessDisabled` (by its owner), `failRecords` (so many of the first members
 * of each request fail), `failNextRequest`, and `failReason`, which both are told with.
 */
export function patchUserList(list: UserList, patch: Readonly<Record<string, unknown>>, store: UserListStore): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'deleted' && value === true) store.delete(list.id);
    else if (name === 'closed' && typeof value === 'boolean') close(list, value);
    else if (name === 'accessDisabled' && typeof value === 'boolean') {
      list.accountAccessStatus = value ? 'DISABLED' : 'ENABLED';
    } else if (name === 'failRecords' && isCount(value)) list.failRecords = value;
    else if (name === 'failNextRequest' && typeof value === 'boolean') list.failNextRequest = value;
    else if (name === 'failReason' && typeof value === 'string') list.failReason = value;
    else throw new SandboxInputError(`a list has no ${name} that could become this`);
  }
}

function close(list: UserList, isClosed: boolean): void {
  list.membershipStatus = isClosed ? 'CLOSED' : 'OPEN';
  if (isClosed) list.closingReason = 'UNUSED';
  else delete list.closingReason;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
