import { ApiError } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { LONGEST_MEMBERSHIP_SECONDS, type UserListStore } from '../lists/user-list-store.js';
import { type Lookalike, type UserList } from '../lists/user-list.js';
import { type CredentialGate } from '../oauth/credential-gate.js';
import { AdsError, listError } from './ads-error.js';
import { type AdsCall } from './ads-router.js';

/**
 * Makes lookalike lists; of all other kinds it knows nothing.
 * https://developers.google.com/google-ads/api/docs/remarketing/audience-segments/lookalike-audiences
 */
export class LookalikesHandler {
  constructor(
    private readonly store: UserListStore,
    private readonly gate: CredentialGate,
  ) {}

  mutate(call: AdsCall): object {
    this.requireAccount(call);
    const operations = call.body['operations'] as readonly Readonly<Record<string, unknown>>[];
    const made = operations.map(({ create }) => this.create(isObject(create) ? create : {}, call));
    return { results: made.map((id) => ({ resourceName: `customers/${call.account}/userLists/${id}` })) };
  }

  private create(fields: Readonly<Record<string, unknown>>, { account, body }: AdsCall): string {
    const displayName = typeof fields['name'] === 'string' ? fields['name'] : '';
    const lookalike = this.lookalikeOf(fields['lookalikeUserList'], account);
    if (displayName.trim() === '') throw listError('NAME_REQUIRED', 'The name is required.');
    if (this.store.isTaken(account, displayName)) throw listError('NAME_ALREADY_USED', 'The name is in use.');
    if (this.store.visibleTo(account).some((list) => isSame(list.lookalike, lookalike))) {
      throw listError('DUPLICATE_LOOKALIKE', 'There is a lookalike with the same seeds, level and countries.');
    }
    if (body['validateOnly'] === true) return '0';
    const { id } = this.store.create({
      account,
      displayName,
      description: typeof fields['description'] === 'string' ? fields['description'] : '',
      integrationCode: '',
      membershipStatus: 'OPEN',
      membershipSeconds: LONGEST_MEMBERSHIP_SECONDS,
      eligibleForSearch: false,
      accountAccessStatus: 'ENABLED',
      accessReason: 'OWNED',
      keyInfo: {},
      lookalike,
    });
    return id;
  }

  private lookalikeOf(value: unknown, account: string): Lookalike {
    if (!isObject(value)) throw listError('INVALID_TYPE', 'Only lookalikes can be made here.');
    const seedIds = textsIn(value['seedUserListIds']);
    const countryCodes = textsIn(value['countryCodes']);
    const seeds = seedIds.map((id) => this.seedOf(id, account));
    if (seeds.length === 0) throw listError('SEED_LIST_DOES_NOT_EXIST', 'A seed is required.');
    if (countryCodes.length === 0 || !countryCodes.every((code) => /^[A-Z]{2}$/.test(code) && code !== 'XX')) {
      throw listError('INVALID_COUNTRY_CODES', 'One of the country codes is not valid.');
    }
    const level = value['expansionLevel'];
    return { seedIds, countryCodes, expansionLevel: typeof level === 'string' ? level : 'BALANCED' };
  }

  private seedOf(id: string, account: string): UserList {
    const seed = this.store.find(id);
    if (seed?.account !== account) throw listError('SEED_LIST_DOES_NOT_EXIST', 'A seed list does not exist.');
    if (seed.accessReason !== 'OWNED') {
      throw listError('INVALID_SEED_LIST_ACCESS_REASON', 'A seed has to be owned by the account.');
    }
    if (seed.uploadKeyType === undefined) throw listError('INVALID_SEED_LIST_TYPE', 'A list of this type is no seed.');
    return seed;
  }

  private requireAccount({ credential, account, loginCustomerId }: AdsCall): void {
    try {
      this.gate.requireAccount(credential, account, loginCustomerId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const message = "User doesn't have permission to access customer.";
      throw new AdsError('authorizationError', 'USER_PERMISSION_DENIED', message, 403);
    }
  }
}

function isSame(one: Lookalike | undefined, other: Lookalike): boolean {
  const keyOf = ({ seedIds, expansionLevel, countryCodes }: Lookalike) =>
    JSON.stringify([[...seedIds].sort(), expansionLevel, [...countryCodes].sort()]);
  return one !== undefined && keyOf(one) === keyOf(other);
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
