import { type MemberSet } from '../members/member-set.js';

export type AudienceType =
  | 'Partner'
  | 'Customer File Audience'
  | 'Lookalike Audience'
  | 'Website Audience'
  | 'App Activity Audience'
  | 'Engagement Audience'
  | 'Lead Generation'
  /** How the platform calls this one in its lists is not public; the name of its reference. */
  | 'Offline Activity Audience';

/** An ad group that uses an audience, as `/dmp/custom_audience/apply/log/` shows it. */
export interface AdGroupUse {
  readonly adgroup_id: string;
  readonly adgroup_name: string;
  readonly usage_mode: 'Include' | 'Exclude';
}

/** What a file does to its audience. */
export type FileAction = 'APPEND' | 'REMOVE' | 'REPLACE';

/** Files that are being matched. */
export interface FileJob {
  readonly action: FileAction | 'CREATE';
  readonly keys: readonly string[];
  readonly startedAt: number;
}

/** One line of what happened to an audience, as the platform shows it. */
export interface HistoryEntry {
  readonly action: string;
  readonly action_detail: string;
  readonly editor: 'open_api';
  readonly msg: string | null;
  readonly opt_time: string;
}

/** What the creator of an audience decides. */
export interface NewAudience {
  readonly advertiserId: string;
  readonly type: AudienceType;
  readonly calculateType: string;
  /** Days from creation that nothing prolongs; without it a year from the last change. */
  readonly retentionDays?: number;
  /** `lookalike_spec`, of an audience of people like those of another one. */
  readonly lookalike?: Readonly<Record<string, unknown>>;
  /** `rule_spec`, of an audience that fills itself. */
  readonly rule?: object;
  /** The people that such an audience turns out to have. */
  readonly findsPeople?: number;
  name: string;
  subType: 'NORMAL' | 'REACH_FREQUENCY';
}

/** One custom audience. Times are milliseconds since 1970. */
export interface TikTokAudience extends NewAudience {
  readonly id: string;
  readonly createdAt: number;
  modifiedAt: number;
  members: MemberSet;
  /** Matched people at the last time the counts were made. */
  coverNum: number;
  /** The last change of a segment, while it does not show in the counts. */
  unsettledSince?: number;
  job?: FileJob;
  errorMsg?: string;
  /** Newest first. */
  readonly history: HistoryEntry[];
  /** Ad accounts that see it without owning it. */
  sharedWith: readonly string[];
  /** Rows that each mapping call and each later file leaves out, answering 20001. Set from outside. */
  skipRows: number;
  /** The next file fails. Set from outside. */
  failNextJob: boolean;
  /** Where it is used. Set from outside. */
  adGroups: readonly AdGroupUse[];
  /** Its time is up whatever the date. Set from outside. */
  expired: boolean;
}
