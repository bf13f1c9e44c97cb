import { type AudienceType } from '../audiences/audience.js';
import { type Fields } from '../tiktok-call.js';
import { invalidParameter } from '../tiktok-error.js';

/** The types that are played. */
export const RULE_TYPES = ['PIXEL', 'APP', 'ENGAGEMENT', 'LEAD_GENERATION', 'OFFLINE'] as const;
export type RuleType = (typeof RULE_TYPES)[number];

const MAX_RULES = 5;
const MAX_SOURCES = 100;
const LONGEST_ID = 64;
const MAX_PARAMETER_FILTERS = 11;
const MAX_VALUES = 10;
const LONGEST_VALUE = 100;

/** Days to look back; the list is from public integrations, the platform's own page could not be read. */
const LOOK_BACK = [7, 14, 30, 60, 90, 180];

interface RuleKind {
  readonly type: AudienceType;
  /** Whether event sources must, may or must not be named. */
  readonly sources: 'must' | 'may' | 'no';
  /** What may stand for EVENT. */
  readonly events: readonly string[];
}

const KINDS: Readonly<Record<RuleType, RuleKind>> = {
  PIXEL: {
    type: 'Website Audience',
    sources: 'must',
    events: words(
      'PAGE BROWSE|CLICK BUTTON|PIXEL SUBMIT FORM|CONTACT|DOWNLOAD|PIXEL ADD PAYMENT INFO|COMPLETE PAYMENT|INITIATE CHECKOUT|' +
        'COMPLETE REGISTRATION|PRODUCT DETAIL PAGE BROWSE|PIXEL SEARCH|PIXEL ADD TO CART|PLACE AN ORDER|' +
        'PIXEL ADD TO WISHLIST|PIXEL SUBSCRIBE',
    ),
  },
  APP: {
    type: 'App Activity Audience',
    sources: 'must',
    events: words(
      'INSTALL|DAY 2 RETENTION|APP ADD PAYMENT INFO|APP ADD TO CART|ADD TO WISHLIST|LAUNCH APP|CHECKOUT|COMPLETE TUTORIAL|' +
        'VIEW CONTENT|GENERATE LEAD|ACHIEVE LEVEL|LOGIN|PURCHASE|RATE|REGISTRATION|APP SEARCH|SPEND CREDITS|START TRIAL|' +
        'SUBSCRIBE|UNLOCK ACHIEVEMENT',
    ),
  },
  ENGAGEMENT: {
    type: 'Engagement Audience',
    sources: 'may',
    events: words('CLICK|IMPRESSION|PLAY 2S|PLAY 6S|PLAY 25|PLAY 50|PLAY 75|PLAY OVER'),
  },
  LEAD_GENERATION: {
    type: 'Lead Generation',
    sources: 'no',
    events: words('LEAD GENERATION FORM SUBMISSION|FORM VIEW'),
  },
  OFFLINE: {
    type: 'Offline Activity Audience',
    sources: 'must',
    events: words(
      'OFFLINE COMPLETE PAYMENT|OFFLINE CONTACT|OFFLINE SUBMIT FORM|OFFLINE SUBSCRIBE|OFFLINE ADD PAYMENT INFO|' +
        'OFFLINE ADD TO CART|OFFLINE ADD TO WISHLIST|OFFLINE CLICK BUTTON|OFFLINE COMPLETE REGISTRATION|OFFLINE DOWNLOAD|' +
        'OFFLINE INITIATE CHECKOUT|OFFLINE PLACE AN ORDER',
    ),
  },
};

/** Reads the rules of an audience; throws at the first mistake. */
export function checkRuleSpec(spec: Fields, kind: RuleType): { readonly type: AudienceType; readonly rule: object } {
  const inclusions = ruleSet(spec.object('inclusion_rule_set'), KINDS[kind]);
  const exclusions = spec.has('exclusion_rule_set') ? ruleSet(spec.object('exclusion_rule_set'), KINDS[kind]) : null;
  return { type: KINDS[kind].type, rule: { inclusions, exclusions } };
}

function ruleSet(set: Fields, kind: RuleKind): object {
  set.require('operator');
  set.oneOf('operator', ['OR']);
  return set.objects('rules', MAX_RULES).map((rule) => {
    rule.require('retention_days', 'filter_set');
    const days = rule.integer('retention_days', 1, 180) ?? 0;
    if (!LOOK_BACK.includes(days)) {
      throw invalidParameter(`retention_days: The value must be one of ${LOOK_BACK.join(', ')}.`);
    }
    return { sources: sourcesOf(rule, kind), days, ...filterOf(rule.object('filter_set'), kind) };
  });
}

function sourcesOf(rule: Fields, kind: RuleKind): readonly string[] {
  if (kind.sources === 'must') rule.require('event_source_ids');
  if (kind.sources === 'no' && rule.has('event_source_ids')) {
    throw invalidParameter('event_source_ids: The field must not be passed for this audience type.');
  }
  return rule.texts('event_source_ids', MAX_SOURCES, LONGEST_ID) ?? [];
}

function filterOf(set: Fields, kind: RuleKind): object {
  set.require('operator');
  set.oneOf('operator', ['OR']);
  const [filter] = set.objects('filters', 1);
  filter?.require('field', 'operator', 'value');
  filter?.oneOf('field', ['EVENT']);
  filter?.oneOf('operator', ['EQ']);
  const event = filter?.oneOf('value', kind.events);
  if (filter?.has('parameter_filters') !== true) return { event };
  if (kind.type !== 'Website Audience') throw invalidParameter('parameter_filters: Only for website traffic.');
  return { event, parameters: filter.objects('parameter_filters', MAX_PARAMETER_FILTERS).map(urlFilter) };
}

function urlFilter(filter: Fields): object {
  filter.require('field', 'operator', 'values');
  return {
    field: filter.oneOf('field', ['URL']),
    operator: filter.oneOf('operator', ['CONTAINS', 'DOES_NOT_CONTAIN', 'EQ']),
    values: filter.texts('values', MAX_VALUES, LONGEST_VALUE),
  };
}

function words(text: string): readonly string[] {
  return text.split('|');
}
