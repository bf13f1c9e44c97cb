import { type FreshToken } from './access-tokens.js';
import { CachedAccessTokens, type Refresh } from './cached-access-tokens.js';

/** Access tokens of one process, kept nowhere else: for tools, and for the specs of a platform. */
export class LocalAccessTokens extends CachedAccessTokens {
  protected obtain(
    _key: string,
    refresh: Refresh,
    _rejected: string | undefined,
    signal: AbortSignal,
  ): Promise<FreshToken> {
    return refresh(signal);
  }
}
