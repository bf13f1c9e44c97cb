import { Injectable, Logger } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database } from '../../storage/database.js';
import { PayloadCipher, PayloadError } from '../../storage/payload-cipher.js';
import { accessTokens } from '../../storage/tag-schema.js';
import type { FreshToken } from '../kit/oauth/access-tokens.js';

/** After so long without a renewal the lease of a killed process is taken over, ms. */
const LEASE_MS = 10_000;

/** A row as it was found. */
export interface StoredToken {
  /** Nothing while it is refreshed, and before it ever was. */
  readonly fresh?: FreshToken;
  /** Another one each time that a token is recorded: tells whether the row has changed. */
  readonly sealed: Buffer | null;
  /** Whether somebody refreshes it. */
  readonly isLeased: boolean;
}

/**
 * The table `access_tokens`. The lease of a refresh is a part of the row, so it works on any PostgreSQL, holds no connection
 * during the platform's call, and outlives no process. Times are the database's: the clocks of two machines differ.
 */
@Injectable()
export class AccessTokenRepository {
  private readonly logger = new Logger(AccessTokenRepository.name);

  constructor(
    private readonly database: Database,
    private readonly cipher: PayloadCipher,
  ) {}

  /** The row, its token opened. */
  async find(key: string): Promise<StoredToken> {
    const [row] = await this.database.query
      .select({
        sealed: accessTokens.token,
        leftMs: sql<number>`(extract(epoch from (${accessTokens.expiresAt} - now())) * 1000)::float8`,
        isLeased: sql<boolean>`coalesce(${accessTokens.lockedUntil} > now(), false)`,
      })
      .from(accessTokens)
      .where(eq(accessTokens.key, key));
    if (!row) return { sealed: null, isLeased: false };
    const { sealed, leftMs, isLeased } = row;
    const token = sealed && (await this.open(sealed, key));
    const fresh = token === null ? undefined : { token, expiresAt: new Date(Date.now() + leftMs) };
    return { fresh, sealed, isLeased };
  }

  /**
   * Takes the lease, and takes away the token: whoever refreshes it has found it refused or about to expire.
   *
   * @returns false when somebody else has the lease, or has recorded another token since `seen`
   */
  async lease(key: string, owner: string, { sealed: seen }: StoredToken): Promise<boolean> {
    const { rows } = await this.database.query.execute(sql`
      insert into access_tokens (key, lock_owner, locked_until) values (${key}, ${owner}, ${leaseEnd()})
      on conflict (key) do update
      set lock_owner = excluded.lock_owner, locked_until = excluded.locked_until, token = null, expires_at = null
      where coalesce(access_tokens.locked_until, now()) <= now() and access_tokens.token is not distinct from ${seen}
      returning 1`);
    return rows.length > 0;
  }

  /** Keeps the lease; a failure is only told, since the next renewal may succeed. */
  async renew(key: string, owner: string): Promise<void> {
    await this.tryTo('renew', () =>
      this.database.query.update(accessTokens).set({ lockedUntil: leaseEnd() }).where(this.isHeld(key, owner)),
    );
  }

  /** Stores the token and ends the lease; nothing when the lease went to somebody else meanwhile. */
  async record(key: string, owner: string, { token, expiresAt }: FreshToken): Promise<void> {
    const sealed = await this.cipher.seal(Buffer.from(token), key);
    await this.database.query
      .update(accessTokens)
      .set({ token: sealed, expiresAt: fromNow(expiresAt.getTime() - Date.now()), lockOwner: null, lockedUntil: null })
      .where(this.isHeld(key, owner));
  }

  /** Ends the lease without a token. Where that fails, the lease ends by itself. */
  async release(key: string, owner: string): Promise<void> {
    await this.tryTo('release', () =>
      this.database.query
        .update(accessTokens)
        .set({ lockOwner: null, lockedUntil: null })
        .where(this.isHeld(key, owner)),
    );
  }

  private isHeld(key: string, owner: string) {
    return and(eq(accessTokens.key, key), eq(accessTokens.lockOwner, owner));
  }

  /** A token of another encryption key is worth no more than none: a new one is to be had. */
  private async open(sealed: Buffer, key: string): Promise<string | null> {
    try {
      return (await this.cipher.open(sealed, key)).toString();
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.logger.warn('A stored access token cannot be opened and is got anew: has the encryption key changed?');
      return null;
    }
  }

  private async tryTo(what: string, statement: () => Promise<unknown>): Promise<void> {
    try {
      await statement();
    } catch (error) {
      this.logger.warn(
        `Could not ${what} the lease of an access token: ${error instanceof Error ? error.name : 'unknown'}`,
      );
    }
  }
}

const fromNow = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`;
const leaseEnd = () => fromNow(LEASE_MS);
