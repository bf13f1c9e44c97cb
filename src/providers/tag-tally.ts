import type { IdentifierField, Prepared, RejectionReason } from './contract/audience-provider.js';

/** How many users one identifier was left out of, or were skipped themselves, for one reason. */
export interface RejectionCount {
  /** Absent: the whole user. */
  readonly field?: IdentifierField;
  readonly reason: RejectionReason;
  readonly users: number;
}

interface Counting {
  readonly field?: IdentifierField;
  readonly reason: RejectionReason;
  users: number;
  last: number;
}

/** Counts what one tag makes of a batch, which comes in parts. */
export class TagTally {
  received = 0;
  /** Users of whom something would be sent. */
  sent = 0;
  private readonly counts = new Map<string, Counting>();

  /**
   * @param size users in this part
   * @param from place of its first user in the batch
   */
  add({ rows, rejections }: Prepared<unknown>, size: number, from: number): void {
    this.received += size;
    this.sent += rows.length;
    for (const { user, field, reason } of rejections) {
      const key = `${field ?? ''} ${reason}`;
      const known = this.counts.get(key);
      const place = from + user;
      if (known === undefined) {
        this.counts.set(key, { field, reason, users: 1, last: place });
      } else if (known.last !== place) {
        known.users += 1;
        known.last = place;
      }
    }
  }

  /** The most frequent first. */
  get rejections(): RejectionCount[] {
    return [...this.counts.values()]
      .map(({ field, reason, users }) => ({ ...(field && { field }), reason, users }))
      .sort((a, b) => b.users - a.users);
  }
}
