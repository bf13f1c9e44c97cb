import { type AdsAnswer, type AdsCall } from '../api/ads-call.js';
import { type AdsError, invalidParameter } from '../api/ads-error.js';
import { pageOf } from '../api/paging.js';
import { type PermissionStore } from '../sharing/permission-store.js';
import { type TwitterAudience } from './audience.js';
import { audienceFields } from './audience-fields.js';
import { type AudienceStore } from './audience-store.js';

const MAX_NAME = 255;
const SORTS = [
  'created_at-asc',
  'created_at-desc',
  'name-asc',
  'name-desc',
  'updated_at-asc',
  'updated_at-desc',
] as const;

/** Custom audiences themselves: https://docs.x.com/x-ads-api/audiences/reference#custom-audiences */
export class AudiencesHandler {
  constructor(
    private readonly store: AudienceStore,
    private readonly permissions: PermissionStore,
  ) {}

  list({ ids, params }: AdsCall): AdsAnswer {
    const withDeleted = params.flag('with_deleted');
    const scope = params.oneOf('permission_scope', ['OWNER', 'SHARED'] as const) ?? 'OWNER';
    const wanted = params.list('custom_audience_ids', 200);
    const query = params.text('q');
    // The beginning of a name, in either case.
    const prefix = query === undefined ? '' : params.limited('q', query, 255).toLowerCase();
    const found = this.visible(ids.account, scope)
      .filter(({ deleted }) => withDeleted || !deleted)
      .filter(({ id }) => wanted?.includes(id) ?? true)
      .filter(({ name }) => name.toLowerCase().startsWith(prefix));
    const sorted = sort(found, params.oneOf('sort_by', SORTS) ?? 'created_at-asc');
    const { items, ...page } = pageOf(sorted, params);
    return { data: items.map((audience) => this.fields(audience, ids.account)), ...page };
  }

  create({ ids, params }: AdsCall): AdsAnswer {
    const name = params.required('name', MAX_NAME);
    if (!this.store.isFree(ids.account, name)) throw nameTaken();
    const audience = this.store.create(ids.account, name, params.text('description') || null);
    return { status: 201, data: this.fields(audience, ids.account) };
  }

  read({ ids, params }: AdsCall): AdsAnswer {
    const withDeleted = params.flag('with_deleted');
    const shared = this.visible(ids.account, 'SHARED').find(({ id, deleted }) => id === ids.audience && !deleted);
    const audience = shared ?? this.store.owned(ids.account, ids.audience, withDeleted);
    return { data: this.fields(audience, ids.account) };
  }

  /** Only what is given changes; an empty description is taken away. */
  update({ ids, params }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    if (params.has('name')) {
      const name = params.required('name', MAX_NAME);
      if (!this.store.isFree(ids.account, name, audience)) throw nameTaken();
      audience.name = name;
    }
    if (params.has('description')) audience.description = params.text('description') || null;
    audience.updatedAt = this.store.now();
    return { data: this.fields(audience, ids.account) };
  }

  delete({ ids }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    audience.deleted = true;
    audience.updatedAt = this.store.now();
    return { data: this.fields(audience, ids.account) };
  }

  /** Only line items that can serve, and their campaigns, unless all are asked for. */
  targeted({ ids, params }: AdsCall): AdsAnswer {
    const { campaigns } = this.store.owned(ids.account, ids.audience);
    const onlyActive = params.flag('with_active', true);
    const shown = campaigns
      .map((campaign) => ({
        ...campaign,
        line_items: campaign.line_items.filter(({ servable }) => servable || !onlyActive),
      }))
      .filter(({ line_items: items }) => items.length > 0);
    const { items, ...page } = pageOf(shown, params);
    return { data: [...items], ...page };
  }

  private visible(account: string, scope: 'OWNER' | 'SHARED'): TwitterAudience[] {
    if (scope === 'OWNER') return this.store.ofAccount(account);
    return this.store.all().filter(({ id }) => this.permissions.levelOf(id, account) !== undefined);
  }

  private fields(audience: TwitterAudience, account: string): object {
    const level = audience.accountId === account ? 'READ_WRITE' : this.permissions.levelOf(audience.id, account);
    return audienceFields(audience, level ?? 'READ_ONLY', this.store.settings);
  }
}

function nameTaken(): AdsError {
  return invalidParameter('name', 'A custom audience of this name already exists in the account');
}

function sort(audiences: TwitterAudience[], by: (typeof SORTS)[number]): TwitterAudience[] {
  const [field, direction] = by.split('-') as ['created_at' | 'name' | 'updated_at', 'asc' | 'desc'];
  const valueOf = ({ name, createdAt, updatedAt }: TwitterAudience) =>
    field === 'name' ? name : field === 'created_at' ? createdAt : updatedAt;
  const sorted = audiences.toSorted((one, other) => {
    const [value, otherValue] = [valueOf(one), valueOf(other)];
    return value === otherValue ? 0 : value < otherValue ? -1 : 1;
  });
  return direction === 'asc' ? sorted : sorted.reverse();
}
