import type { AudienceFacts, AudienceSnapshot, Figure } from '../../contract/audience-manager.js';
import { integerOf, isRecord, textOf } from '../../kit/answer-values.js';
import { statusOf } from './linkedin.status.js';

type Fields = Readonly<Record<string, unknown>>;

/** The status of a segment's one destination, `''` where it has none yet. */
export function destinationStatus(segment: Fields): string {
  return textOf(destinationOf(segment)['status']);
}

/**
 * What LinkedIn says of a segment (section 3.3 of the notes). `audienceSize` counts everybody who can be reached; `matchedCount` and
 * `inputCount` only what came in the last seven days, so that nothing but their rate is of use: of how many people LinkedIn knows in
 * all it is an estimate.
 */
export function snapshotOf(segment: Fields, { uploadedRecords }: AudienceFacts): AudienceSnapshot {
  const destination = destinationOf(segment);
  const audienceSize = countOf(destination['audienceSize']);
  const rate = rateOf(countOf(destination['matchedCount']), countOf(segment['inputCount']));
  const { warnings, ...status } = statusOf({ status: destinationStatus(segment), audienceSize });
  return {
    name: textOf(segment['name']) || null,
    description: textOf(segment['description']) || null,
    ...status,
    warnings: rate !== null && rate > 0 && audienceSize === 0 ? [...warnings, NOBODY_TO_REACH] : warnings,
    size: audienceSize === null ? null : { value: audienceSize, isEstimate: false },
    matchedUsers: rate === null || uploadedRecords === null ? null : estimate(Math.round(rate * uploadedRecords)),
    matchingRate: rate === null ? null : estimate(rate),
    retentionDays: null,
    lookalikeAudiences: null,
    changedAt: timeOf(destination['lastModified']) ?? timeOf(segment['lastModified']),
  };
}

const NOBODY_TO_REACH = {
  code: 'opted-out',
  message: 'LinkedIn knows people of the segment, but none who has agreed to such ads.',
};

function rateOf(matched: number | null, input: number | null): number | null {
  return matched === null || input === null || input === 0 ? null : Math.min(1, matched / input);
}

function estimate(value: number): Figure {
  return { value, isEstimate: true };
}

function destinationOf({ destinations }: Fields): Fields {
  const first: unknown = Array.isArray(destinations) ? destinations[0] : undefined;
  return isRecord(first) ? first : {};
}

function countOf(value: unknown): number | null {
  const count = integerOf(value);
  return count === undefined || count < 0 ? null : count;
}

function timeOf(value: unknown): Date | null {
  const ms = integerOf(value);
  return ms === undefined || ms <= 0 ? null : new Date(ms);
}
