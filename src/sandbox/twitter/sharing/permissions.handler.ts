import { type AdsAnswer, type AdsCall } from '../api/ads-call.js';
import { actionNotAllowed, missingParameter, notFound } from '../api/ads-error.js';
import { pageOf } from '../api/paging.js';
import { timeText } from '../audiences/audience-fields.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { businessOf } from '../twitter-options.js';
import { type Permission, type PermissionStore } from './permission-store.js';

/** Sharing of custom audiences: https://docs.x.com/x-ads-api/audiences/reference#custom-audience-permissions */
export class PermissionsHandler {
  constructor(
    private readonly store: AudienceStore,
    private readonly permissions: PermissionStore,
  ) {}

  list({ ids, params }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    const accounts = params.list('granted_account_ids', 200);
    const wanted = params.list('custom_audience_permission_ids', 200);
    const found = this.permissions
      .of(audience.id)
      .filter(({ grantedAccountId }) => accounts?.includes(grantedAccountId) ?? true)
      .filter(({ id }) => wanted?.includes(id) ?? true);
    const { items, ...page } = pageOf(found, params);
    return { data: items.map((permission) => fieldsOf(permission)), ...page };
  }

  grant({ ids, params }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    const account = params.required('granted_account_id', 32);
    const level = params.oneOf('permission_level', ['READ_ONLY', 'READ_WRITE'] as const);
    if (level === undefined) throw missingParameter('permission_level');
    const { settings } = this.store;
    const isSameBusiness = businessOf(account, settings) === businessOf(ids.account, settings);
    if (!isSameBusiness && !settings.sharesOutsideBusiness.includes(ids.account)) {
      throw actionNotAllowed('The accounts are not in the same business');
    }
    const permission = this.permissions.grant(audience.id, account, level, this.store.now());
    return { status: 201, data: fieldsOf(permission) };
  }

  revoke({ ids }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    const permission = this.permissions.revoke(audience.id, ids.permission);
    if (permission === undefined) throw notFound('The permission');
    return { data: { ...fieldsOf(permission), deleted: true } };
  }
}

function fieldsOf({ id, audienceId, grantedAccountId, level, createdAt, updatedAt }: Permission): object {
  return {
    id,
    custom_audience_id: audienceId,
    granted_account_id: grantedAccountId,
    permission_level: level,
    created_at: timeText(createdAt),
    updated_at: timeText(updatedAt),
    deleted: false,
  };
}
