import type { AudienceUse, AudienceUses, ManagementContext } from '../../contract/audience-manager.js';
import { isRecord } from '../../kit/answer-values.js';
import type { TwitterApi } from '../twitter.api.js';
import { notUnderstood } from '../twitter.errors.js';
import { idOf, nextCursor } from '../twitter.lookup.js';

/**
 * The campaigns and line items that target an audience, those that do not run at the moment too. X does not tell where it keeps
 * people out.
 */
export async function twitterUses(id: string, api: TwitterApi, ctx: ManagementContext): Promise<AudienceUses> {
  const campaigns = new Map<string, AudienceUse>();
  const lineItems = new Map<string, AudienceUse>();
  const seen = new Set<string>();
  let page: Readonly<Record<string, string>> = {};
  for (;;) {
    const { body } = await api.call(
      {
        method: 'GET',
        path: `/custom_audiences/${encodeURIComponent(id)}/targeted`,
        pathTemplate: '/custom_audiences/{audience}/targeted',
        target: 'audience',
        query: { with_active: 'false', ...page },
      },
      ctx,
    );
    for (const campaign of recordsOf(body['data'])) {
      note(campaigns, campaign['campaign_id'], campaign['campaign_name']);
      const items = campaign['line_items'];
      for (const item of recordsOf(items ?? [])) note(lineItems, item['id'], item['name']);
    }
    const cursor = nextCursor(body);
    if (cursor === undefined) {
      return { campaigns: [...campaigns.values()], ads: [...lineItems.values()], exclusions: null };
    }
    if (seen.has(cursor)) {
      throw notUnderstood('pages that go round in circles');
    }
    seen.add(cursor);
    page = { cursor };
  }
}

function recordsOf(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) {
    throw notUnderstood('no list of campaigns');
  }
  return list.filter(isRecord);
}

function note(uses: Map<string, AudienceUse>, givenId: unknown, name: unknown): void {
  const id = idOf(givenId);
  if (id !== undefined) uses.set(id, { id, name: typeof name === 'string' && name !== '' ? name : null });
}
