import type { AudienceSupport } from '../../contract/audience-manager.js';

/** What Meta offers for audiences; sections 3, 4 and 7 of the notes. */
export const facebookSupport: AudienceSupport = {
  lacks: {},
  types: ['customer-list', 'website-traffic', 'app-activity', 'engagement', 'offline-activity'],
  engagementTypes: ['video', 'lead-form', 'instant-experience', 'facebook-page', 'instagram-account'],
  // `retention_days` can be set at the creation; that it can be changed stands in Meta's SDKs, not in its documentation.
  changes: ['name', 'description'],
  retentionDays: { min: 1, max: 180 },
  minimumSize: 100,
  tells: ['size', 'matchedUsers', 'matchingRate', 'campaigns', 'ads', 'exclusions'],
  // A lookalike takes up to six hours, a list up to a day, and after two nothing more comes by itself.
  polling: [
    { everyMinutes: 15, untilMinutes: 6 * 60 },
    { everyMinutes: 60, untilMinutes: 48 * 60 },
    { everyMinutes: 12 * 60 },
  ],
  // An app with limited access has 60 points for five minutes. A reading takes one, and uploads take three each.
  readsPerMinute: 6,
};
