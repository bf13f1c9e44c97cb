import { CredentialsRejectedError } from '../../contract/provider-errors.js';
import { sha256Hex } from '../../kit/hash.js';
import type { AccessTokens, FreshToken } from '../../kit/oauth/access-tokens.js';
import { TokenEndpoint } from '../../kit/oauth/token-endpoint.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import type { LinkedInTag } from '../linkedin.config.js';

/**
 * The last part of a token's life is left unused: five days of its sixty. Of one that ends with its refresh token, and so lives
 * only some days, a few hours.
 */
const UNUSED_PART = 1 / 12;

/** The access token of a tag: the one that was set, or one that all processes share and renew. */
export class LinkedInAccess {
  private readonly endpoint: TokenEndpoint;
  /** Which token it is, for {@link AccessTokens}: a member's token opens all his ad accounts. */
  private readonly key: string;

  constructor(
    private readonly tag: LinkedInTag,
    http: PlatformHttp,
    private readonly tokens: AccessTokens,
  ) {
    this.endpoint = new TokenEndpoint(http, tag.tokenUrl);
    this.key = `linkedin/${credentialsOf(tag)}`;
  }

  /** Whether there is another token where one was refused. */
  get isRenewable(): boolean {
    return this.tag.accessToken === undefined;
  }

  /** @param rejected the token that was refused */
  token(signal: AbortSignal, rejected?: string): Promise<string> {
    const { accessToken } = this.tag;
    if (accessToken !== undefined) return Promise.resolve(accessToken);
    return this.tokens.get(this.key, (stop) => this.refresh(stop), { signal, rejected });
  }

  /**
   * When the member has to agree again. LinkedIn tells it only beside a new token, which is thrown away: those in use stay good.
   *
   * @returns nothing for a token that was set by hand, of which nobody knows when it was made
   */
  async end(signal: AbortSignal): Promise<Date | undefined> {
    return this.isRenewable ? (await this.ask(signal)).refreshTokenEndsAt : undefined;
  }

  private async refresh(signal: AbortSignal): Promise<FreshToken> {
    const askedAt = Date.now();
    const { token, expiresAt } = await this.ask(signal);
    const lifeMs = expiresAt.getTime() - askedAt;
    return { token, expiresAt: new Date(expiresAt.getTime() - lifeMs * UNUSED_PART) };
  }

  private async ask(signal: AbortSignal): Promise<FreshToken> {
    const { clientId = '', clientSecret = '', refreshToken = '' } = this.tag;
    try {
      return await this.endpoint.refresh({ clientId, clientSecret, refreshToken }, signal);
    } catch (error) {
      throw isEnded(error) ? agreeAgain(error) : error;
    }
  }
}

/** A digest of what a tag's token is got with: tags with the same answer use the same token. */
export function credentialsOf({ accessToken, clientId, clientSecret, refreshToken }: LinkedInTag): string {
  return sha256Hex([accessToken, clientId, clientSecret, refreshToken].join('\n'));
}

function isEnded(error: unknown): error is CredentialsRejectedError {
  return error instanceof CredentialsRejectedError && error.platformCode?.endsWith('/invalid_grant') === true;
}

/** A refresh token ends a year after the member agreed, whatever is done with it. */
function agreeAgain({ platformCode }: CredentialsRejectedError): CredentialsRejectedError {
  const words = 'the refresh token has ended or was revoked: the member has to agree again (REFRESH_TOKEN)';
  return new CredentialsRejectedError(`LinkedIn: ${words}`, { platformCode });
}
