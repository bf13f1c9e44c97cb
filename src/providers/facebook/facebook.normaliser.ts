import {
  type IdentifierField,
  type NormalisationTrace,
  type Prepared,
  type PreparedRow,
  type Rejection,
  type RejectionReason,
  type SentIdentifier,
} from '../contract/audience-provider.js';
import { type AudienceUser } from '../contract/audience-user.js';
import { BatchDigests } from '../kit/batch/batch-digests.js';
import { alpha2 } from '../kit/country.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { hashed } from '../kit/values/hashed.js';
import { plainId } from '../kit/values/plain-id.js';
import { refused, traceOf, type ValueTrace } from '../kit/values/value-trace.js';
import { facebookEmail, facebookLookalikeValue, facebookName, facebookPhone, facebookZip } from './facebook.values.js';

/** One person in the order of {@link facebookSchema}; `''` stands for what is not known. */
export type FacebookRow = readonly (string | number)[];

export interface FacebookRowOptions {
  /** Adds the value that value-based audiences weigh their members with, and that others refuse. */
  readonly valueBased: boolean;
}

const SCHEMA = ['EXTERN_ID', 'EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'] as const;
const VALUE_BASED_SCHEMA = [...SCHEMA, 'LOOKALIKE_VALUE'] as const;

/** `payload.schema` of an upload. */
export function facebookSchema(options: FacebookRowOptions): readonly string[] {
  return options.valueBased ? VALUE_BASED_SCHEMA : SCHEMA;
}

/** A row, column by column. EXTERN_ID and LOOKALIKE_VALUE are the two that are not hashed. */
export function facebookIdentifiers(row: FacebookRow, options: FacebookRowOptions): readonly SentIdentifier[] {
  return facebookSchema(options).flatMap((name, column) => {
    const value = String(row[column] ?? '');
    return value === '' ? [] : [{ name, value, hashed: name !== 'EXTERN_ID' && name !== 'LOOKALIKE_VALUE' }];
  });
}

/** Every user becomes a row, or a rejection without a field; identifiers that cannot be used are rejections with one. */
export function prepareFacebookRows(
  users: readonly AudienceUser[],
  options: FacebookRowOptions,
  trace?: NormalisationTrace,
): Prepared<FacebookRow> {
  const batch = new FacebookBatch(BatchDigests.of(users), options.valueBased, trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

interface Country {
  /** Alpha-2, upper case; absent when it cannot be told. */
  readonly code?: string;
  readonly digest: Normalised;
}

const NO_COUNTRY: Country = { digest: '' };

/** The rows of one batch. Names and countries repeat, so their digests are kept while the batch lasts. */
class FacebookBatch implements Prepared<FacebookRow> {
  readonly rows: PreparedRow<FacebookRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly names = new Map<string, Normalised>();
  private readonly countries = new Map<string, Country>();

  constructor(
    private readonly digests: BatchDigests,
    private readonly valueBased: boolean,
    private readonly trace?: NormalisationTrace,
  ) {}

  add(user: AudienceUser, index: number): void {
    const country = this.country(user.country);
    const externId = this.usable(index, 'edgeTagId', this.externId(user.edgeTagId));
    const email = this.usable(index, 'email', this.email(user.email, index));
    const phone = this.usable(index, 'phone', this.phone(user.phone, country.code));
    const firstName = this.usable(index, 'firstName', this.name(user.firstName, 'firstName'));
    const lastName = this.usable(index, 'lastName', this.name(user.lastName, 'lastName'));
    const zip = this.usable(index, 'postalCode', this.zip(user.postalCode, country.code));
    const countryDigest = this.usable(index, 'country', country.digest);

    const named = firstName !== '' && lastName !== '' && (zip !== '' || countryDigest !== '');
    if (email === '' && phone === '' && !named) {
      this.reject(index, undefined, 'no-usable-identifier');
      return;
    }
    const row: (string | number)[] = [externId, email, phone, firstName, lastName, zip, countryDigest];
    if (this.valueBased) row.push(this.lookalikeValue(user, index));
    this.rows.push({ user: index, row });
  }

  private externId(value: string | undefined): Normalised {
    return value ? plainId(value, traceOf(this.trace, 'edgeTagId', value)) : '';
  }

  private email(value: string | undefined, user: number): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'email', value);
    return givenDigest(value, trace) ?? this.digests.emails.hashed(user, facebookEmail(value, trace), trace);
  }

  /** No other platform hashes numbers without their plus. */
  private phone(value: string | undefined, country?: string): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'phone', value);
    return givenDigest(value, trace) ?? hashed(facebookPhone(value, country, trace), trace);
  }

  private zip(value: string | undefined, country?: string): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'postalCode', value);
    return givenDigest(value, trace) ?? hashed(facebookZip(value, country, trace), trace);
  }

  private name(value: string | undefined, field: 'firstName' | 'lastName'): Normalised {
    if (!value) return '';
    let result = this.trace ? undefined : this.names.get(value);
    if (result === undefined) {
      const trace = traceOf(this.trace, field, value);
      result = givenDigest(value, trace) ?? this.digests.names.hashed(facebookName(value, trace), trace);
      this.names.set(value, result);
    }
    return result;
  }

  private country(value: string | undefined): Country {
    if (!value) return NO_COUNTRY;
    let country = this.trace ? undefined : this.countries.get(value);
    if (country === undefined) {
      country = readCountry(value, traceOf(this.trace, 'country', value));
      this.countries.set(value, country);
    }
    return country;
  }

  private lookalikeValue({ purchase }: AudienceUser, index: number): number {
    const trace = this.trace && traceOf(this.trace, 'purchase', purchase ? JSON.stringify(purchase) : '');
    const value = facebookLookalikeValue(purchase, trace);
    if (value === undefined) this.reject(index, 'purchase', 'invalid-format');
    return value ?? 0;
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

/** A digest passes, but tells no country that a phone number or a postal code could be read with. */
function readCountry(value: string, trace?: ValueTrace): Country {
  const given = givenDigest(value, trace);
  if (given !== undefined) return { digest: given };
  if (value.trim() === '') return NO_COUNTRY;
  const code = alpha2(value);
  if (code === undefined) return { digest: refused(trace, 'in no list of countries', Unusable.unknownCountry) };
  const lower = code.toLowerCase();
  trace?.change('ISO 3166-1 code, lower case', lower);
  return { code, digest: hashed(lower, trace) };
}
