import { contentChanged, coverOf, noteHistory } from '../audiences/audience-progress.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter } from '../tiktok-error.js';

const MAX_NAME_LENGTH = 128;
const SMALLEST_SOURCE = 100;
const MAX_LIST = 100;
const LONGEST_TEXT = 32;

const PLACEMENTS = ['TikTok', 'TopBuzz & BuzzVideo', 'Pangle'];
/** People that an audience of a size has here; on the platform it depends on the places. */
const SIZES = { NARROW: 100_000, BALANCED: 500_000, BROAD: 1_000_000 } as const;

/** Audiences of people like others: https://business-api.tiktok.com/portal/docs?id=1739940511844353 */
export class LookalikeHandler {
  constructor(private readonly store: AudienceStore) {}

  create({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiserId = fields.advertiserId();
    fields.require('custom_audience_name');
    const name = fields.name('custom_audience_name', MAX_NAME_LENGTH) ?? '';
    const spec = fields.object('lookalike_spec');
    spec.require('source_audience_id', 'include_source', 'mobile_os', 'placements', 'location_ids', 'audience_size');
    const source = spec.id('source_audience_id');
    const placements = spec.texts('placements', PLACEMENTS.length, LONGEST_TEXT) ?? [];
    if (placements.some((placement) => !PLACEMENTS.includes(placement))) {
      throw invalidParameter(`placements: The values must be among ${PLACEMENTS.join(', ')}.`);
    }
    const size = spec.oneOf('audience_size', ['NARROW', 'BALANCED', 'BROAD'] as const) ?? 'BALANCED';
    const lookalike = {
      source_audience_id: source,
      include_source: spec.flag('include_source'),
      mobile_os: spec.oneOf('mobile_os', ['ALL', 'ANDROID', 'IOS'] as const),
      placements,
      location_ids: spec.texts('location_ids', MAX_LIST, LONGEST_TEXT),
      audience_size: size,
    };
    this.store.gate.requireAdvertiser(token, advertiserId);
    this.checkSource(advertiserId, source);
    const audience = this.store.create({
      advertiserId,
      type: 'Lookalike Audience',
      calculateType: '',
      name,
      subType: 'NORMAL',
      lookalike,
      findsPeople: SIZES[size],
    });
    noteHistory(audience, 'create', this.store.now());
    contentChanged(audience, this.store.now());
    return { data: { custom_audience_id: audience.id } };
  }

  private checkSource(advertiserId: string, id: string): void {
    const source = this.store.owned([advertiserId], id);
    if (source.lookalike !== undefined) {
      throw invalidParameter('source_audience_id: The source audience cannot be a lookalike audience.');
    }
    if (coverOf(source, this.store.now()) < SMALLEST_SOURCE) {
      throw invalidParameter(`source_audience_id: The source audience must have at least ${SMALLEST_SOURCE} people.`);
    }
  }
}
