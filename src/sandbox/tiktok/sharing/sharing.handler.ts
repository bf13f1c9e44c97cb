import { type AudienceStore } from '../audiences/audience-store.js';
import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter } from '../tiktok-error.js';
import { businessOf } from '../tiktok-options.js';

const MAX_SHARED = 10;

/** Lets ad accounts of one business see audiences: https://business-api.tiktok.com/portal/docs?id=1740245803888706 */
export class SharingHandler {
  constructor(private readonly store: AudienceStore) {}

  /** All audiences with all ad accounts, or nothing. */
  share({ fields, token }: TikTokCall): TikTokAnswer {
    fields.require('advertiser_id', 'custom_audience_ids', 'shared_advertiser_ids');
    const advertiser = fields.advertiserId();
    const ids = fields.ids('custom_audience_ids', MAX_SHARED) ?? [];
    const others = fields.ids('shared_advertiser_ids', MAX_SHARED) ?? [];
    this.store.gate.requireAdvertiser(token, advertiser);
    const audiences = ids.map((id) => this.store.owned([advertiser], id));
    const business = businessOf(advertiser, this.store.settings);
    const stranger = others.find((other) => businessOf(other, this.store.settings) !== business);
    if (stranger !== undefined) {
      throw invalidParameter(`shared_advertiser_ids: ${stranger} is not in the same Business Center.`);
    }
    for (const audience of audiences) {
      const doubled = others.find((other) => audience.sharedWith.includes(other));
      if (doubled !== undefined) throw invalidParameter(`The audience has been shared with ${doubled} already.`);
    }
    for (const audience of audiences) audience.sharedWith = [...audience.sharedWith, ...others];
    return { data: {} };
  }

  cancel({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    const id = fields.id('custom_audience_id');
    const other = fields.id('shared_advertiser_id');
    this.store.gate.requireAdvertiser(token, advertiser);
    const audience = this.store.owned([advertiser], id);
    if (!audience.sharedWith.includes(other)) throw invalidParameter(`The audience is not shared with ${other}.`);
    audience.sharedWith = audience.sharedWith.filter((one) => one !== other);
    return { data: {} };
  }

  /** The platform's words for `status` are not public; this one is made up. */
  log({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    const id = fields.id('custom_audience_id');
    this.store.gate.requireAdvertiser(token, advertiser);
    const { sharedWith } = this.store.owned([advertiser], id);
    const list = sharedWith.map((other) => ({
      custom_audience_id: id,
      shared_advertiser_id: other,
      shared_advertiser_name: `Advertiser ${other}`,
      status: 'SHARED',
    }));
    return { data: { list } };
  }
}
