import { type MemberSet } from '../members/member-set.js';

/** A campaign that targets an audience, as the platform shows it. */
export interface TargetingCampaign {
  readonly campaign_id: string;
  readonly campaign_name: string;
  readonly line_items: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly servable: boolean;
  }[];
}

/** One custom audience. Times are milliseconds since 1970. */
export interface TwitterAudience {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: number;
  name: string;
  description: string | null;
  updatedAt: number;
  readonly members: MemberSet;
  /** Matched people at the last run; null before the first. */
  size: number | null;
  /** The first change of members that no run has seen yet. */
  unmatchedSince?: number;
  deleted: boolean;
  /** `CRM` for lists of users; the other kinds fill themselves. Set from outside. */
  audienceType: string;
  /** Users that each `/users` call leaves out of its counts. Set from outside. */
  miscount: number;
  /** Identifiers that it refuses, and with them the whole request. Set from outside. */
  refuses: readonly string[];
  /** What keeps it from being targeted beside its size. Set from outside. */
  reason?: string;
  /** What targets it. Set from outside. */
  campaigns: readonly TargetingCampaign[];
}
