import { type MemberSet } from '../members/member-set.js';

export const SEGMENT_STATUSES = ['BUILDING', 'UPDATING', 'READY', 'ARCHIVED', 'EXPIRED', 'FAILED', 'ERROR'] as const;
export type SegmentStatus = (typeof SEGMENT_STATUSES)[number];

/** What the creator of a segment decides. */
export interface NewSegment {
  /** Digits. */
  readonly account: string;
  readonly type: string;
  readonly sourcePlatform: string;
  readonly sourceSegmentId?: string;
  readonly name: string;
  readonly description?: string;
}

/** An audience that the platform grows out of another. */
export interface PredictiveAudience {
  readonly id: number;
  readonly desiredAudienceCount: number;
  readonly seeds: readonly number[];
  readonly targetingFilter: object;
  readonly createdAt: number;
}

/** One DMP segment. Times are milliseconds since 1970. */
export interface Segment extends Omit<NewSegment, 'name' | 'description'> {
  readonly id: number;
  name: string;
  description?: string;
  readonly createdAt: number;
  modifiedAt: number;
  readonly members: MemberSet;
  /** The last time that people were put in or taken out. */
  contentChangedAt?: number;
  predictive?: PredictiveAudience;
  /** So many of the next elements are answered with this status. Set from outside. */
  failElements: { readonly status: number; readonly count: number };
  /** Whatever its age. Set from outside. */
  fixedStatus?: SegmentStatus;
}

const DAY_MS = 86_400_000;
const ARCHIVED_AFTER_MS = 30 * DAY_MS;
const EXPIRED_AFTER_MS = 90 * DAY_MS;

/** What time has made of a segment: https://www.linkedin.com/help/lms/answer/a795242 */
export function statusOf(segment: Segment, now: number, processingMs: number): SegmentStatus {
  const { createdAt, modifiedAt, contentChangedAt = 0, fixedStatus } = segment;
  if (fixedStatus !== undefined) return fixedStatus;
  const idleMs = now - Math.max(modifiedAt, contentChangedAt);
  if (idleMs >= EXPIRED_AFTER_MS) return 'EXPIRED';
  if (idleMs >= ARCHIVED_AFTER_MS) return 'ARCHIVED';
  if (now - createdAt < processingMs) return 'BUILDING';
  return now - contentChangedAt < processingMs ? 'UPDATING' : 'READY';
}
