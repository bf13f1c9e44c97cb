import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { notFound } from '../tiktok-error.js';
import { platformTime } from './audience-progress.js';
import { detailFields, listFields, type Viewpoint } from './audience-fields.js';
import { type AudienceStore } from './audience-store.js';

const MAX_IDS = 100;
const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 10;
const MAX_HISTORY = 100;

/** Shows audiences. There is no filter by name. */
export class AudienceReadingHandler {
  constructor(private readonly store: AudienceStore) {}

  list({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    const page = fields.integer('page', 1, Number.MAX_SAFE_INTEGER) ?? 1;
    const size = fields.integer('page_size', 1, MAX_PAGE_SIZE) ?? DEFAULT_PAGE_SIZE;
    const wanted = fields.ids('custom_audience_ids', MAX_IDS);
    this.store.gate.requireAdvertiser(token, advertiser);
    const found = this.store.visibleTo(advertiser).filter(({ id }) => wanted?.includes(id) ?? true);
    const shown = found.slice((page - 1) * size, page * size);
    return {
      data: {
        list: shown.map((audience) => listFields(audience, this.viewpoint(advertiser))),
        page_info: pageInfo(page, size, found.length),
      },
    };
  }

  get({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    fields.require('custom_audience_ids');
    const wanted = fields.ids('custom_audience_ids', MAX_IDS) ?? [];
    const historySize = fields.integer('history_size', 1, MAX_HISTORY) ?? MAX_HISTORY;
    this.store.gate.requireAdvertiser(token, advertiser);
    const visible = new Map(this.store.visibleTo(advertiser).map((audience) => [audience.id, audience]));
    const unknown = wanted.find((id) => !visible.has(id));
    if (unknown !== undefined && this.store.settings.unknownIds === 'refuse') throw notFound(unknown);
    const list = wanted.flatMap((id) => {
      const audience = visible.get(id);
      if (audience === undefined) return [];
      return {
        audience_details: detailFields(audience, this.viewpoint(advertiser)),
        audience_history: audience.history.slice(0, historySize),
      };
    });
    return { data: { list } };
  }

  /** The ad groups that audiences were applied to; for their owner only. */
  applyLog({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    fields.require('custom_audience_ids');
    const wanted = fields.ids('custom_audience_ids', MAX_IDS) ?? [];
    const page = fields.integer('page', 1, Number.MAX_SAFE_INTEGER) ?? 1;
    const size = fields.integer('page_size', 1, MAX_PAGE_SIZE) ?? DEFAULT_PAGE_SIZE;
    this.store.gate.requireAdvertiser(token, advertiser);
    const found = wanted.flatMap((id) => {
      const { adGroups } = this.store.owned([advertiser], id);
      const at = platformTime(this.store.now());
      return adGroups.map((use) => ({ audience_id: id, ...use, editor: 'open_api', action_timestamp: at }));
    });
    return {
      data: {
        advertiser_id: advertiser,
        list: found.slice((page - 1) * size, page * size),
        page_info: pageInfo(page, size, found.length),
      },
    };
  }

  private viewpoint(advertiser: string): Viewpoint {
    return { advertiser, now: this.store.now(), minimumSize: this.store.settings.minimumSize };
  }
}

function pageInfo(page: number, size: number, total: number): object {
  return { page, page_size: size, total_number: total, total_page: Math.ceil(total / size) };
}
