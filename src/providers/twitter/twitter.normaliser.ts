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
import { sha256Hex } from '../kit/hash.js';
import { type PhoneCountry } from '../kit/identifiers/phone-number.js';
import { plainId } from '../kit/identifiers/plain-id.js';
import { type Normalised, Unusable } from '../kit/normalise.js';
import { isE164 } from '../kit/phone.js';
import type { TwitterTag } from './twitter.config.js';
import { type Note, twitterEmail, twitterPhone } from './twitter.values.js';

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
    const note = this.noteOf('email');
    return digestAsGiven(email, note) ?? hashed(twitterEmail(email, note), note);
  }

  private phone({ phone, country }: AudienceUser): Normalised {
    if (!phone) return '';
    const note = this.noteOf('phone');
    // Most numbers are complete, and need no country.
    if (isE164(phone)) return hashed(phone, note);
    return digestAsGiven(phone, note) ?? hashed(twitterPhone(phone, this.country(country), note), note);
  }

  private partnerUserId({ edgeTagId }: AudienceUser): Normalised {
    if (!edgeTagId || !this.options.sendPartnerUserId) return '';
    const id = plainId(edgeTagId);
    if (typeof id === 'string') this.noteOf('edgeTagId')?.('sent as it is, without blanks at the ends', id);
    return id;
  }

  /** Only completes national numbers: X has no place for a country. */
  private country(value: string | undefined): PhoneCountry {
    if (!value) return Unusable.missingCountry;
    let country = this.countries.get(value);
    if (country === undefined) {
      country = value.trim() === '' ? Unusable.missingCountry : (alpha2(value) ?? Unusable.unknownCountry);
      this.countries.set(value, country);
    }
    if (typeof country === 'string') this.noteOf('country')?.('country of the phone number', country);
    return country;
  }

  private noteOf(field: IdentifierField): Note | undefined {
    const { trace } = this;
    return trace && ((rule, result) => trace.step(field, rule, result));
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}

function digestAsGiven(value: string, note: Note | undefined): Normalised | undefined {
  const given = givenDigest(value);
  if (typeof given === 'string') note?.('passed on as the SHA-256 digest that it is', given);
  return given;
}

function hashed(normal: Normalised, note: Note | undefined): Normalised {
  if (typeof normal !== 'string' || normal === '') return normal;
  const digest = sha256Hex(normal);
  note?.('SHA-256', digest);
  return digest;
}
