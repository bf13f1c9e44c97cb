import type {
  IdentifierField,
  NormalisationTrace,
  Prepared,
  PreparedRow,
  Rejection,
  RejectionReason,
} from '../contract/audience-provider.js';
import type { AudienceUser, Purchase } from '../contract/audience-user.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { refused, traceOf, type ValueTrace } from '../kit/values/value-trace.js';
import type { KlaviyoPhones } from './klaviyo.phone.js';
import { asciiText, type KlaviyoRow, locationIn, member } from './klaviyo.profile.js';
import {
  klaviyoAmount,
  klaviyoCountry,
  klaviyoCurrency,
  klaviyoEdgeTagId,
  klaviyoEmail,
  klaviyoName,
  klaviyoZip,
} from './klaviyo.values.js';

type Rule = (value: string, trace?: ValueTrace) => Normalised;
type Spent = Pick<KlaviyoRow, 'profit' | 'total7Days' | 'currency'>;

/** What is sent of a country, and the code that completes phone numbers. */
interface Country {
  readonly code?: string;
  readonly location: Normalised;
}

const NO_COUNTRY: Country = { location: '' };
const NOTHING_SPENT: Spent = { profit: '', total7Days: '', currency: '' };

/** Every user becomes a profile, or a rejection without a field; what cannot be used of it is a rejection with one. */
export function prepareKlaviyoRows(
  users: readonly AudienceUser[],
  phones: KlaviyoPhones,
  trace?: NormalisationTrace,
): Prepared<KlaviyoRow> {
  const batch = new KlaviyoBatch(phones, trace);
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

  constructor(
    private readonly phones: KlaviyoPhones,
    private readonly trace?: NormalisationTrace,
  ) {}

  add(user: AudienceUser, index: number): void {
    const { code, location } = this.country(user.country);
    const { profit, total7Days, currency } = this.spent(user.purchase, index);
    const row: KlaviyoRow = {
      email: this.usable(index, 'email', this.plain('email', user.email, klaviyoEmail)),
      phone: this.usable(index, 'phone', this.phone(user.phone, code)),
      firstName: this.usable(index, 'firstName', this.name('firstName', user.firstName, this.firstNames, 'first_name')),
      lastName: this.usable(index, 'lastName', this.name('lastName', user.lastName, this.lastNames, 'last_name')),
      location: this.usable(index, 'country', location),
      zip: this.usable(index, 'postalCode', written(this.plain('postalCode', user.postalCode, klaviyoZip), asciiText)),
      edgeTagId: this.usable(index, 'edgeTagId', this.edgeTagId(user.edgeTagId)),
      profit,
      total7Days,
      currency,
    };
    if (row.email === '' && row.phone === '') this.reject(index, undefined, 'no-usable-identifier');
    else this.rows.push({ user: index, row });
  }

  /** Klaviyo can do nothing with a digest: as a name it would even be shown. */
  private plain(field: IdentifierField, value: string | undefined, rule: Rule): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, field, value);
    return isDigest(value) ? noDigest(trace) : rule(value, trace);
  }

  private name(
    field: IdentifierField,
    value: string | undefined,
    known: Map<string, Normalised>,
    attribute: string,
  ): Normalised {
    if (!value) return '';
    return kept(known, value, () => written(this.plain(field, value, klaviyoName), (name) => member(attribute, name)));
  }

  private country(value: string | undefined): Country {
    return value ? kept(this.countries, value, readCountry, traceOf(this.trace, 'country', value)) : NO_COUNTRY;
  }

  private phone(value: string | undefined, country?: string): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'phone', value);
    return isDigest(value) ? noDigest(trace) : this.phones.read(value, country, trace);
  }

  private edgeTagId(value: string | undefined): Normalised {
    return value ? written(klaviyoEdgeTagId(value, traceOf(this.trace, 'edgeTagId', value)), asciiText) : '';
  }

  private spent(purchase: Purchase | undefined, user: number): Spent {
    if (!purchase) return NOTHING_SPENT;
    const profit = this.amount('profit as given', purchase.profit);
    const total7Days = this.amount('total7Days as given', purchase.total7Days);
    const currency = this.currency(purchase.currency);
    const isUsable = !Number.isNaN(profit) && !Number.isNaN(total7Days) && typeof currency === 'string';
    if (!isUsable) this.reject(user, 'purchase', 'invalid-format');
    return {
      profit: numberText(profit),
      total7Days: numberText(total7Days),
      currency: typeof currency === 'string' ? currency : '',
    };
  }

  private amount(start: string, value: Purchase['profit']): number | undefined {
    const trace = this.trace && value !== undefined ? traceOf(this.trace, 'purchase', String(value), start) : undefined;
    return klaviyoAmount(value, trace);
  }

  private currency(value: string | undefined): Normalised {
    if (!value) return '';
    return kept(this.currencies, value, readCurrency, traceOf(this.trace, 'purchase', value, 'currency as given'));
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

function readCountry(value: string, trace?: ValueTrace): Country {
  if (isDigest(value)) return { location: noDigest(trace) };
  const { code, name } = klaviyoCountry(value, trace);
  return { code, location: written(name, locationIn) };
}

function readCurrency(value: string, trace?: ValueTrace): Normalised {
  return written(klaviyoCurrency(value, trace), (code) => member('blotout_currency', code));
}

/** Of an amount that is one. */
function numberText(amount: number | undefined): string {
  return amount === undefined || Number.isNaN(amount) ? '' : String(amount);
}

function isDigest(value: string): boolean {
  return givenDigest(value) !== undefined;
}

function noDigest(trace?: ValueTrace): Unusable {
  return refused(trace, 'a digest, of which Klaviyo can make nothing', Unusable.digest);
}

function written(value: Normalised, write: (text: string) => string): Normalised {
  return typeof value === 'string' && value !== '' ? write(value) : value;
}

function kept<T>(
  known: Map<string, T>,
  value: string,
  read: (value: string, trace?: ValueTrace) => T,
  trace?: ValueTrace,
): T {
  let result = known.get(value);
  if (result === undefined) {
    result = read(value, trace);
    known.set(value, result);
  }
  return result;
}
