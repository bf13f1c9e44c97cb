import type { AudienceSupport } from '../../contract/audience-manager.js';
import { SMALLEST_AUDIENCE } from './twitter.status.js';

/** What X offers for its audiences; sections 3 and 7 of the notes. */
export const twitterSupport: AudienceSupport = {
  lacks: {
    createLookalike:
      'X has no lookalike audiences; choose who is similar for each campaign instead: audience_expansion of a line item, or the targeting type CUSTOM_AUDIENCE_EXPANDED.',
  },
  types: ['customer-list'],
  changes: ['name', 'description'],
  minimumSize: SMALLEST_AUDIENCE,
  tells: ['size', 'matchedUsers', 'matchingRate', 'campaigns', 'ads'],
  // Changes show after six to eight hours, at the latest after two days.
  polling: [{ everyMinutes: 60, untilMinutes: 48 * 60 }, { everyMinutes: 24 * 60 }],
  // 2,000 in 15 minutes are 133 a minute, of which looking names up takes its share.
  readsPerMinute: 60,
};
