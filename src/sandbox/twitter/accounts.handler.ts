import { type AdsAnswer, type AdsCall } from './api/ads-call.js';
import { type OauthGate } from './api/oauth-gate.js';
import { SAMPLE } from './twitter-options.js';

/** Ad accounts and what the user of a token may do in them: https://docs.x.com/x-ads-api/fundamentals/accessing-ads-accounts */
export class AccountsHandler {
  constructor(private readonly gate: OauthGate) {}

  list({ token }: AdsCall): AdsAnswer {
    const accounts = this.gate.accountsOf(token, SAMPLE.account);
    return { data: accounts.map(accountFields), nextCursor: null };
  }

  read({ ids }: AdsCall): AdsAnswer {
    return { data: accountFields(ids.account) };
  }

  /** The id of the user is what its token begins with. */
  access({ token }: AdsCall): AdsAnswer {
    return { data: { user_id: token.split('-')[0], permissions: this.gate.permissionsOf(token) } };
  }
}

function accountFields(id: string): object {
  return { id, name: `Sandbox account ${id}`, approval_status: 'ACCEPTED', timezone: 'Etc/UTC', deleted: false };
}
