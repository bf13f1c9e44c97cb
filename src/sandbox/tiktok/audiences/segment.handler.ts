import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter } from '../tiktok-error.js';
import { noteHistory } from './audience-progress.js';
import { type AudienceStore } from './audience-store.js';

const MAX_NAME_LENGTH = 70;

/** Creates and deletes segments: https://business-api.tiktok.com/portal/docs?id=1739940583739393 */
export class SegmentHandler {
  constructor(private readonly store: AudienceStore) {}

  change({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiser = fields.advertiserId();
    const action = fields.oneOf('action', ['create', 'delete']) ?? 'create';
    fields.require(action === 'create' ? 'custom_audience_name' : 'delete_audience_id');
    if (action === 'delete') {
      const id = fields.id('delete_audience_id');
      this.store.gate.requireAdvertiser(token, advertiser);
      return this.delete(advertiser, id);
    }
    const name = fields.text('custom_audience_name') ?? '';
    if (name === '') throw invalidParameter('custom_audience_name: The field must not be empty.');
    this.store.gate.requireAdvertiser(token, advertiser);
    return this.create(advertiser, name);
  }

  /** Names need not be unique: the same call twice makes two segments. */
  private create(advertiserId: string, name: string): TikTokAnswer {
    const audience = this.store.create({
      advertiserId,
      type: 'Partner',
      calculateType: 'MULTIPLE_TYPES',
      name: shortened(name),
      subType: 'NORMAL',
    });
    noteHistory(audience, 'create', this.store.now());
    return { data: { audience_id: audience.id } };
  }

  private delete(advertiser: string, id: string): TikTokAnswer {
    const audience = this.store.owned([advertiser], id);
    if (audience.type !== 'Partner') throw invalidParameter(`delete_audience_id: Audience ${id} is not a segment.`);
    this.store.delete(id);
    return { data: {} };
  }
}

/** Long names are cut without a word. */
function shortened(name: string): string {
  const characters = Array.from(name);
  return characters.length > MAX_NAME_LENGTH ? `${characters.slice(0, MAX_NAME_LENGTH - 3).join('')}...` : name;
}
