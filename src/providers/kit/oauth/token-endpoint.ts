import {
  CredentialsRejectedError,
  PlatformUnavailableError,
  RateLimitedError,
} from '../../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../answer-values.js';
import type { PlatformHttp, PlatformResponse } from '../platform-http.js';
import { redactText } from '../redact.js';
import { parseRetryAfter } from '../retry-after.js';
import type { FreshToken } from './access-tokens.js';

/** What a platform gave when somebody agreed that we act for him. */
export interface RefreshCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export interface TokenEndpointOptions {
  /** For the whole exchange. */
  readonly timeoutMs?: number;
  /** ms since 1970. */
  readonly now?: () => number;
}

const DEFAULT_LIFE_SECONDS = 3_600;
/** A life beyond a year is a mistake, milliseconds for seconds for example. */
const LONGEST_LIFE_SECONDS = 366 * 24 * 3_600;
/** A refresh token may live longer; beyond ten years it is a mistake as well. */
const LONGEST_REFRESH_SECONDS = 10 * LONGEST_LIFE_SECONDS;

/** What may stand in an `Authorization` header (RFC 6749, appendix A.12). */
const TOKEN = /^[\x21-\x7e]+$/;
const ERROR_WORD = /^[a-z_]{1,64}$/;

/** Passing troubles that some servers answer with a 400: Google's own libraries ask again after these. */
const PASSING = new Set(['internal_failure', 'server_error', 'slow_down', 'temporarily_unavailable']);

/** Where access tokens are got (RFC 6749, section 3.2). It keeps nothing: `AccessTokens` is who does. */
export class TokenEndpoint {
  private readonly name: string;

  /** @param tokenUrl the whole address: `https://oauth2.googleapis.com/token` */
  constructor(
    private readonly http: PlatformHttp,
    private readonly tokenUrl: string,
    private readonly options: TokenEndpointOptions = {},
  ) {
    this.name = new URL(tokenUrl).host;
  }

  /**
   * A new access token for a refresh token (RFC 6749, section 6).
   *
   * @throws ProviderError `CredentialsRejectedError` when no token is given for these credentials
   */
  refresh({ clientId, clientSecret, refreshToken }: RefreshCredentials, signal: AbortSignal): Promise<FreshToken> {
    const form = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
    return this.ask({ grant_type: 'refresh_token', ...form }, [clientSecret, refreshToken], signal);
  }

  /**
   * A new access token for a signed assertion (RFC 7523, section 2.1).
   *
   * @throws ProviderError `CredentialsRejectedError` when no token is given for this assertion
   */
  assertion(jwt: string, signal: AbortSignal): Promise<FreshToken> {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt };
    return this.ask(form, [jwt], signal);
  }

  private async ask(
    form: Readonly<Record<string, string>>,
    secrets: readonly string[],
    signal: AbortSignal,
  ): Promise<FreshToken> {
    const now = this.options.now ?? Date.now;
    // The token's life began before its answer arrived.
    const askedAt = now();
    const answer = await this.http.request({
      method: 'POST',
      url: this.tokenUrl,
      pathTemplate: new URL(this.tokenUrl).pathname,
      body: new URLSearchParams(form),
      timeoutMs: this.options.timeoutMs,
      signal,
    });
    if (answer.status < 200 || answer.status >= 300) throw this.errorOf(answer, secrets);
    return this.tokenOf(answer.body, askedAt);
  }

  private tokenOf(body: unknown, askedAt: number): FreshToken {
    const { access_token, expires_in, refresh_token_expires_in } = isRecord(body) ? body : {};
    if (!TOKEN.test(textOf(access_token))) throw this.notUnderstood('no access token');
    const seconds = integerOf(expires_in ?? DEFAULT_LIFE_SECONDS);
    if (seconds === undefined || seconds <= 0 || seconds > LONGEST_LIFE_SECONDS) {
      throw this.notUnderstood('an access token without a life that can be true');
    }
    const left = integerOf(refresh_token_expires_in) ?? 0;
    return {
      token: textOf(access_token),
      expiresAt: new Date(askedAt + seconds * 1_000),
      // Zero is how some say that it does not end.
      ...(left > 0 && left <= LONGEST_REFRESH_SECONDS && { refreshTokenEndsAt: new Date(askedAt + left * 1_000) }),
    };
  }

  /**
   * Never `RequestRejectedError`, by which the engine looks for users who are to blame: what is asked for here has none, so
   * whatever is refused for good is a matter of the credentials.
   */
  private errorOf({ status, headers, body }: PlatformResponse, secrets: readonly string[]) {
    const { error, error_description } = isRecord(body) ? body : {};
    const word = wordOf(error, secrets);
    const platformCode = word === undefined ? `http ${status}` : `${status}/${word}`;
    const retryAfterMs = parseRetryAfter(headers['retry-after']);
    const said = [word, redactText(textOf(error_description), secrets)].filter(Boolean).join(': ');
    const message = (words: string) => `${this.name}: ${words}${said && `: ${said}`}`;
    if (status === 429) return new RateLimitedError(message('too many calls'), retryAfterMs, { platformCode });
    if (status >= 500 || status === 408 || (word !== undefined && PASSING.has(word))) {
      return new PlatformUnavailableError(message('a passing failure'), { platformCode, retryAfterMs });
    }
    if (status === 401 || (status >= 400 && word !== undefined)) {
      return new CredentialsRejectedError(message('no access token is given for these credentials'), { platformCode });
    }
    return this.notUnderstood(`HTTP ${status}`);
  }

  /** Not from the endpoint itself, which names an error by a word, but from something in front of it: it may pass. */
  private notUnderstood(what: string): PlatformUnavailableError {
    return new PlatformUnavailableError(`${this.name}: answer not understood: ${what}`);
  }
}

/** The `error` of RFC 6749, section 5.2; nothing when it is something else, such as what we sent. */
function wordOf(error: unknown, secrets: readonly string[]): string | undefined {
  const word = textOf(error);
  return ERROR_WORD.test(word) && !secrets.includes(word) ? word : undefined;
}
