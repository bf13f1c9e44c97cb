import { type TikTokAnswer, type TikTokCall } from './tiktok-call.js';
import { invalidParameter, TikTokError } from './tiktok-error.js';
import { type TikTokSettings } from './tiktok-options.js';
import { type TokenGate } from './token-gate.js';

/** The ad account that the printed variables name. */
export const SAMPLE_ADVERTISER = '7170000000000000001';

/** Audience Management and its parts: https://business-api.tiktok.com/portal/docs?id=1753986142651394 */
const GRANTED_SCOPES = [3, 30, 31, 32];

/** Authorization by the advertiser and the ad accounts of a token: https://business-api.tiktok.com/portal/docs?id=1738373164380162 */
export class AccountHandler {
  constructor(
    private readonly settings: TikTokSettings,
    private readonly gate: TokenGate,
  ) {}

  accessToken({ fields }: TikTokCall): TikTokAnswer {
    fields.require('app_id', 'secret', 'auth_code');
    this.checkApp(fields.text('app_id'), fields.text('secret'));
    const { token, advertisers } = this.gate.exchange(fields.text('auth_code') ?? '');
    return { data: { access_token: token, advertiser_ids: advertisers, scope: GRANTED_SCOPES } };
  }

  /** Long-term tokens have nothing to be refreshed with. */
  refreshToken(): never {
    throw new TikTokError(40107, 'The refresh token is incorrect.');
  }

  revokeToken({ fields }: TikTokCall): TikTokAnswer {
    fields.require('app_id', 'secret', 'access_token');
    this.checkApp(fields.text('app_id'), fields.text('secret'));
    const token = fields.text('access_token') ?? '';
    const advertisers = this.advertisersOf(token);
    this.gate.set(token, 'revoked');
    return { data: { app_id: this.settings.app.id, advertiser_ids: advertisers } };
  }

  advertisers({ fields, token }: TikTokCall): TikTokAnswer {
    fields.require('app_id', 'secret');
    this.checkApp(fields.text('app_id'), fields.text('secret'));
    const list = this.advertisersOf(token).map((id) => ({ advertiser_id: id, advertiser_name: nameOf(id) }));
    return { data: { list } };
  }

  advertiserInfo({ fields, token }: TikTokCall): TikTokAnswer {
    const ids = fields.ids('advertiser_ids', 100);
    if (ids === undefined) throw invalidParameter('Missing required field(s): advertiser_ids.');
    for (const id of ids) this.gate.requireAdvertiser(token, id);
    return { data: { list: ids.map((id) => ({ advertiser_id: id, name: nameOf(id), status: 'STATUS_ENABLE' })) } };
  }

  private checkApp(id: string | undefined, secret: string | undefined): void {
    const { app } = this.settings;
    if (id !== app.id || secret !== app.secret) throw new TikTokError(40101, 'The app_id or secret is incorrect.');
  }

  private advertisersOf(token: string): readonly string[] {
    return this.gate.advertisersOf(token) ?? this.settings.advertisers ?? [SAMPLE_ADVERTISER];
  }
}

function nameOf(advertiser: string): string {
  return `Sandbox advertiser ${advertiser.slice(-4)}`;
}
