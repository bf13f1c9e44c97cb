import { type GraphCall } from './graph-call.js';
import { GraphError, invalidParameter, notFound } from './graph-error.js';
import { type TokenGate } from './token-gate.js';

const SIXTY_DAYS_SECONDS = 5_183_944;

/**
 * Tokens and what an ad account says about itself.
 * https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
 */
export class OauthHandler {
  constructor(private readonly gate: TokenGate) {}

  /** Exchanges a token that still works for a new one; the old one goes on working. */
  exchange(call: GraphCall): object {
    const { parameters } = call;
    for (const name of ['grant_type', 'client_id', 'client_secret', 'fb_exchange_token']) {
      if ((parameters.text(name) ?? '') === '') throw invalidParameter(`Missing ${name} parameter.`);
    }
    if (parameters.text('grant_type') !== 'fb_exchange_token') throw invalidParameter('Invalid grant_type');
    const token = parameters.text('fb_exchange_token') ?? '';
    const secret = this.gate.appSecret(token);
    if (secret !== undefined && parameters.text('client_secret') !== secret) {
      throw new GraphError(1, 'Error validating client secret.');
    }
    const state = this.gate.state(token);
    if (state === 'expired' || state === 'revoked') {
      throw new GraphError(190, 'Error validating access token: Session has expired.', { subcode: 463 });
    }
    return { access_token: this.gate.renew(token), token_type: 'bearer', expires_in: SIXTY_DAYS_SECONDS };
  }

  /** Tells about a token, alive or not. */
  debugToken(call: GraphCall): object {
    const input = call.parameters.text('input_token');
    if (input === undefined) throw invalidParameter('The parameter input_token is required');
    const state = this.gate.state(input);
    const alive = state !== 'expired' && state !== 'revoked';
    return {
      data: {
        app_id: /^(\d+)\|/.exec(call.token)?.[1] ?? '1000001',
        type: 'SYSTEM_USER',
        is_valid: alive,
        expires_at: state === 'expired' ? 1_700_000_000 : (this.gate.ends(input).token ?? 0),
        data_access_expires_at: this.gate.ends(input).dataAccess ?? 0,
        scopes: state === 'no-permission' ? [] : ['ads_management', 'ads_read'],
        ...(alive ? {} : { error: { code: 190, message: 'Error validating access token', subcode: 463 } }),
      },
    };
  }

  /** The acting system user. */
  me(): object {
    return { id: '1220000001', name: 'Sandbox system user' };
  }

  /**
   * The ad account, with the terms accepted for it.
   * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/reference/custom-audience-terms-of-service
   */
  account(call: GraphCall): object {
    if (!this.gate.reaches(call.token, call.id)) throw notFound(call.method, `act_${call.id}`);
    const signed = this.gate.state(call.token) === 'tos-unsigned' ? 0 : 1;
    const known: Record<string, unknown> = {
      account_id: call.id,
      name: `Sandbox account ${call.id}`,
      account_status: 1,
      currency: 'USD',
      tos_accepted: { custom_audience_tos: signed, web_custom_audience_tos: signed },
      user_tos_accepted: { custom_audience_tos: signed },
    };
    const fields = (call.parameters.list('fields') ?? []).filter((field) => field !== 'id');
    const answer: Record<string, unknown> = {};
    for (const field of fields) {
      if (!Object.hasOwn(known, field)) {
        throw invalidParameter(`Tried accessing nonexisting field (${field}) on node type (AdAccount)`);
      }
      answer[field] = known[field];
    }
    return { ...answer, id: `act_${call.id}` };
  }
}
