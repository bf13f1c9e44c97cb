import { type ApiCall } from '../api/api-call.js';
import { notFound, permissionDenied, refused, violation } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { type CredentialGate } from '../oauth/credential-gate.js';
import { readListFilter } from './list-filter.js';
import { durationProblems, membershipSeconds, nameProblems, newUserList, textOf } from './user-list-body.js';
import { userListFields } from './user-list-fields.js';
import { LONGEST_MEMBERSHIP_SECONDS, type UserListStore } from './user-list-store.js';
import { type UserList } from './user-list.js';

const DEFAULT_PAGE_SIZE = 50;
const LARGEST_PAGE_SIZE = 1000;
const IMMUTABLE = ['id', 'name', 'ingestedUserListInfo', 'accessReason', 'readOnly', 'sizeInfo', 'closingReason'];

/** Makes, shows, changes and deletes lists. */
export class UserListsHandler {
  constructor(
    private readonly store: UserListStore,
    private readonly gate: CredentialGate,
  ) {}

  create(call: ApiCall): object {
    this.requireAccount(call);
    const values = newUserList(call.body, call.account);
    if (this.store.isTaken(call.account, values.displayName)) throw nameTaken();
    if (!call.query.flag('validateOnly')) return userListFields(this.store.create(values), this.store);
    return {};
  }

  list(call: ApiCall): object {
    this.requireAccount(call);
    const { query, account } = call;
    const filter = query.text('filter');
    const asked = query.integer('pageSize');
    if (asked < 0) throw refused(violation('page_size', 'INVALID_PAGE_SIZE'));
    const size = Math.min(asked === 0 ? DEFAULT_PAGE_SIZE : asked, LARGEST_PAGE_SIZE);
    const found = this.store.visibleTo(account).filter(readListFilter(filter));
    const key = JSON.stringify([account, filter, size]);
    const start = startOf(query.text('pageToken'), key);
    const shown = found.slice(start, start + size);
    return {
      ...(shown.length === 0 ? {} : { userLists: shown.map((list) => userListFields(list, this.store)) }),
      ...(start + size < found.length ? { nextPageToken: pageToken(start + size, key) } : {}),
    };
  }

  get(call: ApiCall): object {
    return userListFields(this.visible(call), this.store);
  }

  update(call: ApiCall): object {
    const list = this.owned(call);
    const { body } = call;
    const mask = call.query.text('updateMask').split(',').filter(Boolean).map(camelCase);
    const fields = mask.length > 0 ? mask : Object.keys(body);
    const immutable = fields.find((field) => IMMUTABLE.includes(field));
    if (immutable !== undefined) throw refused(violation(`user_list.${immutable}`, 'IMMUTABLE_FIELD_FOR_UPDATE'));
    const problems = [
      ...(fields.includes('displayName') ? nameProblems(body) : []),
      ...(fields.includes('membershipDuration') ? durationProblems(body) : []),
    ];
    if (problems.length > 0) throw refused(...problems);
    if (fields.includes('displayName') && this.store.isTaken(call.account, textOf(body['displayName']), list)) {
      throw nameTaken();
    }
    if (!call.query.flag('validateOnly')) for (const field of fields) change(list, field, body);
    return userListFields(list, this.store);
  }

  delete(call: ApiCall): object {
    const list = this.owned(call);
    if (!call.query.flag('validateOnly')) this.store.delete(list.id);
    return {};
  }

  private requireAccount({ credential, account, loginHeader }: ApiCall): void {
    const login = /^accountTypes\/GOOGLE_ADS\/accounts\/(\d{1,20})$/.exec(loginHeader ?? '')?.[1];
    if (loginHeader !== undefined && login === undefined) {
      throw refused(violation('login-account', 'INVALID_RESOURCE_NAME'));
    }
    this.gate.requireAccount(credential, account, login);
  }

  private visible(call: ApiCall): UserList {
    this.requireAccount(call);
    const list = this.store.find(call.listId);
    if (list?.account !== call.account) throw notFound();
    return list;
  }

  private owned(call: ApiCall): UserList {
    const list = this.visible(call);
    if (list.accessReason !== 'OWNED') throw permissionDenied('OWNERSHIP_REQUIRED_FOR_UPDATE');
    return list;
  }
}

function change(list: UserList, field: string, body: Readonly<Record<string, unknown>>): void {
  if (field === 'displayName' || field === 'description' || field === 'integrationCode') {
    list[field] = textOf(body[field]);
  } else if (field === 'membershipStatus') {
    list.membershipStatus = body[field] === 'CLOSED' ? 'CLOSED' : 'OPEN';
    if (list.membershipStatus === 'OPEN') delete list.closingReason;
  } else if (field === 'membershipDuration') {
    list.membershipSeconds = membershipSeconds(body) ?? LONGEST_MEMBERSHIP_SECONDS;
  } else if (field === 'accountAccessStatus') {
    list.accountAccessStatus = body[field] === 'DISABLED' ? 'DISABLED' : 'ENABLED';
  } else if (field.startsWith('targetNetworkInfo')) {
    const info = body['targetNetworkInfo'];
    list.eligibleForSearch = isObject(info) && info['eligibleForSearch'] === true;
  } else {
    throw refused(violation('update_mask', 'INVALID_UPDATE_MASK'));
  }
}

function nameTaken(): Error {
  const description = 'The display name is already used by another user list of the account.';
  return refused(violation('user_list.display_name', 'DISPLAY_NAME_ALREADY_USED', description));
}

/** Good only together with the parameters that it was made for. */
function pageToken(start: number, key: string): string {
  return Buffer.from(JSON.stringify([start, key])).toString('base64url');
}

function startOf(token: string, key: string): number {
  if (token === '') return 0;
  try {
    const [start, madeFor] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (typeof start === 'number' && madeFor === key) return start;
  } catch {
    // Anything that cannot be read is no token of ours.
  }
  throw refused(violation('page_token', 'INVALID_PAGE_TOKEN'));
}

function camelCase(name: string): string {
  return name.trim().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
