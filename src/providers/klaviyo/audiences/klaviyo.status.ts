import type { AudienceFacts } from '../../contract/audience-manager.js';
import type { CustomAudienceStatus } from '../../contract/custom-audience-words.js';

/** New members show in a segment after about nine minutes; half an hour is still the usual course (section 7 of the notes). */
const SETTLING_MS = 30 * 60_000;

/** A segment as Klaviyo tells it. */
export interface SegmentState {
  readonly isActive: boolean;
  /** Klaviyo computes the members. A weak sign: it may be false before they appear. */
  readonly isProcessing: boolean;
  /** Null where Klaviyo does not give it at present. */
  readonly count: number | null;
}

/** What Klaviyo tells of an audience. */
export interface KlaviyoAudienceState {
  /** Members of the list; null where Klaviyo does not give it at present. */
  readonly listCount: number | null;
  /** `none`: the list stands alone, and is used itself. `gone`: it was deleted while it was read. */
  readonly segment: SegmentState | 'none' | 'gone';
}

export interface KlaviyoStatus {
  readonly status: CustomAudienceStatus;
  readonly statusReason: string | null;
}

const READY: KlaviyoStatus = { status: 'ready', statusReason: null };

/** The status of an audience that is there, by the table of section 7 of the notes, from its first row on. */
export function klaviyoStatus(state: KlaviyoAudienceState, facts: AudienceFacts): KlaviyoStatus {
  const { listCount, segment } = state;
  const failure = failureOf(segment, facts);
  if (failure !== undefined) return { status: 'error', statusReason: failure };
  if (facts.isUploading) return populating('Klaviyo has imports to finish.');
  const size = sizeOf(state);
  if (typeof segment === 'object') {
    if (segment.isProcessing) return populating('Klaviyo computes the members of the segment.');
    const isSettled = segment.count === null || listCount === null || segment.count === listCount;
    if (!isSettled && !isLongAgo(facts)) return populating('The segment has not caught up with its list yet.');
  }
  if (size === null) return populating('Klaviyo does not tell the number of members at present.');
  return size > 0 ? READY : { status: 'too-small', statusReason: 'It has no members.' };
}

/** Members now, whatever their consent: those of the segment, or of the list where the segment does not tell. */
export function sizeOf({ listCount, segment }: KlaviyoAudienceState): number | null {
  return typeof segment === 'object' && segment.count !== null ? segment.count : listCount;
}

function failureOf(segment: KlaviyoAudienceState['segment'], { hasFailed }: AudienceFacts): string | undefined {
  if (segment === 'gone') return 'The segment over the list was deleted in Klaviyo.';
  if (typeof segment === 'object' && !segment.isActive) {
    return 'The segment was deactivated in Klaviyo, so that its members no longer change.';
  }
  return hasFailed ? 'The latest upload failed for good; its delivery says why.' : undefined;
}

function populating(statusReason: string): KlaviyoStatus {
  return { status: 'populating', statusReason };
}

function isLongAgo({ lastUploadAt, now }: AudienceFacts): boolean {
  return lastUploadAt === null || now.getTime() - lastUploadAt.getTime() >= SETTLING_MS;
}
