import type { AudienceFacts, AudienceSnapshot } from '../../contract/audience-manager.js';
import { redactText } from '../../kit/redact.js';
import { isExpired, type TikTokAudience } from '../tiktok.lookup.js';

export type TikTokStatus = Pick<AudienceSnapshot, 'status' | 'statusReason' | 'warnings'>;

/** Matched people that an ad group asks for. */
export const SMALLEST_AUDIENCE = 1_000;

const HOUR_MS = 60 * 60_000;
/** TikTok looks for people for a day or two. */
const PROCESSING_MS = 48 * HOUR_MS;
/** After so long something is wrong. */
const STUCK_MS = 72 * HOUR_MS;

type StatusFacts = Pick<AudienceFacts, 'now' | 'lastUploadAt' | 'isUploading'>;

/**
 * What the audience's state is called here; section 7 of the notes, in its order.
 * https://ads.tiktok.com/help/article/custom-audiences
 */
export function tiktokStatus(audience: TikTokAudience, facts: StatusFacts): TikTokStatus {
  const { isValid, coverNum, failure } = audience;
  const now = facts.now.getTime();
  if (isExpired(audience, now)) {
    return because('error', 'TikTok let the audience expire; it is empty and can only be deleted');
  }
  if (failure !== '') {
    return because('error', `TikTok says of the last change: ${redactText(failure)}`);
  }
  const ageMs = now - lastChange(audience, facts);
  if (!isValid && ageMs < PROCESSING_MS) {
    return because('populating', 'TikTok is still looking for the people of the audience, which takes up to two days');
  }
  if (coverNum < SMALLEST_AUDIENCE) {
    return because('too-small', `TikTok found ${coverNum} people, of the ${SMALLEST_AUDIENCE} that an ad group needs`);
  }
  if (isValid) {
    return { status: 'ready', statusReason: null, warnings: expiryWarning(audience) };
  }
  const found = because('populating', 'TikTok found enough people, but does not let the audience be used yet');
  return ageMs > STUCK_MS ? { ...found, warnings: [STUCK] } : found;
}

const STUCK = {
  code: 'stuck',
  message: 'TikTok has not made the audience usable three days after its last change; look at it in TikTok Ads Manager',
} as const;

/** TikTok's and ours, whichever came later; what is under way changes it now. */
function lastChange({ createdAt, changedAt }: TikTokAudience, { now, lastUploadAt, isUploading }: StatusFacts): number {
  return isUploading ? now.getTime() : Math.max(createdAt ?? 0, changedAt ?? 0, lastUploadAt?.getTime() ?? 0);
}

function expiryWarning({ isExpiring }: TikTokAudience): TikTokStatus['warnings'] {
  const message = 'Fewer than 60 days are left until TikTok lets the audience expire, unless it is used or changed';
  return isExpiring ? [{ code: 'expiring', message }] : [];
}

function because(status: TikTokStatus['status'], statusReason: string): TikTokStatus {
  return { status, statusReason, warnings: [] };
}
