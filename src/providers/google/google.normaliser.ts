import type {
  IdentifierField,
  NormalisationTrace,
  Prepared,
  PreparedRow,
  Rejection,
} from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { BatchDigests } from '../kit/batch/batch-digests.js';
import { alpha2 } from '../kit/country.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { refused, told, traceOf } from '../kit/values/value-trace.js';
import type { GoogleTag } from './google.config.js';
import type { GoogleRow } from './google.member.js';
import {
  googleEmail,
  googleFirstName,
  googleLastName,
  googlePhone,
  googlePostalCode,
  type PhoneCountry,
} from './google.values.js';

/** Every user becomes a row, or a rejection without a field; identifiers that cannot be used are rejections with one. */
export function prepareGoogleRows(
  users: readonly AudienceUser[],
  options: Pick<GoogleTag, 'defaultCountry'>,
  trace?: NormalisationTrace,
): Prepared<GoogleRow> {
  const batch = new GoogleBatch(BatchDigests.of(users), options, trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

/** What a country says about an address, and about national phone numbers. */
interface Country {
  readonly regionCode: Normalised;
  readonly completing: PhoneCountry;
}

type NameField = 'firstName' | 'lastName';

const NAME_RULES = { firstName: googleFirstName, lastName: googleLastName };

/** The rows of one batch. Names and countries repeat, so what they become is kept while the batch lasts. */
class GoogleBatch implements Prepared<GoogleRow> {
  readonly rows: PreparedRow<GoogleRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly names = { firstName: new Map<string, Normalised>(), lastName: new Map<string, Normalised>() };
  private readonly countries = new Map<string, Country>();
  private readonly noCountry: Country;

  constructor(
    private readonly digests: BatchDigests,
    { defaultCountry }: Pick<GoogleTag, 'defaultCountry'>,
    private readonly trace?: NormalisationTrace,
  ) {
    this.noCountry = { regionCode: '', completing: defaultCountry ?? Unusable.missingCountry };
  }

  add(user: AudienceUser, index: number): void {
    const country = this.country(user.country);
    const email = this.usable(index, 'email', this.email(user.email, index));
    const phone = this.usable(index, 'phone', this.phone(user.phone, country.completing, index));
    const firstName = this.usable(index, 'firstName', this.name('firstName', user.firstName));
    const lastName = this.usable(index, 'lastName', this.name('lastName', user.lastName));
    const region = this.usable(index, 'country', country.regionCode);
    const postalCode = this.usable(index, 'postalCode', this.postalCode(user.postalCode));

    // An address with a part missing would have Google refuse the whole request.
    const isAddress = firstName !== '' && lastName !== '' && region !== '' && postalCode !== '';
    if (isAddress) this.rows.push({ user: index, row: [email, phone, firstName, lastName, region, postalCode] });
    else if (email !== '' || phone !== '') this.rows.push({ user: index, row: [email, phone, '', '', '', ''] });
    else this.rejections.push({ user: index, reason: 'no-usable-identifier' });
  }

  private email(value: string | undefined, user: number): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'email', value);
    return givenDigest(value, trace) ?? this.digests.emails.hashed(user, googleEmail(value, trace), trace);
  }

  private phone(value: string | undefined, country: PhoneCountry, user: number): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'phone', value);
    return givenDigest(value, trace) ?? this.digests.phones.hashed(user, googlePhone(value, country, trace), trace);
  }

  private name(field: NameField, value: string | undefined): Normalised {
    if (!value) return '';
    let name = this.names[field].get(value);
    if (name === undefined) {
      const trace = traceOf(this.trace, field, value);
      name = givenDigest(value, trace) ?? this.digests.names.hashed(NAME_RULES[field](value, trace), trace);
      this.names[field].set(value, name);
    }
    return name;
  }

  private postalCode(value: string | undefined): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'postalCode', value);
    if (givenDigest(value) !== undefined) return refused(trace, 'a digest, which Google takes not', Unusable.digest);
    return googlePostalCode(value, trace);
  }

  private country(value: string | undefined): Country {
    if (!value) return this.noCountry;
    let country = this.countries.get(value);
    if (country === undefined) {
      country = this.readCountry(value);
      this.countries.set(value, country);
    }
    return country;
  }

  /** A country that was given and cannot be read is not replaced by the default: the number would be another's. */
  private readCountry(value: string): Country {
    const trace = traceOf(this.trace, 'country', value);
    if (value.trim() === '') return this.noCountry;
    if (givenDigest(value) !== undefined) {
      const regionCode = refused(trace, 'a digest, which Google takes not', Unusable.digest);
      return { regionCode, completing: Unusable.missingCountry };
    }
    const code = alpha2(value);
    if (code !== undefined) return { regionCode: told(trace, 'ISO 3166-1 code', code), completing: code };
    const unknown = refused(trace, 'in no list of countries', Unusable.unknownCountry);
    return { regionCode: unknown, completing: unknown };
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}
