import { type TikTokAudience } from '../audiences/audience.js';
import { contentChanged, noteHistory } from '../audiences/audience-progress.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter, TikTokError } from '../tiktok-error.js';
import { businessOf } from '../tiktok-options.js';
import { type MappingRequest, readMapping } from './mapping-request.js';

/** Adds people to segments and takes them out: all of a call or nothing. */
export class MappingHandler {
  constructor(private readonly store: AudienceStore) {}

  map({ fields, token, bodyBytes }: TikTokCall): TikTokAnswer {
    const { settings } = this.store;
    if (bodyBytes > settings.mappingBytes) {
      throw invalidParameter(`The request body must not be larger than ${settings.mappingBytes} bytes.`);
    }
    const request = readMapping(fields, settings);
    for (const advertiser of request.advertiserIds) this.store.gate.requireAdvertiser(token, advertiser);
    if (new Set(request.advertiserIds.map((advertiser) => businessOf(advertiser, settings))).size > 1) {
      throw invalidParameter('advertiser_ids: The ad accounts must be under the same business account.');
    }
    const changes = [...request.changes].map(
      ([id, keys]) => [this.store.segment(request.advertiserIds, id), keys] as const,
    );
    for (const [audience] of changes) this.checkWarm(audience);
    const skipped = changes.map(([audience, keys]) => this.change(audience, request.action, keys));
    return skipped.some((count) => count > 0) ? { data: {}, partial: 'Partially successful.' } : { data: {} };
  }

  /** A new segment is not known to the streaming side yet; this is the one refusal with a status of its own. */
  private checkWarm(audience: TikTokAudience): void {
    if (this.store.now() - audience.createdAt >= this.store.settings.warmUpMs) return;
    throw new TikTokError(40002, `audience_ids: Audience ${audience.id} is not available.`, 400);
  }

  /** Changes one audience; returns how many rows were left out because it was told to. */
  private change(audience: TikTokAudience, action: MappingRequest['action'], keys: readonly string[]): number {
    const taken = keys.slice(audience.skipRows);
    if (action === 'add') audience.members.add(taken);
    else audience.members.remove(taken);
    contentChanged(audience, this.store.now());
    const skipped = keys.length - taken.length;
    if (skipped > 0) noteHistory(audience, 'update', this.store.now(), `${skipped} rows were not processed.`);
    return skipped;
  }
}
