import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { FreshToken } from '../kit/oauth/access-tokens.js';
import { CachedAccessTokens, isUsable, type Refresh } from '../kit/oauth/cached-access-tokens.js';
import { AccessTokenRepository } from './access-token.repository.js';

/** A third of the lease. */
const RENEW_MS = 3_000;
const ASK_AGAIN_MS = 100;

/**
 * Access tokens that all processes share through the database, encrypted. One process refreshes, under a lease; the others
 * look at the row until its result is there, or until it has failed or was killed and they may try themselves.
 */
@Injectable()
export class StoredAccessTokens extends CachedAccessTokens {
  constructor(private readonly stored: AccessTokenRepository) {
    super();
  }

  protected async obtain(
    key: string,
    refresh: Refresh,
    rejected: string | undefined,
    signal: AbortSignal,
  ): Promise<FreshToken> {
    const owner = uuid();
    for (;;) {
      const seen = await this.stored.find(key);
      if (seen.fresh && isUsable(seen.fresh, rejected)) return seen.fresh;
      const isOurs = !seen.isLeased && (await this.stored.lease(key, owner, seen));
      if (isOurs) return await this.refreshAs(owner, key, refresh, signal);
      await sleep(ASK_AGAIN_MS, undefined, { signal });
    }
  }

  private async refreshAs(owner: string, key: string, refresh: Refresh, signal: AbortSignal): Promise<FreshToken> {
    const renewal = setInterval(() => void this.stored.renew(key, owner), RENEW_MS);
    try {
      const fresh = await refresh(signal);
      await this.stored.record(key, owner, fresh);
      return fresh;
    } catch (error) {
      await this.stored.release(key, owner);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }
}
