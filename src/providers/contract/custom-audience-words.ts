/** Where the people of a custom audience come from. */
export const CUSTOM_AUDIENCE_TYPES = [
  'customer-list',
  'website-traffic',
  'app-activity',
  'engagement',
  'offline-activity',
] as const;
export type CustomAudienceType = (typeof CUSTOM_AUDIENCE_TYPES)[number];

/** What people engaged with; only with the type `engagement`. */
export const ENGAGEMENT_TYPES = [
  'video',
  'lead-form',
  'instant-experience',
  'facebook-page',
  'instagram-account',
] as const;
export type EngagementType = (typeof ENGAGEMENT_TYPES)[number];

/**
 * `populating`: the platform is still at it · `too-small`: below the platform's minimum, cannot be targeted · `ready`: can be ·
 * `error`: cannot, and will not by itself.
 */
export const CUSTOM_AUDIENCE_STATUSES = ['ready', 'populating', 'too-small', 'error'] as const;
export type CustomAudienceStatus = (typeof CUSTOM_AUDIENCE_STATUSES)[number];

/** Everything that may be done with a custom audience. */
export const CUSTOM_AUDIENCE_ACTIONS = [
  'create',
  'update',
  'delete',
  'uploadData',
  'addUsers',
  'removeUsers',
  'refresh',
  'share',
  'createLookalike',
  'analyze',
  'report',
] as const;
export type CustomAudienceAction = (typeof CUSTOM_AUDIENCE_ACTIONS)[number];
