import type { AudienceUse, AudienceUses, ManagementContext } from '../../contract/audience-manager.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import type { TikTokApi } from '../tiktok.api.js';
import { idOf, listOf, pageCount } from '../tiktok.lookup.js';

const PAGE_SIZE = 100;

/**
 * The ad groups that an audience was applied to, to reach its people or to keep them out; of several entries for one ad group
 * the latest counts. TikTok's log is of what was applied, and does not say what was taken back since.
 * https://business-api.tiktok.com/portal/docs?id=1758615737388033
 */
export async function tiktokUses(
  id: string,
  advertiserId: string,
  api: TikTokApi,
  ctx: ManagementContext,
): Promise<AudienceUses> {
  const latest = new Map<string, { readonly use: AudienceUse; readonly isExclusion: boolean; readonly at: string }>();
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const { data } = await api.call(
      {
        method: 'GET',
        path: '/dmp/custom_audience/apply/log/',
        target: 'audience',
        query: { advertiser_id: advertiserId, custom_audience_ids: JSON.stringify([id]), page, page_size: PAGE_SIZE },
      },
      ctx,
    );
    pages = pageCount(data['page_info']);
    for (const entry of listOf(data['list']).filter(isRecord)) {
      const adGroup = idOf(entry['adgroup_id']);
      // `2026-11-20 10:11:12`: in the order of time when compared as text.
      const at = textOf(entry['action_timestamp']);
      if (adGroup === undefined || (latest.get(adGroup)?.at ?? '') > at) continue;
      const use = { id: adGroup, name: textOf(entry['adgroup_name']) || null };
      latest.set(adGroup, { use, isExclusion: entry['usage_mode'] === 'Exclude', at });
    }
  }
  const uses = [...latest.values()];
  return {
    campaigns: null,
    ads: uses.filter(({ isExclusion }) => !isExclusion).map(({ use }) => use),
    exclusions: uses.filter(({ isExclusion }) => isExclusion).map(({ use }) => use),
  };
}
