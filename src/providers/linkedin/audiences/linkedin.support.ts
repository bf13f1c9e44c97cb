import type { AudienceSupport } from '../../contract/audience-manager.js';

/** Matched members below which a segment serves to nobody (section 7 of the notes). */
export const MINIMUM_SIZE = 300;

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** What LinkedIn offers for segments (sections 3 and 7 of the notes). No limit of reading them is published. */
export const LINKEDIN_AUDIENCES: AudienceSupport = {
  lacks: {
    share:
      'LinkedIn has no API that shares a segment: configure the other ad account as a tag and send it the users, or have a ' +
      'person copy the list in Campaign Manager (asset copying).',
  },
  types: ['customer-list'],
  changes: ['name', 'description'],
  minimumSize: MINIMUM_SIZE,
  tells: ['size', 'matchedUsers', 'matchingRate'],
  polling: [
    { everyMinutes: 15, untilMinutes: 2 * HOUR_MINUTES },
    { everyMinutes: HOUR_MINUTES, untilMinutes: 2 * DAY_MINUTES },
    { everyMinutes: DAY_MINUTES },
  ],
  readsPerMinute: 60,
};
