import type { RuleAudienceRequest } from '../../contract/audience-manager.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import { eventFilter, type TikTokFilter, urlFilter } from './tiktok.rule-filters.js';

/** TikTok's lists do not always name a type as its reference does. */
const WEBSITE_TYPES = ['Website Audience', 'Website Traffic Audience'] as const;
const APP_TYPES = ['App Activity Audience'] as const;
const ENGAGEMENT_TYPES = ['Engagement Audience'] as const;
const LEAD_TYPES = ['Lead Generation', 'Lead Generation Audience'] as const;
const OFFLINE_TYPES = ['Offline Activity Audience', 'Offline Audience'] as const;

/** Days to look back that TikTok takes. */
export const LOOK_BACK_DAYS = [7, 14, 30, 60, 90, 180] as const;

const MOST_RULES = 5;

/** What `/dmp/custom_audience/rule/create/` is told of an audience. */
export interface TikTokRules {
  /** How the list may call the type. */
  readonly listedTypes: readonly string[];
  readonly audienceType: 'PIXEL' | 'APP' | 'ENGAGEMENT' | 'LEAD_GENERATION' | 'OFFLINE';
  readonly ruleSpec: object;
}

interface RuleSource {
  readonly listedTypes: readonly string[];
  readonly audienceType: TikTokRules['audienceType'];
  /** Ids of pixels, apps, ad groups or offline event sets; none where TikTok takes none, or all of the account count. */
  readonly sources: readonly string[];
  readonly filters: readonly TikTokFilter[];
}

/**
 * The rules in TikTok's form; people who meet one of them are in.
 * https://business-api.tiktok.com/portal/docs?id=1739940509849601
 *
 * @throws RequestRejectedError naming the field that TikTok has no form for
 */
export function tiktokRules(request: RuleAudienceRequest): TikTokRules {
  const { retentionDays } = request;
  if (!LOOK_BACK_DAYS.some((days) => days === retentionDays)) {
    throw new RequestRejectedError(`TikTok: retentionDays must be one of ${LOOK_BACK_DAYS.join(', ')}`);
  }
  const { listedTypes, audienceType, sources, filters } = sourceOf(request);
  if (filters.length > MOST_RULES) {
    throw new RequestRejectedError(`TikTok: an audience has at most ${MOST_RULES} rules or events`);
  }
  const rules = filters.map((filter) => ({
    ...(sources.length > 0 && { event_source_ids: sources }),
    retention_days: retentionDays,
    filter_set: { operator: 'OR', filters: [filter] },
  }));
  return { listedTypes, audienceType, ruleSpec: { inclusion_rule_set: { operator: 'OR', rules } } };
}

function sourceOf(request: RuleAudienceRequest): RuleSource {
  switch (request.type) {
    case 'website-traffic':
      return websiteSource(request);
    case 'app-activity':
      return appSource(request);
    case 'offline-activity':
      return offlineSource(request);
    case 'engagement':
      return engagementSource(request);
  }
}

function websiteSource({ pixel, websiteRules = [] }: RuleAudienceRequest): RuleSource {
  const rules = websiteRules.length === 0 ? [{}] : websiteRules;
  return {
    listedTypes: WEBSITE_TYPES,
    audienceType: 'PIXEL',
    sources: [required(pixel, 'pixel')],
    filters: rules.map(({ event = 'PageView', url }) => ({
      ...eventFilter('website', event),
      ...(url && { parameter_filters: [urlFilter(url)] }),
    })),
  };
}

function appSource({ appEvents }: RuleAudienceRequest): RuleSource {
  const { appId, events = [] } = appEvents ?? {};
  return {
    listedTypes: APP_TYPES,
    audienceType: 'APP',
    sources: [required(appId, 'appEvents.appId')],
    filters: (events.length === 0 ? ['Launch'] : events).map((event) => eventFilter('app', event)),
  };
}

/** TikTok has no rule for anything that happened offline: where no events are named, what was bought. */
function offlineSource({ pixel, websiteRules = [] }: RuleAudienceRequest): RuleSource {
  if (websiteRules.some(({ url }) => url !== undefined)) {
    throw new RequestRejectedError('TikTok: websiteRules.url is for website-traffic alone');
  }
  const events = websiteRules.map(({ event = 'Purchase' }) => event);
  return {
    listedTypes: OFFLINE_TYPES,
    audienceType: 'OFFLINE',
    sources: [required(pixel, 'pixel')],
    filters: (events.length === 0 ? ['Purchase'] : events).map((event) => eventFilter('offline', event)),
  };
}

/** Videos are those of ads, named by their ad groups: organic ones need an identity, which a tag does not have. */
function engagementSource({ engagementType, engagementSources = [] }: RuleAudienceRequest): RuleSource {
  if (engagementType === 'video') {
    return {
      listedTypes: ENGAGEMENT_TYPES,
      audienceType: 'ENGAGEMENT',
      sources: engagementSources,
      filters: [eventFilter('engagement', 'Video')],
    };
  }
  if (engagementType !== 'lead-form') {
    const given = engagementType ?? '(none)';
    throw new RequestRejectedError(`TikTok: engagementType ${given} is not offered; there are video and lead-form`);
  }
  if (engagementSources.length > 0) {
    throw new RequestRejectedError(
      'TikTok: engagementSources cannot be chosen for lead-form; all forms of the account count',
    );
  }
  return {
    listedTypes: LEAD_TYPES,
    audienceType: 'LEAD_GENERATION',
    sources: [],
    filters: [eventFilter('engagement', 'LeadForm')],
  };
}

function required(value: string | undefined, field: string): string {
  if (value === undefined || value === '') {
    throw new RequestRejectedError(`TikTok: ${field} is needed for an audience of this type`);
  }
  return value;
}
