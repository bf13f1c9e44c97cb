import { type Profile } from '../profiles/profile.js';

export const OPT_IN_PROCESSES = ['single_opt_in', 'double_opt_in'] as const;
export type OptInProcess = (typeof OPT_IN_PROCESSES)[number];

/** A membership: since when, and how often a row brought it. */
export interface Membership {
  readonly profile: Profile;
  readonly joinedAt: number;
  timesReceived: number;
}

/** A list: profiles that were put in and stay until they are taken out. */
export class KlaviyoList {
  /** In the order of arrival. */
  readonly members = new Map<string, Membership>();
  updatedAt: number;
  /** Rows that calls brought for it in all, repeats included. */
  rowsReceived = 0;
  /** How many rows of the next imports fail while they are processed: a hook for tests. */
  failRows = 0;
  /** How many of the next imports are cancelled half-way: a hook for tests. */
  cancelImports = 0;

  constructor(
    readonly id: string,
    readonly serial: number,
    readonly createdAt: number,
    public name: string,
    public optInProcess: OptInProcess,
  ) {
    this.updatedAt = createdAt;
  }

  /** A repeat changes nothing but the count, not even when the profile joined. */
  add(profile: Profile, now: number): void {
    const known = this.members.get(profile.id);
    if (known === undefined) this.members.set(profile.id, { profile, joinedAt: now, timesReceived: 1 });
    else known.timesReceived += 1;
  }
}
