import { SandboxInputError } from '../../sandbox-input.js';
import { type AudiencesFilter, type AudienceView } from '../../simulator.js';
import { type AdGroupUse, type TikTokAudience } from './audience.js';
import { isValid } from './audience-fields.js';
import { coverOf } from './audience-progress.js';
import { type AudienceStore } from './audience-store.js';

const DEFAULT_MEMBER_LIMIT = 100_000;

/** An audience as the sandbox shows it to tests. */
export function viewTikTokAudience(
  audience: TikTokAudience,
  store: AudienceStore,
  { members, offset, limit }: AudiencesFilter,
): AudienceView {
  const now = store.now();
  return {
    id: audience.id,
    name: audience.name,
    account: audience.advertiserId,
    memberCount: audience.members.size,
    rowsReceived: audience.members.rowsReceived,
    details: {
      type: audience.type,
      subType: audience.subType,
      calculateType: audience.calculateType,
      retentionDays: audience.retentionDays ?? null,
      coverNum: coverOf(audience, now),
      valid: isValid(audience, { now, minimumSize: store.settings.minimumSize }),
      processing: audience.job !== undefined || audience.unsettledSince !== undefined,
      errorMsg: audience.errorMsg ?? null,
      sharedWith: audience.sharedWith,
      lookalikeOf: audience.lookalike?.['source_audience_id'] ?? null,
    },
    ...(members === true ? { members: audience.members.list(offset ?? 0, limit ?? DEFAULT_MEMBER_LIMIT) } : {}),
  };
}

/**
 * Changes an audience from the outside: `deleted`, `expired` and `failNextJob` (the next file fails) are switched on by true,
 * `skipRows` is the number of rows that each mapping call or file leaves out with code 20001, `coverNum` the number of matched people,
 * `sharedWith` a list of ad accounts, and `adGroups` those that use it, in the platform's form.
 */
export function patchTikTokAudience(
  audience: TikTokAudience,
  patch: Readonly<Record<string, unknown>>,
  store: AudienceStore,
): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'deleted' && value === true) store.delete(audience.id);
    else if ((name === 'expired' || name === 'failNextJob') && typeof value === 'boolean') audience[name] = value;
    else if ((name === 'skipRows' || name === 'coverNum') && isCount(value)) audience[name] = value;
    else if (name === 'adGroups' && isUses(value)) audience.adGroups = value;
    else if (name === 'sharedWith' && isTextList(value)) audience.sharedWith = value;
    else throw new SandboxInputError(`an audience has no ${name} that could become this`);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isUses(value: unknown): value is AdGroupUse[] {
  return (
    Array.isArray(value) &&
    (value as Partial<AdGroupUse>[]).every(
      ({ adgroup_id: id, usage_mode: mode }) => typeof id === 'string' && (mode === 'Include' || mode === 'Exclude'),
    )
  );
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
