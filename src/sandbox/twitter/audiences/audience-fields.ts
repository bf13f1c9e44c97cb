import { type TwitterAudience } from './audience.js';
import { type TwitterSettings } from '../twitter-options.js';

/** What keeps an audience from being targeted, in the platform's words. */
export function reasonsNotTargetable(audience: TwitterAudience, { minimumSize }: TwitterSettings): string[] {
  const reasons: string[] = [];
  if (audience.size === null) reasons.push('PROCESSING');
  if ((audience.size ?? 0) < minimumSize) reasons.push('TOO_SMALL');
  if (audience.reason !== undefined) reasons.push(audience.reason);
  return reasons;
}

/** An audience as the platform shows it to one of the accounts that may see it. */
export function audienceFields(
  audience: TwitterAudience,
  permissionLevel: string,
  settings: TwitterSettings,
): Record<string, unknown> {
  const reasons = reasonsNotTargetable(audience, settings);
  const isTargetable = reasons.length === 0 && !audience.deleted;
  return {
    id: audience.id,
    name: audience.name,
    description: audience.description,
    audience_type: audience.audienceType,
    audience_size: audience.size,
    targetable: isTargetable,
    targetable_types: [audience.audienceType, `EXCLUDED_${audience.audienceType}`],
    reasons_not_targetable: reasons,
    permission_level: permissionLevel,
    owner_account_id: audience.accountId,
    partner_source: 'OTHER',
    created_at: timeText(audience.createdAt),
    updated_at: timeText(audience.updatedAt),
    deleted: audience.deleted,
  };
}

/** `2026-11-21T00:00:00Z` */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
