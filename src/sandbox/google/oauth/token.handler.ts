import { type Request, type Response } from 'express';
import { type SandboxClock } from '../../sandbox-clock.js';
import { isObject } from '../api/message-schema.js';
import { type GoogleSettings } from '../google-options.js';
import { ADS_SCOPE, type CredentialGate, DATA_MANAGER_SCOPE } from './credential-gate.js';
import { readAssertion } from './jwt-assertion.js';

/** What an assertion may name as its audience, beside the address that was called. */
const REAL_ENDPOINT = 'https://oauth2.googleapis.com/token';
const KNOWN_SCOPE = /^https:\/\/www\.googleapis\.com\/auth\/[a-z.]+$/;
/** What was consented to where it was not both. */
const SCOPE_OF: Readonly<Record<string, string>> = { 'other-scope': ADS_SCOPE, 'no-adwords': DATA_MANAGER_SCOPE };

/** A refusal of RFC 6749, section 5.2. */
class TokenError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly description: string,
  ) {
    super(description);
  }
}

/** Gives out access tokens: https://developers.google.com/identity/protocols/oauth2 */
export class TokenHandler {
  constructor(
    private readonly settings: GoogleSettings,
    private readonly gate: CredentialGate,
    private readonly clock: SandboxClock,
  ) {}

  answer(req: Request, res: Response): void {
    try {
      const granted = this.grant(req);
      res.json({ ...granted, expires_in: this.settings.tokenLifetimeSeconds, token_type: 'Bearer' });
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      res.status(error.status).json({ error: error.error, error_description: error.description });
    }
  }

  private grant(req: Request): object {
    const body: unknown = req.body;
    if (!req.is('application/x-www-form-urlencoded') || !isObject(body)) {
      throw new TokenError(400, 'invalid_request', 'Required parameter is missing: grant_type');
    }
    const form = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
    switch (form('grant_type')) {
      case 'refresh_token':
        return this.refresh(form);
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return this.assertion(form('assertion'), `${req.protocol}://${req.get('host') ?? ''}${req.path}`);
      default:
        throw new TokenError(400, 'unsupported_grant_type', 'Invalid grant_type');
    }
  }

  private refresh(form: (name: string) => string): object {
    const client = form('client_id');
    const secret = Object.hasOwn(this.settings.clients, client) ? this.settings.clients[client] : undefined;
    if (secret === undefined) throw new TokenError(401, 'invalid_client', 'The OAuth client was not found.');
    if (secret !== form('client_secret')) throw new TokenError(401, 'invalid_client', 'Unauthorized');
    const token = form('refresh_token');
    if (token === '') throw new TokenError(400, 'invalid_request', 'Missing required parameter: refresh_token');
    const exists = this.settings.refreshTokens?.includes(token) ?? true;
    if (!exists || this.gate.stateOf(token) === 'revoked') {
      throw new TokenError(400, 'invalid_grant', 'Token has been expired or revoked.');
    }
    const scope = SCOPE_OF[this.gate.stateOf(token)] ?? `${DATA_MANAGER_SCOPE} ${ADS_SCOPE}`;
    return { access_token: this.gate.issue(token, client.split('-')[0] ?? '', scope), scope };
  }

  private assertion(jwt: string, endpoint: string): object {
    const found = readAssertion(jwt, this.settings.serviceAccounts, [endpoint, REAL_ENDPOINT], this.clock.now());
    if (typeof found === 'string') throw new TokenError(400, 'invalid_grant', found);
    const { account, scope } = found;
    if (this.gate.stateOf(account.clientEmail) === 'revoked') {
      throw new TokenError(400, 'invalid_grant', 'Invalid grant: account not found');
    }
    if (scope === '' || !scope.split(' ').every((one) => KNOWN_SCOPE.test(one))) {
      throw new TokenError(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
    }
    return { access_token: this.gate.issue(account.clientEmail, account.project, scope) };
  }
}
