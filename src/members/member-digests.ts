import { hash } from 'node:crypto';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { type Identifiers, edgeTagIdOf, emailOf, identityOf, packUser, phoneOf } from './member-identity.js';

/**
 * A member as the store tells it from others, before anything is sealed. Digests are texts of one unit for each byte (`latin1`, which Node also calls `binary`):
 * Node makes one four times as fast as a buffer, and a hexadecimal one is written and compared more slowly and keeps more memory.
 */
export interface MemberDigests {
  readonly key: string;
  readonly content: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly edgeTagId: string | null;
  /** What the record is to say. */
  readonly packed: string;
}

const KEY_BYTES = 16;
const SHORT_BYTES = 8;

/** Pure. */
export function bytesOf(digest: string): Buffer {
  return Buffer.from(digest, 'latin1');
}

/** Pure. */
export function digestOf(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** Makes keyed digests. */
export class MemberDigester {
  /** @param secret hexadecimal */
  constructor(private readonly secret: string) {}

  of(user: AudienceUser): MemberDigests {
    return new DigestsOfUser(this, user);
  }

  key(identity: string): string {
    return this.digest('key', identity, KEY_BYTES);
  }

  content(packed: string): string {
    return this.digest('content', packed, SHORT_BYTES);
  }

  lookup(purpose: keyof Identifiers, value: string | undefined): string | null {
    return value ? this.digest(purpose, value, SHORT_BYTES) : null;
  }

  /** Truncated by all who use it, so that nothing can be appended to what was digested. */
  private digest(purpose: string, value: string, bytes: number): string {
    return hash('sha256', `${this.secret} ${purpose} ${value}`, 'binary').slice(0, bytes);
  }
}

/** What a user can be found by is only digested when it is asked for: of members that are there already it never is. */
class DigestsOfUser implements MemberDigests {
  readonly key: string;
  readonly content: string;
  readonly packed: string;
  private lookups?: Readonly<Record<keyof Identifiers, string | null>>;

  constructor(
    private readonly digester: MemberDigester,
    private readonly user: AudienceUser,
  ) {
    this.key = digester.key(identityOf(user));
    this.packed = packUser(user);
    this.content = digester.content(this.packed);
  }

  get email(): string | null {
    return this.looked.email;
  }

  get phone(): string | null {
    return this.looked.phone;
  }

  get edgeTagId(): string | null {
    return this.looked.edgeTagId;
  }

  private get looked(): Readonly<Record<keyof Identifiers, string | null>> {
    return (this.lookups ??= {
      email: this.digester.lookup('email', emailOf(this.user)),
      phone: this.digester.lookup('phone', phoneOf(this.user)),
      edgeTagId: this.digester.lookup('edgeTagId', edgeTagIdOf(this.user)),
    });
  }
}
