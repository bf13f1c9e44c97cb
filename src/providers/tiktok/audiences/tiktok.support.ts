import type { AudienceSupport } from '../../contract/audience-manager.js';
import { LOOK_BACK_DAYS } from './tiktok.rules.js';
import { SMALLEST_AUDIENCE } from './tiktok.status.js';

/** What TikTok offers for its audiences; sections 3 and 7 of the notes. */
export const tiktokSupport: AudienceSupport = {
  lacks: {},
  types: ['customer-list', 'website-traffic', 'app-activity', 'engagement', 'offline-activity'],
  engagementTypes: ['video', 'lead-form'],
  // No description, and no retention of what exists already.
  changes: ['name'],
  retentionDays: { min: Math.min(...LOOK_BACK_DAYS), max: Math.max(...LOOK_BACK_DAYS) },
  minimumSize: SMALLEST_AUDIENCE,
  tells: ['size', 'matchedUsers', 'matchingRate', 'ads', 'exclusions'],
  // Figures come after an hour at the earliest, after two days at the latest.
  polling: [
    { everyMinutes: 60, untilMinutes: 60 },
    { everyMinutes: 3 * 60, untilMinutes: 48 * 60 },
    { everyMinutes: 6 * 60 },
  ],
  // Ten calls a second are for all tags and all kinds of calls of an app together.
  readsPerMinute: 60,
};
