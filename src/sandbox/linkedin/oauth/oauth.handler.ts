import { type Request, type Response } from 'express';
import { type SandboxClock } from '../../sandbox-clock.js';
import { type LinkedInSettings } from '../linkedin-options.js';
import { supportHeaders } from '../rest/rest-router.js';
import { type TokenGate } from './token-gate.js';

const SCOPE = 'r_ads,rw_ads,rw_dmp_segments';
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  refresh_token: ['refresh_token', 'client_id', 'client_secret'],
  authorization_code: ['code', 'redirect_uri', 'client_id', 'client_secret'],
};

type Form = Readonly<Record<string, unknown>>;

class OauthError extends Error {
  constructor(
    readonly error: string,
    description: string,
    readonly status = 400,
  ) {
    super(description);
  }
}

/**
 * Gives out access tokens. The life of a refresh token runs from the day the member agreed and is prolonged by nothing.
 * https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
 */
export class OauthHandler {
  /** Refresh tokens, and when they end, ms since 1970. */
  private readonly refreshTokens = new Map<string, number>();
  private readonly usedCodes = new Set<string>();

  constructor(
    private readonly gate: TokenGate,
    private readonly settings: LinkedInSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.refreshTokens.clear();
    this.usedCodes.clear();
    for (const token of this.settings.refreshTokens) this.refreshTokens.set(token, this.newEnd());
  }

  answer(req: Request, res: Response): void {
    res.set(supportHeaders());
    try {
      res.json(this.grant(req));
    } catch (error) {
      if (!(error instanceof OauthError)) throw error;
      res.status(error.status).json({ error: error.error, error_description: error.message });
    }
  }

  private grant(req: Request): object {
    if (req.method !== 'POST') throw new OauthError('invalid_request', 'The method must be POST', 405);
    if (!req.is('application/x-www-form-urlencoded')) {
      throw new OauthError('invalid_request', 'A required parameter "grant_type" is missing');
    }
    const form = (req.body ?? {}) as Form;
    const type = textIn(form, 'grant_type');
    const required = Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
    if (required === undefined) throw new OauthError('unsupported_grant_type', 'The grant type is not supported');
    for (const name of required) textIn(form, name);
    const { id, secret } = this.settings.app;
    if (form['client_id'] !== id || form['client_secret'] !== secret) {
      throw new OauthError('invalid_client', 'Client authentication failed', 401);
    }
    return this.tokens(type === 'refresh_token' ? this.known(textIn(form, type)) : this.agreed(textIn(form, 'code')));
  }

  private tokens(refreshToken: string): object {
    const left = Math.floor(((this.refreshTokens.get(refreshToken) ?? 0) - this.clock.now()) / 1000);
    const seconds = Math.min(this.settings.accessTokenSeconds, left);
    return {
      access_token: this.gate.issue(seconds),
      expires_in: seconds,
      refresh_token: refreshToken,
      refresh_token_expires_in: left,
      scope: SCOPE,
      token_type: 'Bearer',
    };
  }

  private known(token: string): string {
    const endsAt = this.refreshTokens.get(token) ?? 0;
    if (this.clock.now() >= endsAt || this.gate.stateOf(token) !== 'valid') {
      throw new OauthError('invalid_grant', 'The provided refresh token is invalid, expired or revoked');
    }
    return token;
  }

  private agreed(code: string): string {
    if (!this.settings.authCodes.includes(code) || this.usedCodes.has(code)) {
      throw new OauthError('invalid_grant', 'Unable to retrieve access token: authorization code not found');
    }
    this.usedCodes.add(code);
    const token = `AQW-sandbox-${this.usedCodes.size}`;
    this.refreshTokens.set(token, this.newEnd());
    return token;
  }

  private newEnd(): number {
    return this.clock.now() + this.settings.refreshTokenSeconds * 1000;
  }
}

function textIn(form: Form, name: string): string {
  const value = form[name];
  if (typeof value !== 'string' || value === '') {
    throw new OauthError('invalid_request', `A required parameter "${name}" is missing`);
  }
  return value;
}
