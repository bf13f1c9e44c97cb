import {
  type IdentifierField,
  type NormalisationTrace,
  type Prepared,
  type PreparedRow,
  type Rejection,
} from '../contract/audience-provider.js';
import { type AudienceUser } from '../contract/audience-user.js';
import { alpha2 } from '../kit/country.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { isE164 } from '../kit/phone.js';
import { hashed } from '../kit/values/hashed.js';
import { type PhoneCountry } from '../kit/values/phone-number.js';
import { plainId } from '../kit/values/plain-id.js';
import { refused, told, traceOf } from '../kit/values/value-trace.js';
import type { TwitterTag } from './twitter.config.js';
import { twitterEmail, twitterPhone } from './twitter.values.js';

/** Digests of address and number, and the id that goes out plain; `''` for none. */
export type TwitterRow = readonly [email: string, phone: string, partnerUserId: string];

export type TwitterRowOptions = Pick<TwitterTag, 'sendPartnerUserId'>;

/** Every user becomes a row, or a rejection without a field; identifiers that cannot be used are rejections with one. */
export function prepareTwitterRows(
  users: readonly AudienceUser[],
  options: TwitterRowOptions,
  trace?: NormalisationTrace,
): Prepared<TwitterRow> {
  const batch = new TwitterBatch(options, trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch.prepared;
}

/** The rows of one batch. Countries repeat, so what they mean is kept while the batch lasts. */
class TwitterBatch {
  private readonly rows: PreparedRow<TwitterRow>[] = [];
  private readonly rejections: Rejection[] = [];
  private readonly countries = new Map<string, PhoneCountry>();

  constructor(
    private readonly options: TwitterRowOptions,
    private readonly trace?: NormalisationTrace,
  ) {}

  get prepared(): Prepared<TwitterRow> {
    return { rows: this.rows, rejections: this.rejections };
  }

  add(user: AudienceUser, index: number): void {
    const email = this.usable(index, 'email', this.email(user));
    const phone = this.usable(index, 'phone', this.phone(user));
    const partnerUserId = this.usable(index, 'edgeTagId', this.partnerUserId(user));
    if (email === '' && phone === '' && partnerUserId === '') {
      this.rejections.push({ user: index, reason: 'no-usable-identifier' });
      return;
    }
    this.rows.push({ user: index, row: [email, phone, partnerUserId] });
  }

  private email({ email }: AudienceUser): Normalised {
    if (!email) return '';
    const trace = traceOf(this.trace, 'email', email);
    return givenDigest(email, trace) ?? hashed(twitterEmail(email, trace), trace);
  }

  private phone({ phone, country }: AudienceUser): Normalised {
    if (!phone) return '';
    const trace = traceOf(this.trace, 'phone', phone);
    // Most numbers are complete, and need no country.
    if (isE164(phone)) return hashed(phone, trace);
    return givenDigest(phone, trace) ?? hashed(twitterPhone(phone, this.country(country), trace), trace);
  }

  private partnerUserId({ edgeTagId }: AudienceUser): Normalised {
    if (!edgeTagId || !this.options.sendPartnerUserId) return '';
    return plainId(edgeTagId, traceOf(this.trace, 'edgeTagId', edgeTagId));
  }

  /** Only completes national numbers: X has no place for a country. */
  private country(value: string | undefined): PhoneCountry {
    if (!value) return Unusable.missingCountry;
    let country = this.countries.get(value);
    if (country === undefined) {
      country = this.readCountry(value);
      this.countries.set(value, country);
    }
    return country;
  }

  private readCountry(value: string): PhoneCountry {
    if (value.trim() === '') return Unusable.missingCountry;
    const trace = traceOf(this.trace, 'country', value);
    const code = alpha2(value);
    if (code === undefined) return refused(trace, 'in no list of countries', Unusable.unknownCountry);
    return told(trace, 'ISO 3166-1 code, to complete phone numbers with', code);
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}
