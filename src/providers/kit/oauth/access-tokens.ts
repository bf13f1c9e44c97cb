/** An access token as the platform gave it. */
export interface FreshToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** When the refresh token ends, where the platform tells it. */
  readonly refreshTokenEndsAt?: Date;
}

export interface TokenRequest {
  readonly signal: AbortSignal;
  /** The token that the platform has just refused: it is never handed out again. */
  readonly rejected?: string;
}

/**
 * Access tokens that expire. All processes of a deployment share them: when one is about to expire or was refused, one process
 * refreshes it, and the others wait for that.
 */
export abstract class AccessTokens {
  /**
   * A token that stays valid for at least another minute.
   *
   * @param key which token: provider, account and a digest of the credentials it is got with; never a secret itself
   * @param refresh gets a new one from the platform; its errors (`ProviderError`) are the caller's
   */
  abstract get(
    key: string,
    refresh: (signal: AbortSignal) => Promise<FreshToken>,
    request: TokenRequest,
  ): Promise<string>;
}
