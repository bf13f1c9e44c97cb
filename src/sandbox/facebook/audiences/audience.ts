import { type MemberSet } from '../members/member-set.js';
import { type DataSource } from '../members/users-payload.js';

/** What a lookalike was made from and how. */
export interface Lookalike {
  readonly originId: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly ratio: number;
}

/** What fills an audience that nobody uploads to. */
export interface AudienceRule {
  /** As it came, as JSON. */
  readonly text: string;
  /** People who meet it. */
  readonly people: number;
}

/** An ad that uses an audience, or keeps its people out. */
export interface UsingAd {
  readonly id: string;
  readonly name: string;
  readonly campaign: { readonly id: string; readonly name: string };
  readonly excludes: boolean;
}

/** What the creator of an audience decides. */
export interface NewAudience {
  readonly accountId: string;
  readonly subtype: string;
  readonly isValueBased: boolean;
  readonly retentionDays: number;
  readonly lookalike?: Lookalike;
  readonly rule?: AudienceRule;
  name: string;
  description?: string;
  customerFileSource?: string;
  optOutLink?: string;
}

/** An account that an audience is shared with. A first share between two businesses waits for the other one. */
export interface Share {
  readonly permissions: string;
  status: 'SHARED' | 'IN_PROGRESS';
}

/** A `/usersreplace` that is running. */
export interface RunningReplace {
  readonly sessionId: string;
  readonly startedAt: number;
  readonly schema: string;
  readonly members: MemberSet;
  /** Set by the last flag: the new members are taken over some time after it. */
  finishedAt?: number;
}

/** One custom audience. Times are milliseconds since 1970. */
export interface FacebookAudience extends NewAudience {
  readonly id: string;
  readonly createdAt: number;
  readonly shares: Map<string, Share>;
  updatedAt: number;
  /** When its list last changed; absent before the first upload. */
  contentUpdatedAt?: number;
  /** A change that does not show in the counts yet. */
  unsettledSince?: number;
  /** Matched people at the last time the counts were made. */
  settledMatched?: number;
  dataSource?: DataSource;
  members: MemberSet;
  replace?: RunningReplace;
  replaceFailed?: boolean;
  /** Flagged for integrity: frozen. Set from outside. */
  flagged: boolean;
  /** The ads that use it. Set from outside. */
  ads: readonly UsingAd[];
  /** Codes that it reports whatever its state. Set from outside. */
  reported: { operation?: number; delivery?: number };
  /** When it will be deleted for not being used. Set from outside. */
  deleteAt?: number;
  /** The next replace fails. Set from outside. */
  failReplace: boolean;
}
