import { type FieldViolation, violation } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { textOf } from '../lists/user-list-body.js';
import { type UserListStore } from '../lists/user-list-store.js';
import { type UserList } from '../lists/user-list.js';
import { type CredentialGate } from '../oauth/credential-gate.js';

type Values = Readonly<Record<string, unknown>>;

/** One list that a request is for. */
export interface Destination {
  /** As it was sent, to be shown again with its outcome. */
  readonly sent: Values;
  readonly reference: string;
  readonly list: UserList;
}

const MOST_DESTINATIONS = 10;

/** Finds the lists of a request. Who may not reach an account is refused at once; all else is gathered. */
export class DestinationReader {
  readonly violations: FieldViolation[] = [];

  constructor(
    private readonly store: UserListStore,
    private readonly gate: CredentialGate,
  ) {}

  read(value: unknown, credential: string): Destination[] {
    const destinations = Array.isArray(value) ? (value as Values[]) : [];
    if (destinations.length === 0) this.violations.push(violation('destinations', 'REQUIRED_FIELD_MISSING'));
    if (destinations.length > MOST_DESTINATIONS) {
      this.violations.push(violation('destinations', 'TOO_MANY_DESTINATIONS'));
    }
    const references = destinations.map(({ reference }) => reference).filter(Boolean);
    if (new Set(references).size < references.length) {
      this.violations.push(violation('destinations', 'DUPLICATE_DESTINATION_REFERENCE'));
    }
    return destinations.flatMap((sent, index) => this.one(sent, `destinations[${index}]`, credential) ?? []);
  }

  private one(sent: Values, path: string, credential: string): Destination | undefined {
    const account = this.accountId(sent['operatingAccount'], `${path}.operating_account`);
    const login =
      sent['loginAccount'] === undefined ? account : this.accountId(sent['loginAccount'], `${path}.login_account`);
    if (sent['linkedAccount'] !== undefined) {
      const reason = 'LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT';
      this.violations.push(violation(`${path}.linked_account`, reason));
    }
    if (account === undefined || login === undefined) return undefined;
    this.gate.requireAccount(credential, account, login);
    const list = this.list(sent['productDestinationId'], account, `${path}.product_destination_id`);
    return list && { sent, reference: textOf(sent['reference']), list };
  }

  private accountId(value: unknown, path: string): string | undefined {
    const { accountType, product, accountId } = isObject(value) ? value : {};
    if (typeof accountId !== 'string' || accountId === '') {
      this.violations.push(violation(`${path}.account_id`, 'REQUIRED_FIELD_MISSING'));
    } else if (!/^\d{1,20}$/.test(accountId)) {
      const description = 'String is not a valid number.';
      this.violations.push(violation(`${path}.account_id`, 'INVALID_NUMBER_FORMAT', description));
    } else if ((accountType ?? product) !== 'GOOGLE_ADS' || (product ?? accountType) !== 'GOOGLE_ADS') {
      this.violations.push(violation(`${path}.account_type`, 'INVALID_DESTINATION'));
    } else return accountId;
    return undefined;
  }

  private list(id: unknown, account: string, path: string): UserList | undefined {
    const list = typeof id === 'string' ? this.store.find(id) : undefined;
    const isOpen = list?.membershipStatus === 'OPEN' && list.accessReason === 'OWNED';
    if (typeof id !== 'string' || id === '') this.violations.push(violation(path, 'REQUIRED_FIELD_MISSING'));
    else if (!isOpen || list.account !== account) this.violations.push(violation(path, 'INVALID_USER_LIST_ID'));
    else if (list.uploadKeyType !== 'CONTACT_ID') this.violations.push(violation(path, 'INVALID_USER_LIST_TYPE'));
    else return list;
    return undefined;
  }
}
