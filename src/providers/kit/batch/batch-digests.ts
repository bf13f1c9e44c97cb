import type { AudienceUser } from '../../contract/audience-user.js';
import { sha256Hex } from '../hash.js';
import type { Normalised } from '../normalise.js';
import { told, type ValueTrace } from '../values/value-trace.js';

/** By the list of users that a batch is. Nobody else holds it, so that it goes when the batch goes. */
const batches = new WeakMap<readonly AudienceUser[], BatchDigests>();

/**
 * The digests of one batch, shared by all providers that prepare the same list of users: where they hash the same normal form,
 * it is hashed once.
 */
export class BatchDigests {
  readonly emails = new DigestColumn();
  readonly phones = new DigestColumn();
  readonly names = new NameDigests();

  /** Those of the batch that these users are; the very same list, not one that looks like it. */
  static of(users: readonly AudienceUser[]): BatchDigests {
    let digests = batches.get(users);
    if (digests === undefined) {
      digests = new BatchDigests();
      batches.set(users, digests);
    }
    return digests;
  }
}

/**
 * The digests of a field that differs from user to user. Of each user two normal forms are remembered: platforms ask for hardly
 * more, and to compare two texts is cheaper than to look one up.
 */
export class DigestColumn {
  private readonly first: Slot = { forms: [], digests: [] };
  private readonly second: Slot = { forms: [], digests: [] };

  /** The digest of a normal form. What has none, for being blank or refused, stays as it is. */
  hashed(user: number, normal: Normalised, trace?: ValueTrace): Normalised {
    if (typeof normal !== 'string' || normal === '') return normal;
    return told(trace, 'SHA-256', this.digest(user, normal));
  }

  private digest(user: number, form: string): string {
    const { first, second } = this;
    const known = first.forms[user];
    if (known === undefined) return remember(first, user, form);
    if (known === form) return first.digests[user]!;
    return second.forms[user] === form ? second.digests[user]! : remember(second, user, form);
  }
}

/** By user. */
interface Slot {
  readonly forms: (string | undefined)[];
  readonly digests: (string | undefined)[];
}

function remember({ forms, digests }: Slot, user: number, form: string): string {
  const digest = sha256Hex(form);
  forms[user] = form;
  digests[user] = digest;
  return digest;
}

/** The digests of what many users have in common. */
export class NameDigests {
  private readonly known = new Map<string, string>();

  /** As {@link DigestColumn.hashed}. */
  hashed(normal: Normalised, trace?: ValueTrace): Normalised {
    if (typeof normal !== 'string' || normal === '') return normal;
    let digest = this.known.get(normal);
    if (digest === undefined) {
      digest = sha256Hex(normal);
      this.known.set(normal, digest);
    }
    return told(trace, 'SHA-256', digest);
  }
}
