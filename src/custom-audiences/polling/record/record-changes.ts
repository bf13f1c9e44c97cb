import { isDeepStrictEqual } from 'node:util';
import type { AudienceSnapshot, AudienceUse } from '../../../providers/contract/audience-manager.js';
import { missingOn, warningsAfter } from './audience-warnings.js';
import type { CustomAudienceRow, Reading } from './reading.js';

/** The columns that polling writes. */
export type PolledColumns = Pick<
  CustomAudienceRow,
  | 'status'
  | 'statusReason'
  | 'warnings'
  | 'size'
  | 'matchedUsers'
  | 'matchingRate'
  | 'estimates'
  | 'minimumSize'
  | 'retentionDays'
  | 'lookalikeAudiences'
  | 'lastUpdated'
  | 'campaigns'
  | 'ads'
  | 'exclusions'
>;

const FIGURES = ['size', 'matchedUsers', 'matchingRate'] as const;

/** Pure: what the record holds after a reading. */
export function columnsAfter(record: CustomAudienceRow, reading: Reading): PolledColumns {
  const { snapshot, minimumSize } = reading;
  const common = { warnings: warningsAfter(record, reading), minimumSize, ...usesAfter(record, reading) };
  return snapshot ? { ...common, ...told(record, snapshot) } : { ...common, ...gone(record) };
}

/** Pure: whether any of the columns differs from what the record holds. */
export function differs(record: CustomAudienceRow, columns: Partial<PolledColumns>): boolean {
  const names = Object.keys(columns) as (keyof PolledColumns)[];
  return names.some((name) => !isDeepStrictEqual(record[name], columns[name]));
}

function told(record: CustomAudienceRow, snapshot: AudienceSnapshot) {
  const { status, statusReason, size, matchedUsers, matchingRate, retentionDays, lookalikeAudiences } = snapshot;
  return {
    status,
    statusReason,
    size: size && Math.round(size.value),
    matchedUsers: matchedUsers && Math.round(matchedUsers.value),
    matchingRate: matchingRate && matchingRate.value,
    estimates: FIGURES.filter((figure) => snapshot[figure]?.isEstimate),
    // What reading does not tell stays as it was set.
    retentionDays: retentionDays ?? record.retentionDays,
    lookalikeAudiences: lookalikeAudiences === null ? record.lookalikeAudiences : lookalikeAudiences.toSorted(),
    lastUpdated: snapshot.changedAt ?? record.lastUpdated,
  };
}

/** An audience that is not there has no size; what it was is in the history. */
function gone(record: CustomAudienceRow) {
  const { retentionDays, lookalikeAudiences, lastUpdated } = record;
  const figures = { size: null, matchedUsers: null, matchingRate: null, estimates: [] };
  return {
    ...figures,
    status: 'error',
    statusReason: missingOn(record),
    retentionDays,
    lookalikeAudiences,
    lastUpdated,
  };
}

function usesAfter(record: CustomAudienceRow, { uses }: Reading) {
  const source = uses && !('unknown' in uses) ? uses : record;
  return { campaigns: list(source.campaigns), ads: list(source.ads), exclusions: list(source.exclusions) };
}

function list(uses: readonly AudienceUse[] | null) {
  // In one order: a platform may give them in any.
  return uses && uses.map(({ id, name }) => ({ id, name })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
