import { randomBytes } from 'node:crypto';
import { type Request } from 'express';
import { type SandboxClock } from '../../sandbox-clock.js';
import { ApiError, permissionDenied } from '../api/api-error.js';
import { type GoogleCredentialState, type GoogleSettings } from '../google-options.js';

export const DATA_MANAGER_SCOPE = 'https://www.googleapis.com/auth/datamanager';
export const ADS_SCOPE = 'https://www.googleapis.com/auth/adwords';

/** Who got an access token, and for how long it is good. */
export interface Grant {
  readonly credential: string;
  /** The Cloud project, whose quotas its calls count against. */
  readonly project: string;
  readonly scope: string;
  readonly expiresAt: number;
}

/** Knows every access token that was given out, and decides what its credential may do. */
export class CredentialGate {
  private states = new Map<string, GoogleCredentialState>();
  private readonly grants = new Map<string, Grant>();

  constructor(
    private readonly settings: GoogleSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.states = new Map(Object.entries(this.settings.credentials));
    this.grants.clear();
  }

  set(credential: string, state: GoogleCredentialState): void {
    this.states.set(credential, state);
  }

  stateOf(credential: string): GoogleCredentialState {
    return this.states.get(credential) ?? 'valid';
  }

  /** A new access token; those given out before stay good. */
  issue(credential: string, project: string, scope: string): string {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    const expiresAt = this.clock.now() + this.settings.tokenLifetimeSeconds * 1000;
    this.grants.set(token, { credential, project, scope, expiresAt });
    return token;
  }

  /** Whose token a call carries. It counts in its header only. */
  admit(req: Request): Grant {
    const token = /^Bearer (\S+)$/.exec(req.get('authorization') ?? '')?.[1];
    if (token === undefined) throw unauthenticated('CREDENTIALS_MISSING');
    const grant = this.grants.get(token);
    if (grant === undefined || this.stateOf(grant.credential) === 'revoked') {
      throw unauthenticated('ACCESS_TOKEN_TYPE_UNSUPPORTED');
    }
    if (this.clock.now() >= grant.expiresAt) throw unauthenticated('ACCESS_TOKEN_EXPIRED');
    return grant;
  }

  /** Refuses projects without the API, and tokens for another one. */
  authorise({ credential, project, scope }: Grant): void {
    const state = this.stateOf(credential);
    if (state === 'api-disabled') throw serviceDisabled(project);
    if (state === 'other-scope' || !scope.split(' ').includes(DATA_MANAGER_SCOPE)) {
      throw new ApiError('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
        reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
        domain: 'googleapis.com',
        metadata: { service: 'datamanager.googleapis.com' },
      });
    }
  }

  /** Whether a token is one for the Google Ads API. */
  isForAds({ credential, scope }: Grant): boolean {
    return this.stateOf(credential) !== 'no-adwords' && scope.split(' ').includes(ADS_SCOPE);
  }

  /** Refuses a credential that does not reach an account, by itself or through the account named as `login`. */
  requireAccount(credential: string, account: string, login = account): void {
    const state = this.stateOf(credential);
    if (state === 'not-allowlisted') throw permissionDenied('NOT_ALLOWLISTED');
    const manager = this.settings.managerOf[account];
    const isManaged = login === account || manager === undefined || this.isAbove(login, account);
    const isUser = this.settings.accountsOf[credential]?.includes(login) ?? true;
    if (state === 'no-access' || !isManaged || !isUser) throw permissionDenied();
  }

  private isAbove(login: string, account: string): boolean {
    for (let above = this.settings.managerOf[account]; above !== undefined; above = this.settings.managerOf[above]) {
      if (above === login) return true;
    }
    return false;
  }
}

function unauthenticated(reason: string): ApiError {
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.';
  return new ApiError('UNAUTHENTICATED', message, {
    reason,
    domain: 'googleapis.com',
    headers: { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' },
  });
}

function serviceDisabled(project: string): ApiError {
  const activationUrl = `https://console.developers.google.com/apis/api/datamanager.googleapis.com/overview?project=${project}`;
  const message = `Data Manager API has not been used in project ${project} before or it is disabled. Enable it by visiting ${activationUrl} then retry.`;
  return new ApiError('PERMISSION_DENIED', message, {
    reason: 'SERVICE_DISABLED',
    domain: 'googleapis.com',
    metadata: {
      consumer: `projects/${project}`,
      service: 'datamanager.googleapis.com',
      containerInfo: project,
      serviceTitle: 'Data Manager API',
      activationUrl,
    },
  });
}
