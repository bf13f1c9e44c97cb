import type { AudienceFacts, AudienceSnapshot } from '../../contract/audience-manager.js';
import { MINIMUM_SIZE } from './google.support.js';

/** What of a list decides its status. */
export interface ListState {
  readonly isClosed: boolean;
  /** Google's own reason, `UNUSED`; `''` where a person closed it. */
  readonly closingReason: string;
  /** The list belongs to somebody who has taken back what he shared. */
  readonly isDisabled: boolean;
  /** The largest of the four networks' counts; 0 as well while none is there. */
  readonly size: number;
  readonly isEligible: boolean;
}

export type ListStatus = Pick<AudienceSnapshot, 'status' | 'statusReason'>;

/** So long after the last upload its people may not show in any count. */
const COUNTED_AFTER_MS = 48 * 3_600_000;

type Facts = Pick<AudienceFacts, 'now' | 'lastUploadAt' | 'isUploading' | 'hasFailed'>;

/** Section 7 of the notes: the first rule that holds. Google itself tells no status of such lists. */
export function statusOf(list: ListState | 'forbidden', facts: Facts): ListStatus {
  const error = errorOf(list, facts);
  if (error !== undefined || list === 'forbidden') return { status: 'error', statusReason: error ?? null };
  if (facts.isUploading) return { status: 'populating', statusReason: 'Google is still at work on what was sent' };
  if (list.size === 0 && isUncounted(facts)) return { status: 'populating', statusReason: null };
  if (list.size < MINIMUM_SIZE) return tooSmall(`fewer than ${MINIMUM_SIZE} people can be reached`);
  if (!list.isEligible) return tooSmall('Google lets the list be used neither on the display network nor on search');
  return { status: 'ready', statusReason: null };
}

function errorOf(list: ListState | 'forbidden', { hasFailed }: Facts): string | undefined {
  if (list === 'forbidden') return 'Google does not let the account see the list; it may have been deleted';
  if (list.isDisabled) return 'the owner of the list has taken back the account’s access to it';
  if (list.isClosed) {
    const why = list.closingReason === 'UNUSED' ? ', closed by Google for not being used' : '';
    return `the list takes no new members${why}; open it again in Google Ads`;
  }
  return hasFailed ? 'Google could not use what was sent, and nothing before it' : undefined;
}

/** A list that nothing was ever sent to counts as one that waits for it. */
function isUncounted({ now, lastUploadAt }: Facts): boolean {
  return lastUploadAt === null || now.getTime() - lastUploadAt.getTime() < COUNTED_AFTER_MS;
}

function tooSmall(statusReason: string): ListStatus {
  return { status: 'too-small', statusReason };
}
