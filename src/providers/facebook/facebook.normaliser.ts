import {
  type IdentifierField,
  type Prepared,
  type PreparedRow,
  type Rejection,
  type RejectionReason,
  type SentIdentifier,
} from '../contract/audience-provider.js';
import { type AudienceUser } from '../contract/audience-user.js';
import { alpha2 } from '../kit/country.js';
import { givenDigest } from '../kit/given-digest.js';
import { sha256Hex } from '../kit/hash.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import {
  facebookEmail,
  facebookExternId,
  facebookLookalikeValue,
  facebookName,
  facebookPhone,
  facebookZip,
} from './facebook.values.js';

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
): Prepared<FacebookRow> {
  const batch = new FacebookBatch(options.valueBased);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

interface Country {
  /** Alpha-2, upper case; absent when it cannot be told. */
  readonly code?: string;
  readonly digest: Normalised;
}

const NO_COUNTRY: Country = { digest: '' };

type Rule = (value: string, country?: string) => Normalised;

/** The rows of one batch. Names and countries repeat, so their digests are kept while the batch lasts. */
class FacebookBatch implements Prepared<FacebookRow> {
  readonly rows: PreparedRow<FacebookRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly names = new Map<string, Normalised>();
  private readonly countries = new Map<string, Country>();

  constructor(private readonly valueBased: boolean) {}

  add(user: AudienceUser, index: number): void {
    const country = this.country(user.country);
    const externId = this.usable(index, 'edgeTagId', plain(user.edgeTagId, facebookExternId));
    const email = this.usable(index, 'email', digest(user.email, facebookEmail));
    const phone = this.usable(index, 'phone', digest(user.phone, facebookPhone, country.code));
    const firstName = this.usable(index, 'firstName', this.name(user.firstName));
    const lastName = this.usable(index, 'lastName', this.name(user.lastName));
    const zip = this.usable(index, 'postalCode', digest(user.postalCode, facebookZip, country.code));
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

  private name(value: string | undefined): Normalised {
    if (!value) return '';
    let result = this.names.get(value);
    if (result === undefined) {
      result = digest(value, facebookName);
      this.names.set(value, result);
    }
    return result;
  }

  private country(value: string | undefined): Country {
    if (!value) return NO_COUNTRY;
    let country = this.countries.get(value);
    if (country === undefined) {
      country = readCountry(value);
      this.countries.set(value, country);
    }
    return country;
  }

  private lookalikeValue(user: AudienceUser, index: number): number {
    const value = facebookLookalikeValue(user.purchase);
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
function readCountry(value: string): Country {
  const given = givenDigest(value);
  if (given !== undefined) return { digest: given };
  if (value.trim() === '') return NO_COUNTRY;
  const code = alpha2(value);
  return code === undefined ? { digest: Unusable.unknownCountry } : { code, digest: sha256Hex(code.toLowerCase()) };
}

function plain(value: string | undefined, rule: Rule): Normalised {
  return value ? rule(value) : '';
}

function digest(value: string | undefined, rule: Rule, country?: string): Normalised {
  if (!value) return '';
  const given = givenDigest(value);
  if (given !== undefined) return given;
  const normal = rule(value, country);
  return typeof normal === 'string' && normal !== '' ? sha256Hex(normal) : normal;
}
