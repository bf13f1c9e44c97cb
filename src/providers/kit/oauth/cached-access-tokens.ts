import { CredentialsRejectedError, PlatformUnavailableError } from '../../contract/provider-errors.js';
import { AccessTokens, type FreshToken, type TokenRequest } from './access-tokens.js';
import { SharedWork } from './shared-work.js';

export type Refresh = (signal: AbortSignal) => Promise<FreshToken>;

/** A token with less than this left may expire on its way to the platform, ms. */
const SHORTEST_LIFE_MS = 60_000;

/** What one process knows of its tokens: callers that come while one is being got wait for the same one. */
export abstract class CachedAccessTokens extends AccessTokens {
  private readonly known = new Map<string, FreshToken>();
  private readonly underWay = new Map<string, SharedWork<FreshToken>>();

  /**
   * The token that is known, or one that this call or another gets.
   *
   * @throws PlatformUnavailableError when `request.signal` was aborted; the refresh goes on while others wait for it
   * @throws CredentialsRejectedError when the platform gives the rejected token again
   */
  async get(key: string, refresh: Refresh, { signal, rejected }: TokenRequest): Promise<string> {
    for (;;) {
      const known = this.known.get(key);
      if (known && isUsable(known, rejected)) return known.token;
      if (signal.aborted) throw notWaitedFor();
      const { token } = await this.join(key, refresh, rejected).wait(signal, notWaitedFor);
      // Whoever began it may not have known that this token is refused.
      if (token !== rejected) return token;
    }
  }

  /** A usable token that is not `rejected`, from wherever it is kept or by `refresh`, to which `signal` is handed on. */
  protected abstract obtain(
    key: string,
    refresh: Refresh,
    rejected: string | undefined,
    signal: AbortSignal,
  ): Promise<FreshToken>;

  private join(key: string, refresh: Refresh, rejected: string | undefined): SharedWork<FreshToken> {
    const begun = this.underWay.get(key);
    if (begun && !begun.isGivenUp) return begun;
    this.known.delete(key);
    const work = new SharedWork(async (signal) => {
      try {
        const fresh = await this.obtain(key, refusing(refresh, rejected), rejected, signal);
        // Given up and overtaken by another, its token would take the place of a newer one.
        if (!signal.aborted) this.known.set(key, fresh);
        return fresh;
      } finally {
        if (this.underWay.get(key) === work) this.underWay.delete(key);
      }
    });
    this.underWay.set(key, work);
    return work;
  }
}

/** Whether the token may be handed out to a caller that was refused with `rejected`. */
export function isUsable({ token, expiresAt }: FreshToken, rejected: string | undefined): boolean {
  return token !== rejected && expiresAt.getTime() - Date.now() >= SHORTEST_LIFE_MS;
}

/** A platform that gives the same token again would be asked without end. */
function refusing(refresh: Refresh, rejected: string | undefined): Refresh {
  return async (signal) => {
    const fresh = await refresh(signal);
    if (fresh.token !== rejected) return fresh;
    throw new CredentialsRejectedError('The platform refuses the access token that it has just given again');
  };
}

function notWaitedFor(): PlatformUnavailableError {
  return new PlatformUnavailableError('An access token was not waited for: the call was stopped');
}
