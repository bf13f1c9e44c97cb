import type { AudienceSupport } from '../../contract/audience-manager.js';

/** People below whom no network shows ads to a list (section 7 of the notes). */
export const MINIMUM_SIZE = 100;

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/**
 * What Google offers for lists (sections 3 and 7 of the notes). Sizes show 6 to 48 hours after an upload, so that nothing is missed
 * by asking seldom; of the 300 reads a minute that a Cloud project has, some are left to the look-ups of deliveries.
 */
export const GOOGLE_AUDIENCES: AudienceSupport = {
  lacks: {
    share:
      'Google offers sharing to data partners alone: switch on continuous audience sharing in the manager account, or configure ' +
      'the other account as a tag and send it the users.',
  },
  types: ['customer-list'],
  changes: ['name', 'description', 'retentionDays'],
  retentionDays: { min: 1, max: 540 },
  minimumSize: MINIMUM_SIZE,
  tells: ['size', 'matchedUsers', 'matchingRate'],
  polling: [
    { everyMinutes: 30, untilMinutes: 4 * HOUR_MINUTES },
    { everyMinutes: 2 * HOUR_MINUTES, untilMinutes: 2 * DAY_MINUTES },
    { everyMinutes: DAY_MINUTES },
  ],
  readsPerMinute: 120,
};
