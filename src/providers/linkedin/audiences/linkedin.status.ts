import type { AudienceSnapshot } from '../../contract/audience-manager.js';
import { MINIMUM_SIZE } from './linkedin.support.js';

/** What of a segment decides its status. */
export interface SegmentState {
  /** That of its destination; `''` where it has none. */
  readonly status: string;
  /** Members who can be reached. */
  readonly audienceSize: number | null;
}

export type SegmentStatus = Pick<AudienceSnapshot, 'status' | 'statusReason' | 'warnings'>;

const POPULATING: SegmentStatus = { status: 'populating', statusReason: null, warnings: [] };

const ARCHIVED = {
  code: 'archived',
  message:
    'LinkedIn has put the segment aside, unused for 30 days; selected in a campaign it is worked on for up to 48 hours, and ' +
    'after 90 days its people are gone.',
};

/** Section 7 of the notes: https://www.linkedin.com/help/lms/answer/a795242 */
export function statusOf(state: SegmentState): SegmentStatus {
  switch (state.status) {
    case 'BUILDING':
      return POPULATING;
    case 'READY':
    case 'UPDATING':
      return { ...bySize(state), warnings: [] };
    case 'ARCHIVED':
      return { ...bySize(state), warnings: [ARCHIVED] };
    case 'EXPIRED':
      return failed(
        'expired: LinkedIn has let go of its people, unused for 90 days; all of them have to be sent again',
      );
    case 'FAILED':
    case 'ERROR':
      return failed(`LinkedIn says ${state.status} of the segment, and not why`);
    case '':
      return { ...POPULATING, statusReason: 'LinkedIn does not tell a status yet' };
    default:
      return { ...POPULATING, statusReason: `LinkedIn tells a status that is not known: ${wordOf(state.status)}` };
  }
}

/** Whether section 7 has no rule for it, so that somebody should hear of it. */
export function isUnknownStatus(status: string): boolean {
  return !['BUILDING', 'READY', 'UPDATING', 'ARCHIVED', 'EXPIRED', 'FAILED', 'ERROR'].includes(status);
}

function bySize({ audienceSize }: SegmentState): Pick<SegmentStatus, 'status' | 'statusReason'> {
  if (audienceSize !== null && audienceSize >= MINIMUM_SIZE) return { status: 'ready', statusReason: null };
  return { status: 'too-small', statusReason: `fewer than ${MINIMUM_SIZE} members can be reached` };
}

function failed(statusReason: string): SegmentStatus {
  return { status: 'error', statusReason, warnings: [] };
}

function wordOf(status: string): string {
  return status.replace(/[^\w-]/g, '').slice(0, 40);
}
