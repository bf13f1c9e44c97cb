import type { AudienceFacts, AudienceSnapshot, Figure } from '../../contract/audience-manager.js';
import { integerOf, isRecord, textOf } from '../../kit/answer-values.js';
import type { UserList } from '../google.lookup.js';
import { type ListState, statusOf } from './google.status.js';

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1_000;

/** Google's own recommendations call a list stale that has got nobody for so long (section 7 of the notes). */
const STALE_MS = 90 * DAY_MS;

const NETWORKS = [
  'displayNetworkMembersCount',
  'searchNetworkMembersCount',
  'youtubeMembersCount',
  'gmailMembersCount',
] as const;

/**
 * What Google says of a list (section 3.3 of the notes). Its counts are estimates; how many people it knows it tells as a whole
 * percentage alone, of all that it has.
 */
export function snapshotOf(list: UserList, facts: AudienceFacts): AudienceSnapshot {
  const state = stateOf(list);
  const status = statusOf(state, facts);
  const rate = rateOf(list);
  const { uploadedRecords } = facts;
  return {
    name: textOf(list['displayName']) || null,
    description: textOf(list['description']) || null,
    ...status,
    warnings: warningsOf(facts),
    // Nothing is how Google tells both nobody and not counted yet.
    size: state.size === 0 && status.status === 'populating' ? null : estimate(state.size),
    matchedUsers: rate === null || uploadedRecords === null ? null : estimate(Math.round(rate * uploadedRecords)),
    matchingRate: rate === null ? null : estimate(rate),
    retentionDays: daysOf(list['membershipDuration']),
    lookalikeAudiences: null,
    changedAt: null,
  };
}

/** A list that we are not let to see. */
export function forbiddenSnapshot(facts: AudienceFacts): AudienceSnapshot {
  const unknown = { size: null, matchedUsers: null, matchingRate: null, retentionDays: null };
  const rest = { name: null, description: null, lookalikeAudiences: null, changedAt: null };
  return { ...rest, ...unknown, ...statusOf('forbidden', facts), warnings: [] };
}

/** The largest count of a network, which people may be in together. */
export function sizeOf(list: UserList): number {
  const counts = recordOf(list['sizeInfo']);
  return Math.max(0, ...NETWORKS.map((network) => integerOf(counts[network]) ?? 0));
}

function stateOf(list: UserList): ListState {
  const networks = recordOf(list['targetNetworkInfo']);
  return {
    isClosed: list['membershipStatus'] === 'CLOSED',
    closingReason: textOf(list['closingReason']),
    isDisabled: list['accountAccessStatus'] === 'DISABLED',
    size: sizeOf(list),
    isEligible: networks['eligibleForDisplay'] === true || networks['eligibleForSearch'] === true,
  };
}

function warningsOf({ now, lastUploadAt }: AudienceFacts): AudienceSnapshot['warnings'] {
  if (lastUploadAt === null || now.getTime() - lastUploadAt.getTime() <= STALE_MS) return [];
  return [{ code: 'stale', message: 'Nobody was sent for 90 days, and members leave unless they are sent again.' }];
}

function rateOf(list: UserList): number | null {
  const info = recordOf(recordOf(list['ingestedUserListInfo'])['contactIdInfo']);
  const percentage = integerOf(info['matchRatePercentage']);
  return percentage === undefined || percentage < 0 ? null : Math.min(1, percentage / 100);
}

function daysOf(duration: unknown): number | null {
  const seconds = /^(\d{1,12})(?:\.\d+)?s$/.exec(textOf(duration))?.[1];
  return seconds === undefined ? null : Math.round(Number(seconds) / DAY_SECONDS);
}

function estimate(value: number): Figure {
  return { value, isEstimate: true };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
