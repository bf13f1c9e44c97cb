import type { RuleAudienceRequest, WebsiteRule } from '../../contract/audience-manager.js';
import type { EngagementType } from '../../contract/custom-audience-words.js';
import { cannotExpress } from '../facebook.errors.js';

/** What a creation by rules sends besides name and description. */
export type RuleParameters = Readonly<Record<string, string | number | boolean>>;

interface Filter {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

interface Rule {
  readonly event_sources: readonly { readonly id: string; readonly type: string }[];
  readonly retention_seconds: number;
  readonly filter: { readonly operator: 'and' | 'or'; readonly filters: readonly Filter[] };
}

interface EngagementObject {
  /** `type` of an event source. */
  readonly source: string;
  /** The event that takes in all others of the object. */
  readonly event: string;
  readonly maxRetentionDays?: number;
}

/** In one audience, inclusions and exclusions together. */
const MAX_RULES = 10;
const MAX_VIDEOS = 200;
const DAY_SECONDS = 86_400;

const URL_OPERATORS = { contains: 'i_contains', equals: 'eq', 'starts-with': 'starts_with' } as const;

/** A filter must be there, and this one lets everybody through. */
const ANY_VISIT: Filter = { field: 'url', operator: 'i_contains', value: '' };

/** Everybody who opened the app causes it. */
const ANY_APP_EVENT = 'fb_mobile_activate_app';

/** An event has to be named: these are all that Meta has for what happens offline. */
const OFFLINE_EVENTS = [
  'ViewContent',
  'Search',
  'AddToCart',
  'AddToWishlist',
  'InitiateCheckout',
  'AddPaymentInfo',
  'Purchase',
  'Lead',
  'CompleteRegistration',
  'Other',
] as const;

/** https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/engagement-custom-audiences */
const ENGAGEMENTS: Readonly<Record<Exclude<EngagementType, 'video'>, EngagementObject>> = {
  'facebook-page': { source: 'page', event: 'page_engaged' },
  'instagram-account': { source: 'ig_business', event: 'ig_business_profile_all' },
  'lead-form': { source: 'lead', event: 'lead_generation_opened', maxRetentionDays: 90 },
  'instant-experience': { source: 'canvas', event: 'instant_shopping_document_open' },
};

/**
 * The rules of an audience that fills itself, in Meta's form. `subtype` is left out: Meta does not take it with rules any more,
 * except for videos.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/audience-rules
 *
 * @throws RequestRejectedError where Meta has no words for what is asked, naming the field
 */
export function ruleParameters(request: RuleAudienceRequest): RuleParameters {
  const retention = request.retentionDays * DAY_SECONDS;
  switch (request.type) {
    case 'website-traffic':
      return {
        ...inclusions(websiteRules(required(request.pixel, 'pixel'), request.websiteRules ?? [], retention)),
        retention_days: request.retentionDays,
        prefill: true,
      };
    case 'app-activity':
      return {
        ...inclusions(appRules(required(request.appEvents, 'appEvents'), retention)),
        retention_days: request.retentionDays,
        prefill: true,
      };
    case 'offline-activity':
      return inclusions([offlineRule(required(request.pixel, 'pixel'), request.websiteRules ?? [], retention)]);
    case 'engagement':
      return engagementParameters(request, retention);
  }
}

function websiteRules(pixel: string, rules: readonly WebsiteRule[], retention: number): Rule[] {
  const wanted = rules.length === 0 ? [{}] : rules;
  return wanted.map((rule: WebsiteRule) => {
    const filters = [
      ...(rule.event === undefined ? [] : [eventFilter(rule.event)]),
      ...(rule.url ? [{ field: 'url', operator: URL_OPERATORS[rule.url.operator], value: rule.url.value }] : []),
    ];
    return ruleOf([pixel], 'pixel', retention, filters.length === 0 ? [ANY_VISIT] : filters);
  });
}

function appRules({ appId, events }: { appId: string; events: readonly string[] }, retention: number): Rule[] {
  const wanted = events.length === 0 ? [ANY_APP_EVENT] : events;
  return [ruleOf([appId], 'app', retention, wanted.map(eventFilter), 'or')];
}

function offlineRule(eventSet: string, rules: readonly WebsiteRule[], retention: number): Rule {
  if (rules.some(({ url }) => url !== undefined)) {
    throw cannotExpress('websiteRules', 'what happens offline has no address, only an event');
  }
  const events = rules.flatMap(({ event }) => event ?? []);
  const wanted = events.length === 0 || events.length < rules.length ? OFFLINE_EVENTS : events;
  return ruleOf([eventSet], 'offline_events', retention, wanted.map(eventFilter), 'or');
}

function engagementParameters(request: RuleAudienceRequest, retention: number): RuleParameters {
  const type = required(request.engagementType, 'engagementType');
  const sources = required(request.engagementSources, 'engagementSources');
  if (sources.length === 0) throw cannotExpress('engagementSources', 'at least one id is needed');
  if (type === 'video') return videoParameters(sources, request.retentionDays);
  const { source, event, maxRetentionDays } = ENGAGEMENTS[type];
  if (maxRetentionDays !== undefined && request.retentionDays > maxRetentionDays) {
    throw cannotExpress('retentionDays', `Meta keeps people of this kind for ${maxRetentionDays} days at most`);
  }
  return { ...inclusions([ruleOf(sources, source, retention, [eventFilter(event)])]), prefill: true };
}

/** Videos still have the form from before rules: a list of what was done with which video. Three seconds of it count. */
function videoParameters(videos: readonly string[], retentionDays: number): RuleParameters {
  if (videos.length > MAX_VIDEOS) throw cannotExpress('engagementSources', `at most ${MAX_VIDEOS} videos`);
  const rule = videos.map((id) => ({ event_name: 'video_watched', object_id: id }));
  return { subtype: 'ENGAGEMENT', rule: JSON.stringify(rule), retention_days: retentionDays, prefill: true };
}

function inclusions(rules: readonly Rule[]): { rule: string } {
  if (rules.length > MAX_RULES) throw cannotExpress('websiteRules', `at most ${MAX_RULES} rules`);
  return { rule: JSON.stringify({ inclusions: { operator: 'or', rules } }) };
}

function ruleOf(
  ids: readonly string[],
  type: string,
  retentionSeconds: number,
  filters: readonly Filter[],
  operator: 'and' | 'or' = 'and',
): Rule {
  return {
    event_sources: ids.map((id) => ({ id, type })),
    retention_seconds: retentionSeconds,
    filter: { operator, filters },
  };
}

function eventFilter(event: string): Filter {
  return { field: 'event', operator: 'eq', value: event };
}

function required<T>(value: T | undefined, field: keyof RuleAudienceRequest): T {
  if (value === undefined || value === '') throw cannotExpress(field, 'is needed for this type');
  return value;
}
