import { type AdsAnswer, type AdsCall } from '../api/ads-call.js';
import { actionNotAllowed } from '../api/ads-error.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { readOperations, type UsersRules } from './users-request.js';

/** Members leave after 13 months unless they are renewed or said to leave earlier. */
const DEFAULT_MONTHS = 13;

const RULES: UsersRules = {
  params: ['users', 'effective_at', 'expires_at'],
  identifiers: ['email', 'phone_number', 'handle', 'twitter_id', 'device_id', 'partner_user_id'],
};

/** The members of custom audiences: https://docs.x.com/x-ads-api/audiences/reference#custom-audience-users */
export class UsersHandler {
  constructor(private readonly store: AudienceStore) {}

  change({ ids, json, bodyBytes }: AdsCall): AdsAnswer {
    const audience = this.store.owned(ids.account, ids.audience);
    if (audience.audienceType !== 'CRM') throw actionNotAllowed('This custom audience takes no users');
    const now = this.store.now();
    const operations = readOperations(
      { json, bodyBytes, now, ...this.store.settings },
      { ...RULES, refused: new Set(audience.refuses) },
    );
    for (const { type, users, expiresAt } of operations) {
      if (type === 'Update') audience.members.add(users, expiresAt ?? monthsAfter(now, DEFAULT_MONTHS));
      else audience.members.remove(users);
    }
    this.store.touch(audience);
    const total = operations.reduce((sum, { users }) => sum + users.length, 0);
    return { data: { success_count: Math.max(0, total - audience.miscount), total_count: total } };
  }
}

/** The same day of the month, so many months later, in ms since 1970. */
export function monthsAfter(time: number, months: number): number {
  const date = new Date(time);
  return date.setUTCMonth(date.getUTCMonth() + months);
}
