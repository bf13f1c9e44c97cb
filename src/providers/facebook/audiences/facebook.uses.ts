import type { AudienceUse, AudienceUses, ManagementContext } from '../../contract/audience-manager.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import type { FacebookGraph } from '../facebook.graph.js';
import { readAllPages } from './facebook.pages.js';

/** The ad set tells whether the audience is sought or kept out. */
const FIELDS = 'id,name,campaign{id,name},adset{targeting{excluded_custom_audiences}}';

/**
 * The ads that use an audience, and their campaigns.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/ads
 */
export async function facebookUses(id: string, graph: FacebookGraph, ctx: ManagementContext): Promise<AudienceUses> {
  const path = `/${encodeURIComponent(id)}/ads`;
  const call = { path, pathTemplate: '/{audience}/ads', target: 'audience', query: { fields: FIELDS } } as const;
  const entries = await readAllPages(graph, call, ctx);
  const excluding = entries.filter((ad) => keepsOut(ad, id));
  const using = entries.filter((ad) => !excluding.includes(ad));
  return {
    campaigns: unique(using.map((ad) => ad['campaign'])),
    ads: unique(using),
    // That the list holds all ads that keep people out is said nowhere: none found is not none.
    exclusions: excluding.length > 0 ? unique(excluding) : null,
  };
}

function keepsOut(ad: Readonly<Record<string, unknown>>, id: string): boolean {
  const targeting = isRecord(ad['adset']) ? ad['adset']['targeting'] : undefined;
  const excluded = isRecord(targeting) ? targeting['excluded_custom_audiences'] : undefined;
  return Array.isArray(excluded) && excluded.some((one) => isRecord(one) && one['id'] === id);
}

function unique(objects: readonly unknown[]): AudienceUse[] {
  const uses = new Map<string, AudienceUse>();
  for (const one of objects) {
    if (!isRecord(one)) continue;
    const id = textOf(one['id']);
    if (id !== '' && !uses.has(id)) uses.set(id, { id, name: textOf(one['name']) || null });
  }
  return [...uses.values()];
}
