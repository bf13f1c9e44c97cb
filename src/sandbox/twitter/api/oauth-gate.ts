import { type Request } from 'express';
import { type SandboxClock } from '../../sandbox-clock.js';
import { type TwitterSettings, type TwitterTokenState } from '../twitter-options.js';
import { actionNotAllowed, AdsError, notAuthenticated, unauthorizedApp } from './ads-error.js';
import { oauthSignature, type Parameter } from './oauth-signature.js';

const MAX_SKEW_MS = 5 * 60_000;
const HEADER_PARAMETER = /^([A-Za-z0-9_]+)="([^"]*)"$/;
const REQUIRED = ['oauth_consumer_key', 'oauth_nonce', 'oauth_signature', 'oauth_timestamp', 'oauth_token'] as const;

/** What a call wants to do: `users` changes members, which needs more than other writes. */
export type AccessKind = 'read' | 'write' | 'users';

/** Checks the signature of every call, and what its token may do. */
export class OauthGate {
  private readonly states = new Map<string, TwitterTokenState>();
  /** Nonces that are still fresh enough to be replayed, with their time. */
  private readonly nonces = new Map<string, number>();

  constructor(
    private readonly settings: TwitterSettings,
    private readonly clock: SandboxClock,
  ) {
    this.reset();
  }

  reset(): void {
    this.nonces.clear();
    this.states.clear();
    for (const [token, state] of Object.entries(this.settings.tokenStates)) this.states.set(token, state);
  }

  set(token: string, state: TwitterTokenState): void {
    this.states.set(token, state);
  }

  /** The token of a properly signed call. `parameters` are those of its query and, if it is a form, of its body. */
  admit(req: Request, parameters: readonly Parameter[]): string {
    const given = headerParameters(req.get('authorization') ?? '');
    const oauth = new Map(given);
    const token = oauth.get('oauth_token') ?? '';
    if (given.length !== oauth.size || REQUIRED.some((name) => !oauth.get(name))) throw notAuthenticated();
    if (oauth.get('oauth_signature_method') !== 'HMAC-SHA1' || (oauth.get('oauth_version') ?? '1.0') !== '1.0') {
      throw notAuthenticated();
    }
    const secrets = this.secretsOf(oauth.get('oauth_consumer_key') ?? '', token);
    const signed = [...parameters, ...given.filter(([name]) => name !== 'oauth_signature')];
    const url = `http://${req.get('host') ?? ''}${req.path}`;
    const expected = oauthSignature({ method: req.method, url, parameters: signed }, secrets);
    if (oauth.get('oauth_signature') !== expected) throw notAuthenticated();
    this.useOnce(oauth.get('oauth_nonce') ?? '', oauth.get('oauth_timestamp') ?? '', token);
    if (this.states.get(token) === 'revoked') throw notAuthenticated();
    return token;
  }

  /** Refuses what a token may not do in an account. An unknown account is 403, not 404. */
  authorise(token: string, account: string | undefined, kind: AccessKind): void {
    const state = this.states.get(token) ?? 'valid';
    if (state === 'not-approved') throw unauthorizedApp();
    if (state === 'suspended') throw new AdsError(403, 'CURRENT_USER_SUSPENDED', 'The current user is suspended');
    if (account !== undefined && !this.accountsOf(token, account).includes(account)) {
      throw new AdsError(403, 'ACCOUNT_NOT_FOUND', `Account "${account}" was not found`, { parameter: 'account_id' });
    }
    if (state === 'read-only' && kind !== 'read') throw actionNotAllowed('The user may not change this account');
    if (state === 'not-allow-listed' && kind === 'users') throw unauthorizedApp();
  }

  /** The accounts of a token; `asked` counts among them where every account exists. */
  accountsOf(token: string, asked: string): readonly string[] {
    const existing = this.settings.accounts ?? [asked];
    const granted = this.settings.tokenAccounts[token];
    return granted === undefined ? existing : granted.filter((one) => existing.includes(one));
  }

  permissionsOf(token: string): readonly string[] {
    return this.states.get(token) === 'read-only' ? ['ANALYST'] : ['ACCOUNT_ADMIN', 'TWEET_COMPOSER'];
  }

  private secretsOf(consumerKey: string, token: string): { consumer: string; token: string } {
    const consumerSecret = own(this.settings.consumers, consumerKey);
    const tokenSecret = own(this.settings.tokens, token);
    if (consumerSecret === undefined || tokenSecret === undefined) throw notAuthenticated();
    return { consumer: consumerSecret, token: tokenSecret };
  }

  private useOnce(nonce: string, timestamp: string, token: string): void {
    const now = this.clock.now();
    const at = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
    if (!(Math.abs(now - at) <= MAX_SKEW_MS)) throw notAuthenticated();
    for (const [used, usedAt] of this.nonces) if (now - usedAt > 2 * MAX_SKEW_MS) this.nonces.delete(used);
    const key = `${token} ${timestamp} ${nonce}`;
    if (this.nonces.has(key)) throw notAuthenticated();
    this.nonces.set(key, now);
  }
}

/** The parameters of the header, decoded; none when it is of another scheme or malformed. */
function headerParameters(header: string): readonly Parameter[] {
  const [scheme = '', ...rest] = header.split(' ');
  if (scheme !== 'OAuth') return [];
  const parts = rest
    .join(' ')
    .split(',')
    .map((part) => HEADER_PARAMETER.exec(part.trim()));
  try {
    return parts.map((part) => [part?.[1] ?? '', decodeURIComponent(part?.[2] ?? '')] as const);
  } catch {
    return [];
  }
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
