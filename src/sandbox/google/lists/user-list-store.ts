import { type SandboxClock } from '../../sandbox-clock.js';
import { type GoogleSettings, type SeedList } from '../google-options.js';
import { Matcher } from '../members/matcher.js';
import { MemberSet } from '../members/member-set.js';
import { type NewUserList, type UserList } from './user-list.js';

const FIRST_ID = 8_765_432_109;
/** 540 days, the longest that members stay. */
export const LONGEST_MEMBERSHIP_SECONDS = 46_656_000;

/** The lists of all accounts. */
export class UserListStore {
  readonly matcher: Matcher;
  private readonly lists = new Map<string, UserList>();
  private created = 0;

  constructor(
    readonly settings: GoogleSettings,
    private readonly clock: SandboxClock,
  ) {
    this.matcher = new Matcher(settings);
    this.reset();
  }

  now(): number {
    return this.clock.now();
  }

  reset(): void {
    this.lists.clear();
    this.created = 0;
    for (const seed of this.settings.lists) this.create(listOf(seed));
  }

  create(values: NewUserList): UserList {
    const list: UserList = {
      ...values,
      id: String(FIRST_ID + this.created),
      members: new MemberSet(),
      createdAt: this.now(),
      failRecords: 0,
      failReason: 'PROCESSING_ERROR_REASON_INVALID_FORMAT',
      failNextRequest: false,
    };
    this.created += 1;
    this.lists.set(list.id, list);
    return list;
  }

  delete(id: string): void {
    this.lists.delete(id);
  }

  /** Every list, its members brought up to date with the time. */
  all(): UserList[] {
    return [...this.lists.keys()].flatMap((id) => this.find(id) ?? []);
  }

  find(id: string): UserList | undefined {
    const list = this.lists.get(id);
    list?.members.expire(this.now() - list.membershipSeconds * 1000);
    return list;
  }

  /** What an account sees, oldest first: its own lists, and those that others share with it. */
  visibleTo(account: string): UserList[] {
    return this.all().filter((list) => list.account === account);
  }

  /** Whether an account owns a list of this name already. */
  isTaken(account: string, displayName: string, except?: UserList): boolean {
    return this.visibleTo(account).some(
      (list) => list !== except && list.accessReason === 'OWNED' && list.displayName === displayName,
    );
  }
}

function listOf({ account, displayName, accessReason = 'OWNED', uploadKeyType }: SeedList): NewUserList {
  return {
    account,
    displayName,
    description: '',
    integrationCode: '',
    membershipStatus: 'OPEN',
    membershipSeconds: LONGEST_MEMBERSHIP_SECONDS,
    eligibleForSearch: true,
    accountAccessStatus: 'ENABLED',
    accessReason,
    keyInfo: {},
    ...(uploadKeyType === undefined ? {} : { uploadKeyType }),
  };
}
