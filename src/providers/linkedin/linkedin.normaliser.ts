import type {
  IdentifierField,
  NormalisationTrace,
  Prepared,
  PreparedRow,
  Rejection,
} from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { BatchDigests } from '../kit/batch/batch-digests.js';
import { givenDigest } from '../kit/given-digest.js';
import type { Normalised } from '../kit/normalise.js';
import { traceOf, type ValueTrace } from '../kit/values/value-trace.js';
import { linkedInCountry, linkedInEmail, linkedInName } from './linkedin.values.js';

/** One user: the digest of the address, and what goes beside it, plain; `''` for none. */
export interface LinkedInRow {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly country: string;
}

type PlainField = 'firstName' | 'lastName' | 'country';

const RULES: Readonly<Record<PlainField, (value: string, trace?: ValueTrace) => Normalised>> = {
  firstName: linkedInName,
  lastName: linkedInName,
  country: linkedInCountry,
};

/** Every user with an address becomes a row. LinkedIn can match nobody without one, and has no place for anything else. */
export function prepareLinkedInRows(users: readonly AudienceUser[], trace?: NormalisationTrace): Prepared<LinkedInRow> {
  const batch = new LinkedInBatch(BatchDigests.of(users), trace);
  users.forEach((user, index) => batch.add(user, index));
  return batch;
}

/** The rows of one batch. Names and countries repeat, so what they become is kept while the batch lasts. */
class LinkedInBatch implements Prepared<LinkedInRow> {
  readonly rows: PreparedRow<LinkedInRow>[] = [];
  readonly rejections: Rejection[] = [];
  private readonly names = new Map<string, Normalised>();
  private readonly known = { firstName: this.names, lastName: this.names, country: new Map<string, Normalised>() };

  constructor(
    private readonly digests: BatchDigests,
    private readonly trace: NormalisationTrace | undefined,
  ) {}

  add(user: AudienceUser, index: number): void {
    const email = this.usable(index, 'email', this.email(user.email, index));
    if (email === '') {
      this.rejections.push({ user: index, reason: 'no-usable-identifier' });
      return;
    }
    const row = {
      email,
      firstName: this.plain(index, 'firstName', user.firstName),
      lastName: this.plain(index, 'lastName', user.lastName),
      country: this.plain(index, 'country', user.country),
    };
    this.rows.push({ user: index, row });
  }

  private email(value: string | undefined, user: number): Normalised {
    if (!value) return '';
    const trace = traceOf(this.trace, 'email', value);
    return givenDigest(value, trace) ?? this.digests.emails.hashed(user, linkedInEmail(value, trace), trace);
  }

  private plain(user: number, field: PlainField, value: string | undefined): string {
    if (!value) return '';
    // Somebody who listens wants to hear every step of every value.
    if (this.trace) return this.usable(user, field, RULES[field](value, traceOf(this.trace, field, value)));
    const known = this.known[field];
    let result = known.get(value);
    if (result === undefined) {
      result = RULES[field](value);
      known.set(value, result);
    }
    return typeof result === 'string' ? result : this.usable(user, field, result);
  }

  private usable(user: number, field: IdentifierField, result: Normalised): string {
    if (typeof result === 'string') return result;
    this.rejections.push({ user, field, reason: result.reason });
    return '';
  }
}
