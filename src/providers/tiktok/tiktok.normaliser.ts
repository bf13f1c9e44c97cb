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
import { sha256Hex } from '../kit/hash.js';
import { type Normalised } from '../kit/normalise.js';
import { PhoneCountries } from '../kit/values/phone-countries.js';
import { told, traceOf } from '../kit/values/value-trace.js';
import type { TikTokTag } from './tiktok.config.js';
import { tiktokEmail, tiktokPhone } from './tiktok.values.js';

/**
 * The digests of one user in pairs of e-mail and phone, `''` for none. A second pair holds the other forms of the same
 * address and number, where both are sent: TikTok takes one digest of a kind in an entry, so it becomes an entry of its own.
 */
export type TikTokRow = readonly string[];

export type TikTokRowOptions = Pick<TikTokTag, 'emailNormalization' | 'phoneNormalization' | 'defaultCountry'>;

/** Every user becomes a row, or a rejection without a field; identifiers that cannot be used are rejections with one. */
export function prepareTikTokRows(
  users: readonly AudienceUser[],
  options: TikTokRowOptions,
  trace?: NormalisationTrace,
): Prepared<TikTokRow> {
  const batch = new TikTokBatch(BatchDigests.of(users), options, trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

/** The rows of one batch. */
class TikTokBatch implements Prepared<TikTokRow> {
  readonly rows: PreparedRow<TikTokRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly countries: PhoneCountries;

  constructor(
    private readonly digests: BatchDigests,
    private readonly options: TikTokRowOptions,
    private readonly trace?: NormalisationTrace,
  ) {
    this.countries = new PhoneCountries(trace, options.defaultCountry);
  }

  add(user: AudienceUser, index: number): void {
    const email = this.usable(index, 'email', this.email(user, index));
    const phone = this.usable(index, 'phone', this.phone(user, index));
    if (email === '' && phone === '') {
      this.rejections.push({ user: index, reason: 'no-usable-identifier' });
      return;
    }
    const otherEmail = email === '' ? '' : this.otherEmail(user, index, email);
    const otherPhone = phone === '' ? '' : this.otherPhone(user);
    const row = otherEmail === '' && otherPhone === '' ? [email, phone] : [email, phone, otherEmail, otherPhone];
    this.rows.push({ user: index, row });
  }

  private email({ email }: AudienceUser, user: number): Normalised {
    if (!email) return '';
    const form = this.options.emailNormalization === 'basic' ? 'basic' : 'api';
    const trace = traceOf(this.trace, 'email', email);
    return givenDigest(email, trace) ?? this.digests.emails.hashed(user, tiktokEmail(email, form, trace), trace);
  }

  private phone({ phone, country }: AudienceUser, user: number): Normalised {
    if (!phone) return '';
    const completing = this.countries.of(country);
    const trace = traceOf(this.trace, 'phone', phone);
    return givenDigest(phone, trace) ?? this.digests.phones.hashed(user, tiktokPhone(phone, completing, trace), trace);
  }

  /** The address in its second form, where that is sent and differs. */
  private otherEmail({ email = '' }: AudienceUser, user: number, first: string): string {
    if (this.options.emailNormalization !== 'both' || givenDigest(email) !== undefined) return '';
    const trace = traceOf(this.trace, 'email', email, 'again as given, for its second form');
    const other = this.digests.emails.hashed(user, tiktokEmail(email, 'basic', trace), trace);
    return typeof other === 'string' && other !== first ? other : '';
  }

  private otherPhone({ phone = '', country }: AudienceUser): string {
    if (this.options.phoneNormalization !== 'both' || givenDigest(phone) !== undefined) return '';
    const trace = traceOf(this.trace, 'phone', phone, 'again as given, for its second form');
    const number = tiktokPhone(phone, this.countries.of(country), trace);
    if (typeof number !== 'string') return '';
    return told(trace, 'SHA-256', sha256Hex(told(trace, 'without the plus', number.slice(1))));
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}
