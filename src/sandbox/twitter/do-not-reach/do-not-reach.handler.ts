import { type SandboxClock } from '../../sandbox-clock.js';
import { type AdsAnswer, type AdsCall } from '../api/ads-call.js';
import { actionNotAllowed, notFound } from '../api/ads-error.js';
import { timeText } from '../audiences/audience-fields.js';
import { MemberSet } from '../members/member-set.js';
import { monthsAfter } from '../members/users.handler.js';
import { readOperations } from '../members/users-request.js';
import { type TwitterSettings } from '../twitter-options.js';

const FIRST_ID = 9_001;
const LONGEST_MONTHS = 13;

interface DoNotReachList {
  readonly id: string;
  readonly account: string;
  readonly createdAt: number;
  readonly members: MemberSet;
  description: string | null;
  updatedAt: number;
  deleted: boolean;
}

/** People whom an account must never reach: https://docs.x.com/x-ads-api/audiences/reference#do-not-reach-lists */
export class DoNotReachHandler {
  private lists: DoNotReachList[] = [];

  constructor(
    private readonly settings: TwitterSettings,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.lists = [];
  }

  list({ ids, params }: AdsCall): AdsAnswer {
    const withDeleted = params.flag('with_deleted');
    const found = this.lists.filter(({ account, deleted }) => account === ids.account && (withDeleted || !deleted));
    return { data: found.map((list) => this.fields(list)), nextCursor: null };
  }

  /** An account has one at most. */
  create({ ids, params }: AdsCall): AdsAnswer {
    if (this.lists.some(({ account, deleted }) => account === ids.account && !deleted)) {
      throw actionNotAllowed('The account has a Do Not Reach List already');
    }
    const now = this.clock.now();
    const list: DoNotReachList = {
      id: (FIRST_ID + this.lists.length).toString(36),
      account: ids.account,
      createdAt: now,
      updatedAt: now,
      description: params.text('description') || null,
      members: new MemberSet(this.settings.matchRate),
      deleted: false,
    };
    this.lists.push(list);
    return { status: 201, data: this.fields(list) };
  }

  delete({ ids }: AdsCall): AdsAnswer {
    const list = this.owned(ids.account, ids.list);
    list.deleted = true;
    return { data: this.fields(list) };
  }

  /** The answer is a list, unlike that of a custom audience's users. */
  change({ ids, json, bodyBytes }: AdsCall): AdsAnswer {
    const list = this.owned(ids.account, ids.list);
    const now = this.clock.now();
    const latestExpiry = monthsAfter(now, LONGEST_MONTHS);
    const operations = readOperations(
      { json, bodyBytes, now, ...this.settings },
      { params: ['users', 'expires_at'], identifiers: ['email', 'phone_number'], latestExpiry },
    );
    for (const { type, users, expiresAt } of operations) {
      if (type === 'Update') list.members.add(users, expiresAt ?? latestExpiry);
      else list.members.remove(users);
    }
    list.updatedAt = now;
    const total = operations.reduce((sum, { users }) => sum + users.length, 0);
    return { data: [{ success_count: total, total_count: total }], isBatch: true };
  }

  private owned(account: string, id: string): DoNotReachList {
    const list = this.lists.find((one) => one.account === account && one.id === id && !one.deleted);
    if (list === undefined) throw notFound('The Do Not Reach List');
    return list;
  }

  private fields(list: DoNotReachList): object {
    list.members.expire(this.clock.now());
    return {
      id: list.id,
      name: 'Do Not Reach List',
      description: list.description,
      list_size: list.members.size,
      created_at: timeText(list.createdAt),
      updated_at: timeText(list.updatedAt),
      deleted: list.deleted,
    };
  }
}
