import { type SandboxClock } from '../../sandbox-clock.js';
import { type LinkedInSettings, type LinkedInTokenState } from '../linkedin-options.js';
import { accessDenied, RestError } from '../rest/rest-error.js';

const REFUSALS: Partial<
  Record<LinkedInTokenState, readonly [serviceErrorCode: number, code: string, message: string]>
> = {
  invalid: [65600, 'INVALID_ACCESS_TOKEN', 'Invalid access token'],
  revoked: [65601, 'REVOKED_ACCESS_TOKEN', 'The token has been revoked by the user'],
  expired: [65602, 'EXPIRED_ACCESS_TOKEN', 'The token used in the request has expired'],
};

/** Decides what an access token may do, and keeps those that were given out. */
export class TokenGate {
  private states = new Map<string, LinkedInTokenState>();
  /** Tokens given out here, and when they end, ms since 1970. */
  private readonly issued = new Map<string, number>();
  private count = 0;

  constructor(
    private readonly settings: LinkedInSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.states = new Map(Object.entries(this.settings.tokens));
    this.issued.clear();
    this.count = 0;
  }

  set(token: string, state: LinkedInTokenState): void {
    this.states.set(token, state);
  }

  stateOf(token: string): LinkedInTokenState {
    return this.states.get(token) ?? 'valid';
  }

  /** A new access token; those given out before stay good. */
  issue(seconds: number): string {
    this.count += 1;
    const token = `AQX-sandbox-${String(this.count).padStart(4, '0')}`;
    this.issued.set(token, this.clock.now() + seconds * 1000);
    return token;
  }

  /** The token of a call, once it has shown that it is alive. */
  admit(authorization: string | undefined): string {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new RestError(401, 'Empty oauth2_access_token', { serviceErrorCode: 401 });
    const refusal = REFUSALS[this.lifeOf(token)];
    if (refusal === undefined) return token;
    const [serviceErrorCode, code, message] = refusal;
    throw new RestError(401, message, { serviceErrorCode, code });
  }

  /** Refuses tokens without `rw_dmp_segments`. */
  requireScope(token: string, resource: string): void {
    if (this.stateOf(token) === 'no-permission') throw accessDenied(resource);
  }

  /** Refuses members who may only look at the account. */
  requireRole(token: string, resource: string): void {
    if (this.stateOf(token) === 'viewer') throw accessDenied(resource);
  }

  /** Refuses ad accounts that do not exist or that the member has no role in. */
  requireAccount(account: string): void {
    if (this.settings.adAccounts?.includes(account) === false) {
      throw accessDenied(`urn:li:sponsoredAccount:${account}`);
    }
  }

  private lifeOf(token: string): LinkedInTokenState {
    const state = this.stateOf(token);
    const endsAt = this.issued.get(token);
    if (state !== 'valid') return state;
    if (endsAt !== undefined) return this.clock.now() < endsAt ? 'valid' : 'expired';
    return this.settings.acceptedTokens?.includes(token) === false ? 'invalid' : 'valid';
  }
}
