import { createHmac, randomBytes } from 'node:crypto';
import { type Request } from 'express';
import { type SandboxClock } from '../sandbox-clock.js';
import { type FacebookSettings, type FacebookTokenState } from './facebook-options.js';
import { type Parameters } from './graph-call.js';
import { GraphError, notAllowed } from './graph-error.js';

/** A time-stamped proof is good for five minutes. */
const PROOF_LIFETIME_SECONDS = 300;

/**
 * Decides what a token may do.
 * Errors: https://developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference
 * Proofs: https://developers.facebook.com/docs/facebook-login/security#proof
 */
export class TokenGate {
  private states = new Map<string, FacebookTokenState>();
  /** The configured token that a renewed one stands for. */
  private readonly ancestors = new Map<string, string>();

  constructor(
    private readonly settings: FacebookSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.states = new Map(Object.entries(this.settings.tokens));
    this.ancestors.clear();
  }

  set(token: string, state: FacebookTokenState): void {
    this.states.set(token, state);
  }

  state(token: string): FacebookTokenState {
    return this.states.get(token) ?? 'valid';
  }

  /** A new token with the same reach, app and state. */
  renew(token: string): string {
    const renewed = `EAA${randomBytes(24).toString('base64url')}`;
    this.ancestors.set(renewed, this.ancestorOf(token));
    this.states.set(renewed, this.state(token));
    return renewed;
  }

  /** The secret of the app that a token belongs to, where it is configured. */
  appSecret(token: string): string | undefined {
    return this.settings.appSecrets[this.ancestorOf(token)];
  }

  /** When a token and what it gives access to end, in Unix seconds; absent: never. */
  ends(token: string): { readonly token?: number; readonly dataAccess?: number } {
    return this.settings.tokenEnds[token] ?? {};
  }

  /** The token of a call, once it has shown that it is alive and, where due, proven. */
  admit(req: Request, parameters: Parameters): string {
    const token = tokenOf(req, parameters);
    if (token === undefined || token === '') {
      throw new GraphError(104, 'An access token is required to request this resource.');
    }
    this.checkAlive(token);
    this.checkProof(token, parameters);
    return token;
  }

  /** Refuses tokens that may not use the Marketing API, or not for what needs the Custom Audience Terms. */
  authorise(token: string, needsTerms: boolean): void {
    const state = this.state(token);
    if (state === 'no-permission') throw notAllowed('Permissions error');
    if (state === 'dev-tier') {
      throw new GraphError(
        270,
        '(#270) This Ads API request is not allowed for apps with development access level (Development access is by ' +
          'default for all apps, please request for upgrade). Make sure that the access token belongs to a user that is ' +
          'both admin of the app and admin of the ad account',
      );
    }
    if (state === 'tos-unsigned' && needsTerms) {
      throw notAllowed('You have not accepted the Custom Audience Terms of Service', 1870090);
    }
  }

  /** True when the token may act for the account. */
  reaches(token: string, account: string): boolean {
    const known = this.settings.accounts?.includes(account) ?? true;
    return known && (this.settings.tokenAccounts[this.ancestorOf(token)]?.includes(account) ?? true);
  }

  private ancestorOf(token: string): string {
    return this.ancestors.get(token) ?? token;
  }

  private checkAlive(token: string): void {
    const state = this.state(token);
    if (state === 'expired') {
      throw new GraphError(190, 'Error validating access token: Session has expired.', { subcode: 463 });
    }
    if (state === 'revoked') {
      throw new GraphError(
        190,
        'Error validating access token: The session has been invalidated because the user changed their password or ' +
          'Facebook has changed the session for security reasons.',
        { subcode: 460 },
      );
    }
  }

  private checkProof(token: string, parameters: Parameters): void {
    const secret = this.appSecret(token);
    if (secret === undefined) return;
    const proof = parameters.text('appsecret_proof');
    if (proof === undefined) {
      if (!this.settings.requireAppSecretProof) return;
      throw proofError('API calls from the server require an appsecret_proof argument');
    }
    const time = parameters.text('appsecret_time');
    const message = time === undefined ? token : `${token}|${time}`;
    const age = time === undefined ? 0 : Math.abs(this.clock.now() / 1000 - Number(time));
    const expected = createHmac('sha256', secret).update(message).digest('hex');
    if (proof !== expected || !(age <= PROOF_LIFETIME_SECONDS)) {
      throw proofError('Invalid appsecret_proof provided in the API argument');
    }
  }
}

function tokenOf(req: Request, parameters: Parameters): string | undefined {
  const bearer = /^(?:Bearer|OAuth) (.+)$/i.exec(req.headers.authorization ?? '');
  return bearer?.[1] ?? parameters.text('access_token');
}

function proofError(message: string): GraphError {
  return new GraphError(100, message, { type: 'GraphMethodException' });
}
