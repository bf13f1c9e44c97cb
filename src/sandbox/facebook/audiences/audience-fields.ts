import { invalidParameter } from '../graph-error.js';
import { type FacebookAudience } from './audience.js';
import { type AudienceStore } from './audience-store.js';
import { statusOf } from './audience-status.js';

type FieldReader = (audience: FacebookAudience, store: AudienceStore, viewer?: string) => unknown;

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : Math.floor(ms / 1000));

/**
 * Every field that can be asked for, and what it shows.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience
 */
const FIELDS: Readonly<Record<string, FieldReader>> = {
  id: ({ id }) => id,
  account_id: ({ accountId }) => accountId,
  name: ({ name }) => name,
  description: ({ description }) => description,
  subtype: ({ subtype }) => subtype,
  customer_file_source: ({ customerFileSource }) => customerFileSource,
  is_value_based: ({ isValueBased }) => isValueBased,
  opt_out_link: ({ optOutLink }) => optOutLink,
  retention_days: ({ retentionDays }) => retentionDays,
  approximate_count_lower_bound: (audience) => statusOf(audience).lowerBound,
  approximate_count_upper_bound: (audience) => statusOf(audience).upperBound,
  delivery_status: (audience) => statusOf(audience).delivery,
  operation_status: (audience) => statusOf(audience).operation,
  data_source: ({ dataSource }) =>
    dataSource === undefined ? undefined : { type: 'FILE_IMPORTED', sub_type: dataSource },
  datafile_custom_audience_uploading_status: () => undefined,
  delete_time: ({ deleteAt }) => seconds(deleteAt),
  rule: ({ rule }) => rule?.text,
  time_created: ({ createdAt }) => seconds(createdAt),
  time_updated: ({ updatedAt, contentUpdatedAt }) => seconds(Math.max(updatedAt, contentUpdatedAt ?? 0)),
  time_content_updated: ({ contentUpdatedAt, lookalike, rule }) =>
    lookalike || rule ? undefined : seconds(contentUpdatedAt),
  lookalike_audience_ids: ({ id }, store) => {
    const ids = store.lookalikesOf(id).map((lookalike) => lookalike.id);
    return ids.length === 0 ? undefined : ids;
  },
  lookalike_spec: ({ lookalike }, store) => (lookalike === undefined ? undefined : lookalikeSpec(lookalike, store)),
  sharing_status: ({ shares }) => ({ sharing_relationship_id: shares.size, status: shares.size > 0 ? 1 : 0 }),
  permission_for_actions: (audience, _store, viewer) => {
    const owner = viewer === undefined || viewer === audience.accountId;
    return {
      can_edit: owner && !audience.flagged,
      can_see_insight: owner || audience.shares.get(viewer)?.permissions === 'targeting_and_insights',
      can_share: owner,
      subtype_supports_lookalike: owner && audience.lookalike === undefined,
      supports_recipient_lookalike: false,
    };
  },
  fields_violating_integrity_policy: ({ flagged }) => (flagged ? ['name'] : undefined),
};

/** The fields asked for; `id` always comes, and alone when nothing is asked. Fields without a value are left out. */
export function renderAudience(
  audience: FacebookAudience,
  store: AudienceStore,
  fields: readonly string[] = [],
  viewer?: string,
): Record<string, unknown> {
  const rendered: Record<string, unknown> = {};
  for (const field of new Set(['id', ...fields])) {
    const value = FIELDS[field]?.(audience, store, viewer);
    if (value !== undefined) rendered[field] = value;
  }
  return rendered;
}

/** Refuses fields that do not exist. */
export function checkFields(fields: readonly string[] | undefined): void {
  const unknown = fields?.find((field) => !Object.hasOwn(FIELDS, field));
  if (unknown !== undefined) {
    throw invalidParameter(`Tried accessing nonexisting field (${unknown}) on node type (CustomAudience)`);
  }
}

function lookalikeSpec(lookalike: NonNullable<FacebookAudience['lookalike']>, store: AudienceStore): unknown {
  const origin = store.find(lookalike.originId);
  const { country } = lookalike.spec;
  return {
    ...lookalike.spec,
    ...(typeof country === 'string' ? { target_countries: [country] } : {}),
    origin: [
      {
        id: lookalike.originId,
        type: 'custom_audience',
        ...(origin === undefined ? { deleted: true } : { name: origin.name }),
      },
    ],
  };
}
