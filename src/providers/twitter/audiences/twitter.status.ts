import type { AudienceFacts, AudienceSnapshot } from '../../contract/audience-manager.js';
import { redactText } from '../../kit/redact.js';

/** What X says of an audience, as far as its status depends on it. */
export interface TwitterState {
  readonly isTargetable: boolean;
  /** `reasons_not_targetable` */
  readonly reasons: readonly string[];
  /** Matched people who were active in the last 90 days; null until they were counted. */
  readonly size: number | null;
}

export type TwitterStatus = Pick<AudienceSnapshot, 'status' | 'statusReason' | 'warnings'>;

/** Matched people that the API asks for, to let an audience be targeted. */
export const SMALLEST_AUDIENCE = 100;
/** And those below which X's own pages may not show it. */
const SMALLEST_SHOWN = 500;

/** What X said of its size lags so far behind an upload. */
const LAG_MS = 48 * 60 * 60_000;

const PROCESSING = 'PROCESSING';
const TOO_SMALL = 'TOO_SMALL';

/**
 * What the audience's state is called here; section 7 of the notes.
 * https://docs.x.com/x-ads-api/audiences
 */
export function twitterStatus(state: TwitterState, facts: Pick<AudienceFacts, 'now' | 'lastUploadAt'>): TwitterStatus {
  const { isTargetable, reasons } = state;
  if (isTargetable) {
    return { status: 'ready', statusReason: null, warnings: smallWarning(state) };
  }
  const others = reasons.filter((reason) => reason !== PROCESSING && reason !== TOO_SMALL);
  if (others.length > 0) {
    return because('error', `X does not let the audience be targeted: ${redactText(others.join(', '))}`);
  }
  if (reasons.includes(PROCESSING) || reasons.length === 0) {
    return because('populating', 'X is still looking for the people of the audience');
  }
  const { now, lastUploadAt } = facts;
  return lastUploadAt !== null && now.getTime() - lastUploadAt.getTime() < LAG_MS
    ? because('populating', 'X calls the audience too small, which may be about the time before the latest upload')
    : because('too-small', `X found fewer than ${SMALLEST_AUDIENCE} people who were active in the last 90 days`);
}

function because(status: TwitterStatus['status'], statusReason: string): TwitterStatus {
  return { status, statusReason, warnings: [] };
}

function smallWarning({ size }: TwitterState): TwitterStatus['warnings'] {
  if (size === null || size >= SMALLEST_SHOWN) return [];
  const message = `Fewer than ${SMALLEST_SHOWN} people: ads.x.com may not show the audience, campaigns made by the API can use it`;
  return [{ code: 'hidden-audience', message }];
}
