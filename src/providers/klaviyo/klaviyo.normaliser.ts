import type {
  IdentifierField,
  Prepared,
  PreparedRow,
  Rejection,
  RejectionReason,
} from '../contract/audience-provider.js';
import type { AudienceUser, Purchase } from '../contract/audience-user.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import type { KlaviyoPhones } from './klaviyo.phone.js';
import { asciiJson, type KlaviyoProfile, type KlaviyoRow, klaviyoRow, locationIn, member } from './klaviyo.profile.js';
import {
  klaviyoAmount,
  klaviyoCountry,
  klaviyoCurrency,
  klaviyoEdgeTagId,
  klaviyoEmail,
  klaviyoName,
  klaviyoZip,
} from './klaviyo.values.js';

type Spent = Pick<KlaviyoProfile, 'profit' | 'total7Days' | 'currency'>;

/** What is sent of a country, and the code that completes phone numbers. */
interface Country {
  readonly code?: string;
  readonly location: Normalised;
}

const NO_COUNTRY: Country = { location: '' };
const NOTHING_SPENT: Spent = { currency: '' };

/** Every user becomes a profile, or a rejection without a field; what cannot be used of it is a rejection with one. */
export function prepareKlaviyoRows(users: readonly AudienceUser[], phones: KlaviyoPhones): Prepared<KlaviyoRow> {
  const batch = new KlaviyoBatch(phones);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

/** The profiles of one batch. What repeats from user to user is worked out once and kept while the batch lasts. */
class KlaviyoBatch implements Prepared<KlaviyoRow> {
  readonly rows: PreparedRow<KlaviyoRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly firstNames = new Map<string, Normalised>();
  private readonly lastNames = new Map<string, Normalised>();
  private readonly countries = new Map<string, Country>();
  private readonly currencies = new Map<string, Normalised>();

  constructor(private readonly phones: KlaviyoPhones) {}

  add(user: AudienceUser, index: number): void {
    const { code, location } = user.country ? kept(this.countries, user.country, readCountry) : NO_COUNTRY;
    const { profit, total7Days, currency } = this.spent(user.purchase, index);
    const profile: KlaviyoProfile = {
      email: this.usable(index, 'email', plain(user.email, klaviyoEmail)),
      phone: this.usable(index, 'phone', this.phone(user.phone, code)),
      firstName: this.usable(index, 'firstName', this.name(user.firstName, this.firstNames, 'first_name')),
      lastName: this.usable(index, 'lastName', this.name(user.lastName, this.lastNames, 'last_name')),
      location: this.usable(index, 'country', location),
      zip: this.usable(index, 'postalCode', written(plain(user.postalCode, klaviyoZip), asciiJson)),
      edgeTagId: this.usable(index, 'edgeTagId', written(klaviyoEdgeTagId(user.edgeTagId ?? ''), asciiJson)),
      profit,
      total7Days,
      currency,
    };
    if (profile.email === '' && profile.phone === '') this.reject(index, undefined, 'no-usable-identifier');
    else this.rows.push({ user: index, row: klaviyoRow(profile) });
  }

  private name(value: string | undefined, known: Map<string, Normalised>, field: string): Normalised {
    if (!value) return '';
    return kept(known, value, () => written(plain(value, klaviyoName), (name) => member(field, name)));
  }

  private phone(value: string | undefined, country?: string): Normalised {
    if (!value) return '';
    return isDigest(value) ? Unusable.digest : this.phones.read(value, country);
  }

  private spent(purchase: Purchase | undefined, user: number): Spent {
    if (!purchase) return NOTHING_SPENT;
    const profit = klaviyoAmount(purchase.profit);
    const total7Days = klaviyoAmount(purchase.total7Days);
    const currency = purchase.currency ? kept(this.currencies, purchase.currency, readCurrency) : '';
    const isUsable = !Number.isNaN(profit) && !Number.isNaN(total7Days) && typeof currency === 'string';
    if (isUsable) return { profit, total7Days, currency };
    this.reject(user, 'purchase', 'invalid-format');
    return {
      ...(!Number.isNaN(profit) && { profit }),
      ...(!Number.isNaN(total7Days) && { total7Days }),
      currency: typeof currency === 'string' ? currency : '',
    };
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.reject(user, field, result.reason);
    return '';
  }

  private reject(user: number, field: IdentifierField | undefined, reason: RejectionReason): void {
    this.rejections.push(field === undefined ? { user, reason } : { user, field, reason });
  }
}

function readCountry(value: string): Country {
  if (isDigest(value)) return { location: Unusable.digest };
  const { code, name } = klaviyoCountry(value);
  return { code, location: written(name, locationIn) };
}

function readCurrency(value: string): Normalised {
  return written(klaviyoCurrency(value), (code) => member('blotout_currency', code));
}

function isDigest(value: string): boolean {
  return givenDigest(value) !== undefined;
}

/** Klaviyo can do nothing with a digest: as a name it would even be shown. */
function plain(value: string | undefined, rule: (value: string) => Normalised): Normalised {
  if (!value) return '';
  return isDigest(value) ? Unusable.digest : rule(value);
}

function written(value: Normalised, write: (text: string) => string): Normalised {
  return typeof value === 'string' && value !== '' ? write(value) : value;
}

function kept<T>(known: Map<string, T>, value: string, read: (value: string) => T): T {
  let result = known.get(value);
  if (result === undefined) {
    result = read(value);
    known.set(value, result);
  }
  return result;
}
