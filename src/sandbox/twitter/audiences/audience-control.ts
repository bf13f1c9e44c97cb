import { SandboxInputError } from '../../sandbox-input.js';
import { type AudiencesFilter, type AudienceView } from '../../simulator.js';
import { type TwitterSettings } from '../twitter-options.js';
import { type TargetingCampaign, type TwitterAudience } from './audience.js';
import { reasonsNotTargetable } from './audience-fields.js';

const DEFAULT_MEMBER_LIMIT = 100_000;

/** An audience as the sandbox shows it to tests. */
export function viewTwitterAudience(
  audience: TwitterAudience,
  settings: TwitterSettings,
  { members, offset, limit }: AudiencesFilter,
): AudienceView {
  return {
    id: audience.id,
    name: audience.name,
    account: audience.accountId,
    memberCount: audience.members.size,
    rowsReceived: audience.members.rowsReceived,
    details: {
      audienceType: audience.audienceType,
      description: audience.description,
      audienceSize: audience.size,
      reasonsNotTargetable: reasonsNotTargetable(audience, settings),
      deleted: audience.deleted,
    },
    ...(members === true ? { members: audience.members.list(offset ?? 0, limit ?? DEFAULT_MEMBER_LIMIT) } : {}),
  };
}

/**
 * Changes an audience from the outside: `deleted` by true, `miscount` is the number of users that each `/users` call leaves out
 * of its counts, `audienceSize` the number of matched people, `reason` what keeps it from being targeted, `audienceType` its kind,
 * `refuses` a list of identifiers that let a request be refused, and `campaigns` those that target it, in the platform's form.
 */
export function patchTwitterAudience(audience: TwitterAudience, patch: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'deleted' && value === true) audience.deleted = true;
    else if (name === 'miscount' && isCount(value)) audience.miscount = value;
    else if (name === 'refuses' && isTextList(value)) audience.refuses = value;
    else if (name === 'campaigns' && isCampaigns(value)) audience.campaigns = value;
    else if (name === 'audienceSize' && isCount(value)) audience.size = value;
    else if ((name === 'reason' || name === 'audienceType') && typeof value === 'string') audience[name] = value;
    else throw new SandboxInputError(`an audience has no ${name} that could become this`);
  }
}

function isCampaigns(value: unknown): value is TargetingCampaign[] {
  return (
    Array.isArray(value) &&
    (value as Partial<TargetingCampaign>[]).every(
      ({ campaign_id: id, line_items: items }) => typeof id === 'string' && Array.isArray(items),
    )
  );
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
