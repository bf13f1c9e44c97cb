import { CredentialsRejectedError } from '../../contract/provider-errors.js';
import { sha256Hex } from '../../kit/hash.js';
import type { AccessTokens, FreshToken } from '../../kit/oauth/access-tokens.js';
import { signServiceAccountAssertion } from '../../kit/oauth/service-account.js';
import { TokenEndpoint } from '../../kit/oauth/token-endpoint.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import type { GoogleTag } from '../google.config.js';

/**
 * For the Data Manager API and the Google Ads API. What a person agreed to stands in his refresh token instead.
 * https://developers.google.com/data-manager/api/devguides/quickstart/set-up-access
 */
const SCOPES = 'https://www.googleapis.com/auth/datamanager https://www.googleapis.com/auth/adwords';

/** In front of the hyphen, a client's id has the number of its Cloud project. */
const PROJECT_NUMBER = /^\d+(?=-)/;

/**
 * The Cloud project that the calls of a tag count against.
 * https://developers.google.com/data-manager/api/devguides/limits
 */
export function cloudProject({ clientId = '', serviceAccountKey }: GoogleTag): string {
  if (serviceAccountKey) return serviceAccountKey.projectId ?? serviceAccountKey.clientEmail;
  return PROJECT_NUMBER.exec(clientId)?.[0] ?? clientId;
}

/** The access tokens of one tag's credentials. They are not bound to an account: tags with the same ones share them. */
export class GoogleCredentials {
  private readonly endpoint: TokenEndpoint;
  private readonly key: string;

  constructor(
    private readonly tag: GoogleTag,
    http: PlatformHttp,
    private readonly tokens: AccessTokens,
  ) {
    this.endpoint = new TokenEndpoint(http, tag.tokenUrl);
    this.key = `google/${cloudProject(tag)}/${digestOf(tag)}`;
  }

  /**
   * @param rejected the token that Google has just refused
   * @throws ProviderError
   */
  token(signal: AbortSignal, rejected?: string): Promise<string> {
    return this.tokens.get(this.key, (stop) => this.fresh(stop), { signal, rejected });
  }

  private async fresh(signal: AbortSignal): Promise<FreshToken> {
    const { clientId, clientSecret, refreshToken, serviceAccountKey, tokenUrl } = this.tag;
    if (serviceAccountKey) {
      const jwt = await signServiceAccountAssertion(serviceAccountKey, SCOPES, tokenUrl, new Date());
      return this.endpoint.assertion(jwt, signal);
    }
    if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) {
      throw new CredentialsRejectedError('Google: the tag has no credentials');
    }
    return this.endpoint.refresh({ clientId, clientSecret, refreshToken }, signal);
  }
}

function digestOf({ clientId, clientSecret, refreshToken, serviceAccountKey, tokenUrl }: GoogleTag): string {
  const { clientEmail, privateKey } = serviceAccountKey ?? {};
  return sha256Hex(JSON.stringify([tokenUrl, clientId, clientSecret, refreshToken, clientEmail, privateKey]));
}
