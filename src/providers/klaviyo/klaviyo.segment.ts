import { Logger } from '@nestjs/common';
import type { CallContext } from '../contract/audience-provider.js';
import { PermissionDeniedError, type ProviderError, RequestRejectedError } from '../contract/provider-errors.js';
import type { KlaviyoApi } from './klaviyo.api.js';
import { isDayLimit } from './klaviyo.errors.js';
import { named } from './klaviyo.lookup.js';

const logger = new Logger('KlaviyoSegment');

/**
 * Sees to it that a segment of this name stands over the list: a segment is what marketers look for. Users are in the list,
 * so a segment that may not be made, or not today, does not keep them from being delivered.
 * https://developers.klaviyo.com/en/reference/create_segment
 */
export async function ensureSegment(name: string, listId: string, api: KlaviyoApi, ctx: CallContext): Promise<void> {
  try {
    const [existing] = await named('segment', name, api, ctx);
    if (!existing) await createSegment(name, listId, api, ctx);
  } catch (error) {
    if (!isDispensable(error)) throw error;
    logger.warn(`List ${listId} stays without a segment. ${error.message}`);
  }
}

async function createSegment(name: string, listId: string, api: KlaviyoApi, ctx: CallContext): Promise<void> {
  const isInList = { type: 'profile-group-membership', is_member: true, group_ids: [listId] };
  const attributes = { name, definition: { condition_groups: [{ conditions: [isInList] }] } };
  const body = { data: { type: 'segment', attributes } };
  await api.one({ method: 'POST', path: '/api/segments', target: 'segments', body }, ctx);
}

/** What no retry of this delivery would mend; of new segments, a day may bring 100. */
function isDispensable(error: unknown): error is ProviderError {
  return isDayLimit(error) || error instanceof PermissionDeniedError || error instanceof RequestRejectedError;
}
