/** Everything that is told of custom audiences, and what each event's `data` holds. Never a value of a user. */
export interface AudienceEventData {
  /** Our record was made. */
  created: { name: string; type: string; audienceId: string | null };
  /** Properties were changed by hand. */
  updated: { changed: readonly string[] };
  deleted: { name: string; audienceId: string | null };
  /** All batches of one session were settled for the audience; counts of users. */
  dataUploaded: UploadCounts & {
    session: string;
    sessionId: number;
    mode: string;
    state: 'completed' | 'completed-with-errors';
  };
  /** Users came in; `added` counts those whom the members store did not have, null without one. */
  usersAdded: { session: string; count: number; added: number | null };
  usersRemoved: { session: string; count: number };
  /** The stored members were all sent again. */
  refreshed: { session: string; count: number };
  /** The platform is no longer populating the audience, and has found people. */
  populationCompleted: { size: number | null };
  populationFailed: { reason: string | null };
  sizeUpdated: { size: number | null; before: number | null };
  tooSmall: { size: number | null; minimumSize: number | null };
  ready: { size: number | null };
  shared: { accounts: readonly { account: string; state: string }[] };
  /** Told of the seed; `lookalike` is the id of the new custom audience. */
  lookalikeCreated: { lookalike: string; name: string };
  /** A campaign uses the audience that did not when it was last looked at. */
  usedInCampaign: { campaign: string; name: string | null };
}

export interface UploadCounts {
  received: number;
  accepted: number;
  skipped: number;
  rejected: number;
  /** Of the accepted, by the members store; null without one. */
  added: number | null;
  unchanged: number | null;
  removed: number | null;
}

export type AudienceEventType = keyof AudienceEventData;

export const AUDIENCE_EVENT_TYPES = [
  'created',
  'updated',
  'deleted',
  'dataUploaded',
  'usersAdded',
  'usersRemoved',
  'refreshed',
  'populationCompleted',
  'populationFailed',
  'sizeUpdated',
  'tooSmall',
  'ready',
  'shared',
  'lookalikeCreated',
  'usedInCampaign',
] as const satisfies readonly AudienceEventType[];
