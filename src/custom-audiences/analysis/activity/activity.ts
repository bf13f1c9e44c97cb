import type { SessionOrigin, UploadMode } from '../../../common/upload-modes.js';
import type { DeliveryState } from '../../../deliveries/delivery-state.js';
import type { CustomAudienceStatus } from '../../../providers/contract/custom-audience-words.js';
import type { IdentifierField, RejectionReason } from '../../../providers/contract/rejection-vocabulary.js';

/** The size at the end of a day (UTC) on which the platform said something else than before. */
export interface SizePoint {
  /** When it was said, ISO 8601. */
  readonly at: string;
  readonly status: CustomAudienceStatus;
  readonly size: number | null;
  readonly matchedUsers: number | null;
  readonly uploadedRecords: number;
}

/** What the deliveries that ended on one day (UTC) changed. */
export interface GrowthDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly added: number;
  readonly removed: number;
}

export interface RejectionFigure {
  /** Null: the whole user. */
  readonly field: IdentifierField | null;
  readonly reason: RejectionReason;
  readonly users: number;
}

/** How long deliveries took from being queued to being settled, seconds. */
export interface DurationFigures {
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  /** By how long they took at most; null: longer. */
  readonly histogram: readonly { readonly upToSeconds: number | null; readonly deliveries: number }[];
}

export interface DeliveryFigures {
  readonly total: number;
  readonly states: Readonly<Partial<Record<DeliveryState, number>>>;
  /** Null: none was settled. */
  readonly durations: DurationFigures | null;
}

/** One session as far as it went to this audience. */
export interface SessionFigures {
  readonly id: string;
  readonly name: string;
  readonly mode: UploadMode;
  readonly origin: SessionOrigin;
  readonly createdAt: string;
  /** When its last delivery ended; null: one is open. */
  readonly settledAt: string | null;
  readonly deliveries: number;
  readonly failed: number;
  readonly received: number;
  readonly accepted: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly added: number;
  readonly removed: number;
}
