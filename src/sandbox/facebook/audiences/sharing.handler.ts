import { businessOf } from '../facebook-options.js';
import { type GraphCall } from '../graph-call.js';
import { integrityBlock, invalidParameter } from '../graph-error.js';
import { type FacebookAudience, type Share } from './audience.js';
import { type AudienceStore } from './audience-store.js';

const PERMISSIONS = ['targeting', 'targeting_and_insights'];
const RELATIONSHIPS = ['AUDIENCE_INFO_PROVIDER', 'INFO_MANAGER', 'AD_OPTIMIZER', 'AGENCY'];

interface SharingResult {
  readonly ad_acct_id: string;
  readonly business_id: string;
  readonly audience_share_status: string;
  readonly errors: readonly string[];
}

/**
 * Sharing with other ad accounts, under both spellings of the edge.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/adaccounts
 * https://developers.facebook.com/ads/blog/post/2018/06/13/sharing-custom-audiences/
 */
export class SharingHandler {
  /** Pairs of businesses that have agreed to share. */
  private readonly relations = new Set<string>();

  constructor(private readonly store: AudienceStore) {}

  reset(): void {
    this.relations.clear();
  }

  share(call: GraphCall): object {
    const audience = this.store.editable(call);
    if (audience.flagged) throw integrityBlock(1713231);
    const accounts = accountsOf(call);
    const permissions = call.parameters.oneOf('permissions', PERMISSIONS) ?? 'targeting_and_insights';
    const related = this.relationshipGiven(call);
    const foreign = accounts.filter((account) => !this.knows(audience, account));
    if (foreign.length > 0 && !related) {
      throw invalidParameter('relationship_type is required for the first share with another business');
    }
    if (call.parameters.flag('replace') === true) {
      for (const account of audience.shares.keys()) if (!accounts.includes(account)) audience.shares.delete(account);
    }
    return { success: true, sharing_data: accounts.map((account) => this.shareWith(audience, account, permissions)) };
  }

  unshare(call: GraphCall): object {
    const audience = this.store.editable(call);
    for (const account of accountsOf(call)) {
      if (!audience.shares.delete(account)) {
        throw invalidParameter(`The audience is not shared with ad account ${account}`);
      }
    }
    return { success: true };
  }

  list(call: GraphCall): object {
    const audience = this.store.visible(call);
    const shared = [...audience.shares].filter(([, { status }]) => status === 'SHARED');
    return { data: shared.map(([account]) => ({ account_id: account, id: `act_${account}` })) };
  }

  /** The shares outside the own business, agreed or not. */
  info(call: GraphCall): object {
    const audience = this.store.visible(call);
    const own = this.businessOf(audience.accountId);
    const foreign = [...audience.shares].filter(([account]) => this.businessOf(account) !== own);
    return {
      data: foreign.map(([account, { status }]) => ({
        account_id: account,
        account_name: `Sandbox account ${account}`,
        business_id: this.businessOf(account),
        business_name: `Sandbox business ${this.businessOf(account)}`,
        sharing_status: status,
      })),
    };
  }

  /** The other businesses agree to everything they were asked for an audience. */
  approve(audience: FacebookAudience): void {
    for (const [account, share] of audience.shares) {
      share.status = 'SHARED';
      this.relations.add(this.pairOf(audience, account));
    }
  }

  private shareWith(audience: FacebookAudience, account: string, permissions: string): SharingResult {
    const error = this.refusal(audience, account);
    if (error === undefined) {
      const status: Share['status'] = this.knows(audience, account) ? 'SHARED' : 'IN_PROGRESS';
      audience.shares.set(account, { permissions, status });
    }
    return {
      ad_acct_id: account,
      business_id: this.businessOf(account),
      audience_share_status: audience.shares.get(account)?.status ?? 'NOT_SHARED',
      errors: error === undefined ? [] : [error],
    };
  }

  private refusal(audience: FacebookAudience, account: string): string | undefined {
    if (!(this.store.settings.accounts?.includes(account) ?? true)) return 'The ad account does not exist';
    if (account === audience.accountId) return 'The audience belongs to this ad account';
    return audience.shares.has(account) ? 'The audience is already shared with this ad account' : undefined;
  }

  private relationshipGiven(call: GraphCall): boolean {
    const types = call.parameters.list('relationship_type');
    if (types?.some((type) => !RELATIONSHIPS.includes(type))) {
      throw invalidParameter(`Param relationship_type must be one of {${RELATIONSHIPS.join(', ')}}`);
    }
    return types !== undefined && types.length > 0;
  }

  private knows(audience: FacebookAudience, account: string): boolean {
    const same = this.businessOf(audience.accountId) === this.businessOf(account);
    return same || this.relations.has(this.pairOf(audience, account));
  }

  private pairOf(audience: FacebookAudience, account: string): string {
    return `${this.businessOf(audience.accountId)}/${this.businessOf(account)}`;
  }

  private businessOf(account: string): string {
    return businessOf(account, this.store.settings);
  }
}

function accountsOf(call: GraphCall): string[] {
  const accounts = call.parameters.list('adaccounts');
  if (accounts === undefined || accounts.length === 0) throw invalidParameter('The parameter adaccounts is required');
  const bad = accounts.some((account) => !/^\d+$/.test(account));
  if (bad) throw invalidParameter('Param adaccounts must hold ad account ids without act_');
  return accounts;
}
