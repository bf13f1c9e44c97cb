import {
  type IdentifierField,
  type Prepared,
  type PreparedRow,
  type Rejection,
} from '../contract/audience-provider.js';
import { type AudienceUser } from '../contract/audience-user.js';
import { alpha2 } from '../kit/country.js';
import { givenDigest } from '../kit/given-digest.js';
import { sha256Hex } from '../kit/hash.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import type { TikTokTag } from './tiktok.config.js';
import { type PhoneCountry, tiktokEmail, tiktokPhone } from './tiktok.values.js';

/**
 * The digests of one user in pairs of e-mail and phone, `''` for none. A second pair holds the other forms of the same
 * address and number, where both are sent: TikTok takes one digest of a kind in an entry, so it becomes an entry of its own.
 */
export type TikTokRow = readonly string[];

export type TikTokRowOptions = Pick<TikTokTag, 'emailNormalization' | 'phoneNormalization' | 'defaultCountry'>;

/** Every user becomes a row, or a rejection without a field; identifiers that cannot be used are rejections with one. */
export function prepareTikTokRows(users: readonly AudienceUser[], options: TikTokRowOptions): Prepared<TikTokRow> {
  const batch = new TikTokBatch(options);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

/** The rows of one batch. Countries repeat, so what they mean is kept while the batch lasts. */
class TikTokBatch implements Prepared<TikTokRow> {
  readonly rows: PreparedRow<TikTokRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly countries = new Map<string, PhoneCountry>();
  private readonly unnamedCountry: PhoneCountry;

  constructor(private readonly options: TikTokRowOptions) {
    this.unnamedCountry = options.defaultCountry ?? Unusable.missingCountry;
  }

  add(user: AudienceUser, index: number): void {
    const email = this.usable(index, 'email', this.email(user));
    const phone = this.usable(index, 'phone', this.phone(user));
    if (email === '' && phone === '') {
      this.rejections.push({ user: index, reason: 'no-usable-identifier' });
      return;
    }
    const otherEmail = email === '' ? '' : this.otherEmail(user, email);
    const otherPhone = phone === '' ? '' : this.otherPhone(user);
    const row = otherEmail === '' && otherPhone === '' ? [email, phone] : [email, phone, otherEmail, otherPhone];
    this.rows.push({ user: index, row });
  }

  private email({ email }: AudienceUser): Normalised {
    if (!email) return '';
    const form = this.options.emailNormalization === 'basic' ? 'basic' : 'api';
    return givenDigest(email) ?? hashed(tiktokEmail(email, form));
  }

  private phone({ phone, country }: AudienceUser): Normalised {
    if (!phone) return '';
    return givenDigest(phone) ?? hashed(tiktokPhone(phone, this.country(country)));
  }

  /** The address in its second form, where that is sent and differs. */
  private otherEmail({ email = '' }: AudienceUser, first: string): string {
    if (this.options.emailNormalization !== 'both' || givenDigest(email) !== undefined) return '';
    const other = hashed(tiktokEmail(email, 'basic'));
    return typeof other === 'string' && other !== first ? other : '';
  }

  private otherPhone({ phone = '', country }: AudienceUser): string {
    if (this.options.phoneNormalization !== 'both' || givenDigest(phone) !== undefined) return '';
    const number = tiktokPhone(phone, this.country(country));
    return typeof number === 'string' ? sha256Hex(number.slice(1)) : '';
  }

  /** A country that was given and cannot be read is not replaced by the default: the number would be another's. */
  private country(value: string | undefined): PhoneCountry {
    if (!value) return this.unnamedCountry;
    let country = this.countries.get(value);
    if (country === undefined) {
      country = value.trim() === '' ? this.unnamedCountry : (alpha2(value) ?? Unusable.unknownCountry);
      this.countries.set(value, country);
    }
    return country;
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}

function hashed(normal: Normalised): Normalised {
  return typeof normal === 'string' && normal !== '' ? sha256Hex(normal) : normal;
}
