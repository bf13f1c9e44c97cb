import { type MemberSet } from '../members/member-set.js';

export type AudienceType = 'Partner' | 'Customer File Audience';

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
  /** Ad accounts that see it without owning it. Set from outside. */
  sharedWith: readonly string[];
  /** Rows that each mapping call and each later file leaves out, answering 20001. Set from outside. */
  skipRows: number;
  /** The next file fails. Set from outside. */
  failNextJob: boolean;
  /** Its time is up whatever the date. Set from outside. */
  expired: boolean;
}
