import {
  type IdentifierField,
  type NormalisationTrace,
  type Prepared,
  type PreparedRow,
  type Rejection,
} from '../contract/audience-provider.js';
import { type AudienceUser } from '../contract/audience-user.js';
import { BatchDigests } from '../kit/batch/batch-digests.js';
import { givenDigest } from '../kit/given-digest.js';
import { type Normalised } from '../kit/normalise.js';
import { isE164 } from '../kit/phone.js';
import { PhoneCountries } from '../kit/values/phone-countries.js';
import { plainId } from '../kit/values/plain-id.js';
import { traceOf } from '../kit/values/value-trace.js';
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
  const batch = new TwitterBatch(BatchDigests.of(users), options, trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch.prepared;
}

/** The rows of one batch. */
class TwitterBatch {
  private readonly rows: PreparedRow<TwitterRow>[] = [];
  private readonly rejections: Rejection[] = [];
  private readonly countries: PhoneCountries;

  constructor(
    private readonly digests: BatchDigests,
    private readonly options: TwitterRowOptions,
    private readonly trace?: NormalisationTrace,
  ) {
    // X has no place for a country.
    this.countries = new PhoneCountries(trace);
  }

  get prepared(): Prepared<TwitterRow> {
    return { rows: this.rows, rejections: this.rejections };
  }

  add(user: AudienceUser, index: number): void {
    const email = this.usable(index, 'email', this.email(user, index));
    const phone = this.usable(index, 'phone', this.phone(user, index));
    const partnerUserId = this.usable(index, 'edgeTagId', this.partnerUserId(user));
    if (email === '' && phone === '' && partnerUserId === '') {
      this.rejections.push({ user: index, reason: 'no-usable-identifier' });
      return;
    }
    this.rows.push({ user: index, row: [email, phone, partnerUserId] });
  }

  private email({ email }: AudienceUser, user: number): Normalised {
    if (!email) return '';
    const trace = traceOf(this.trace, 'email', email);
    return givenDigest(email, trace) ?? this.digests.emails.hashed(user, twitterEmail(email, trace), trace);
  }

  private phone({ phone, country }: AudienceUser, user: number): Normalised {
    if (!phone) return '';
    const trace = traceOf(this.trace, 'phone', phone);
    // Most numbers are complete, and need no country.
    if (isE164(phone)) return this.digests.phones.hashed(user, phone, trace);
    return (
      givenDigest(phone, trace) ??
      this.digests.phones.hashed(user, twitterPhone(phone, this.countries.of(country), trace), trace)
    );
  }

  private partnerUserId({ edgeTagId }: AudienceUser): Normalised {
    if (!edgeTagId || !this.options.sendPartnerUserId) return '';
    return plainId(edgeTagId, traceOf(this.trace, 'edgeTagId', edgeTagId));
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}
