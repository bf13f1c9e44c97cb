import { type Profile } from '../profiles/profile.js';
import { type ProfileRow } from '../profiles/profile-row.js';

/** Jobs can be read for a week. */
export const JOB_LIFETIME_MS = 7 * 86_400_000;

export type ImportStatus = 'queued' | 'processing' | 'complete' | 'cancelled';

/** A row that failed while it was processed. */
export interface ImportError {
  readonly id: string;
  readonly serial: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly pointer: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a job was made of. */
export interface ImportPlan {
  readonly id: string;
  readonly serial: number;
  readonly createdAt: number;
  readonly durationMs: number;
  readonly rows: readonly ProfileRow[];
  readonly listIds: readonly string[];
  /** How many of the first rows fail. */
  readonly failRows: number;
  readonly isCancelled: boolean;
}

/** One bulk import. It waits for a third of its time, then works through its rows evenly. */
export class ImportJob {
  readonly errors: ImportError[] = [];
  readonly profiles = new Map<string, Profile>();
  /** Rows that have been worked on. */
  done = 0;
  accepted = 0;

  constructor(readonly plan: ImportPlan) {}

  get startsAt(): number {
    return this.plan.createdAt + Math.round(this.plan.durationMs / 3);
  }

  /** A job that is cancelled ends half-way, and what has been written stays. */
  get endsAt(): number {
    const { createdAt, durationMs, isCancelled } = this.plan;
    return isCancelled ? Math.round((this.startsAt + createdAt + durationMs) / 2) : createdAt + durationMs;
  }

  get expiresAt(): number {
    return this.plan.createdAt + JOB_LIFETIME_MS;
  }

  status(now: number): ImportStatus {
    if (now < this.startsAt) return 'queued';
    if (now < this.endsAt) return 'processing';
    return this.plan.isCancelled ? 'cancelled' : 'complete';
  }

  /** How many rows have been worked on by `now`. */
  dueRows(now: number): number {
    const { rows, createdAt, durationMs, isCancelled } = this.plan;
    const last = isCancelled ? Math.floor(rows.length / 2) : rows.length;
    if (now >= this.endsAt) return last;
    const share = (now - this.startsAt) / (createdAt + durationMs - this.startsAt);
    return Math.min(last, Math.max(0, Math.floor(rows.length * share)));
  }
}
