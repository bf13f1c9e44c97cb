import { type MemberSet } from '../members/member-set.js';

export type UploadKeyType = 'CONTACT_ID' | 'MOBILE_ID' | 'USER_ID' | 'PAIR_ID' | 'PSEUDONYMOUS_ID';

export interface Lookalike {
  readonly seedIds: readonly string[];
  readonly expansionLevel: string;
  readonly countryCodes: readonly string[];
}

/** What its owner decides about a list. */
export interface NewUserList {
  readonly account: string;
  displayName: string;
  description: string;
  integrationCode: string;
  membershipStatus: 'OPEN' | 'CLOSED';
  membershipSeconds: number;
  eligibleForSearch: boolean;
  accountAccessStatus: 'ENABLED' | 'DISABLED';
  readonly accessReason: string;
  /** Of people like those of other lists. */
  readonly lookalike?: Lookalike;
  /** Absent for lists that the platform fills itself. */
  readonly uploadKeyType?: UploadKeyType;
  /** The body's own `contactIdInfo` and the like, given back as they came. */
  readonly keyInfo: Readonly<Record<string, unknown>>;
}

/** One list as the platform keeps it. */
export interface UserList extends NewUserList {
  readonly id: string;
  readonly members: MemberSet;
  readonly createdAt: number;
  closingReason?: 'UNUSED';
  /** The first so many members of each request fail later, with {@link failReason}. */
  failRecords: number;
  failReason: string;
  /** The next request ends as FAILED. */
  failNextRequest: boolean;
}
