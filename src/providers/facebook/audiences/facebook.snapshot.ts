import type { AudienceFacts, AudienceSnapshot, Figure } from '../../contract/audience-manager.js';
import { integerOf, isRecord, textOf } from '../../kit/answer-values.js';
import { redactText } from '../../kit/redact.js';
import { facebookStatus } from './facebook.status.js';
import { facebookWarnings } from './facebook.warnings.js';

/** What has to be read of an audience, all in one call (section 3.3 of the notes). */
export const SNAPSHOT_FIELDS = [
  'id',
  'name',
  'description',
  'subtype',
  'retention_days',
  'approximate_count_lower_bound',
  'approximate_count_upper_bound',
  'delivery_status',
  'operation_status',
  'time_updated',
  'time_content_updated',
  'delete_time',
  'lookalike_audience_ids',
  'fields_violating_integrity_policy',
].join(',');

/** An audience as Facebook describes it, in our words. Counts are rounded by Facebook: all figures are estimates. */
export function facebookSnapshot(body: Readonly<Record<string, unknown>>, facts: AudienceFacts): AudienceSnapshot {
  const operation = codeOf(body['operation_status']);
  const bounds = boundsOf(body);
  const contentUpdatedAt = timeOf(body['time_content_updated']);
  const verdict = facebookStatus(
    {
      operation: operation.code,
      operationText: operation.words,
      delivery: codeOf(body['delivery_status']).code,
      deliveryText: codeOf(body['delivery_status']).words,
      isCounted: bounds !== undefined,
      contentUpdatedAt,
      flaggedFields: textsOf(body['fields_violating_integrity_policy']).filter((field) => /^[a-z_]{1,40}$/.test(field)),
    },
    facts,
  );
  const isList = facts.type === 'customer-list' && body['subtype'] !== 'LOOKALIKE';
  const matched = isList && bounds ? Math.round((bounds.lower + bounds.upper) / 2) : undefined;
  return {
    name: textOrNull(body['name']),
    description: textOrNull(body['description']),
    ...verdict,
    warnings: facebookWarnings(operation.code, operation.words, timeOf(body['delete_time'])),
    size: bounds ? estimate(bounds.upper) : null,
    matchedUsers: matched === undefined ? null : estimate(matched),
    matchingRate: matchingRate(matched, facts.uploadedRecords),
    // 0: as long as nobody takes them out.
    retentionDays: integerOf(body['retention_days']) || null,
    lookalikeAudiences: textsOf(body['lookalike_audience_ids']),
    changedAt: latest(timeOf(body['time_updated']), contentUpdatedAt),
  };
}

/** Facebook gives no rate: it is what it matched of the people it has from us. */
function matchingRate(matched: number | undefined, uploadedRecords: number | null): Figure | null {
  return matched === undefined || !uploadedRecords ? null : estimate(Math.min(1, matched / uploadedRecords));
}

/** Undefined while there are none: they are -1 then. */
function boundsOf(body: Readonly<Record<string, unknown>>): { lower: number; upper: number } | undefined {
  const lower = integerOf(body['approximate_count_lower_bound']);
  const upper = integerOf(body['approximate_count_upper_bound']);
  return lower === undefined || upper === undefined || lower < 0 || upper < 0 ? undefined : { lower, upper };
}

/** `200 Normal` and the like have nothing to add. */
function codeOf(status: unknown): { code: number | undefined; words: string } {
  if (!isRecord(status)) return { code: undefined, words: '' };
  const code = integerOf(status['code']);
  return { code, words: code === 200 ? '' : redactText(textOf(status['description'])) };
}

/** Unix seconds; 0 is no time. */
function timeOf(value: unknown): Date | undefined {
  const seconds = integerOf(value);
  return seconds === undefined || seconds <= 0 || seconds > 8.64e12 ? undefined : new Date(seconds * 1_000);
}

function latest(...times: readonly (Date | undefined)[]): Date | null {
  const known = times.flatMap((time) => time?.getTime() ?? []);
  return known.length === 0 ? null : new Date(Math.max(...known));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map((item) => String(item)) : [];
}

function textOrNull(value: unknown): string | null {
  return textOf(value) === '' ? null : textOf(value);
}

function estimate(value: number): Figure {
  return { value, isEstimate: true };
}
