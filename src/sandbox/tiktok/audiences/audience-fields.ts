import { type TikTokSettings } from '../tiktok-options.js';
import { type TikTokAudience } from './audience.js';
import { coverOf, expiryOf, isExpired, platformTime } from './audience-progress.js';

const EXPIRING_MS = 60 * 86_400_000;

/** Who looks, and when. */
export interface Viewpoint {
  readonly advertiser: string;
  readonly now: number;
  readonly minimumSize: TikTokSettings['minimumSize'];
}

/** An entry of `/dmp/custom_audience/list/`: https://business-api.tiktok.com/portal/docs?id=1739940506015746 */
export function listFields(audience: TikTokAudience, view: Viewpoint): object {
  return { ...commonFields(audience, view), audience_type: audience.type };
}

/** `audience_details` of `/dmp/custom_audience/get/`: https://business-api.tiktok.com/portal/docs?id=1739940507792385 */
export function detailFields(audience: TikTokAudience, view: Viewpoint): object {
  return {
    ...commonFields(audience, view),
    type: audience.type,
    audience_sub_type: audience.subType,
    is_auto_refresh: false,
    owner_id: audience.advertiserId,
    msg: null,
    error_msg: audience.errorMsg ?? null,
    rule: audience.rule === undefined ? '{"inclusions": null, "exclusions": null}' : JSON.stringify(audience.rule),
    lookalike_spec: audience.lookalike ?? null,
  };
}

/** True when it can be used in an ad group. */
export function isValid(audience: TikTokAudience, { now, minimumSize }: Omit<Viewpoint, 'advertiser'>): boolean {
  return !isExpired(audience, now) && audience.coverNum > 0 && audience.coverNum >= minimumSize;
}

function commonFields(audience: TikTokAudience, view: Viewpoint): object {
  const left = expiryOf(audience) - view.now;
  return {
    audience_id: audience.id,
    name: audience.name,
    calculate_type: audience.calculateType,
    cover_num: coverOf(audience, view.now),
    is_valid: isValid(audience, view),
    is_creator: audience.advertiserId === view.advertiser,
    shared: audience.sharedWith.length > 0,
    is_expiring: left > 0 && left < EXPIRING_MS,
    create_time: platformTime(audience.createdAt),
    expired_time: platformTime(expiryOf(audience)),
  };
}
