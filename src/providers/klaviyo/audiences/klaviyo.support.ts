import type { AudienceSupport } from '../../contract/audience-manager.js';

/** What Klaviyo offers for lists and the segments over them (sections 3 and 7 of the notes). */
export const KLAVIYO_SUPPORT: AudienceSupport = {
  lacks: {
    share:
      'Klaviyo lists and segments cannot be shared with another account; send the same users to a tag of that account instead.',
    createLookalike:
      'Klaviyo makes no lookalikes; connect the segment to an ad network in Klaviyo, or send the users to one here, and make it there.',
  },
  types: ['customer-list'],
  // A list has a name, and neither a description nor an end.
  changes: ['name'],
  minimumSize: null,
  tells: ['size', 'matchedUsers', 'matchingRate'],
  polling: [{ everyMinutes: 1, untilMinutes: 30 }, { everyMinutes: 15, untilMinutes: 24 * 60 }, { everyMinutes: 60 }],
  // Numbers of members are given 15 times a minute, of lists and of segments each; some are left to the merchant.
  readsPerMinute: 10,
};
