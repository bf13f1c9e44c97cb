import { type Parameters } from '../graph-call.js';
import { GraphError, invalidParameter } from '../graph-error.js';
import { type AudienceRule } from './audience.js';

const DAY_SECONDS = 86_400;
const MAX_RULES = 10;
const MAX_FILTERS = 100;
const MAX_RETENTION_DAYS = 365;

type Json = Readonly<Record<string, unknown>>;

/** What an audience by rules is to be. */
export interface RequestedRule {
  readonly rule: AudienceRule;
  readonly subtype: string;
  readonly retentionDays: number;
}

interface SourceKind {
  readonly subtype: string;
  readonly maxDays?: number;
  /** Absent: whatever is sent. */
  readonly events?: RegExp;
}

/**
 * The kinds of sources and their events.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/engagement-custom-audiences
 */
const SOURCES: Readonly<Record<string, SourceKind>> = {
  pixel: { subtype: 'WEBSITE', maxDays: 180 },
  app: { subtype: 'APP', maxDays: 180 },
  offline_events: { subtype: 'OFFLINE_CONVERSION' },
  page: { subtype: 'ENGAGEMENT', events: /^page_/ },
  lead: { subtype: 'ENGAGEMENT', maxDays: 90, events: /^lead_generation_(submitted|dropoff|opened)$/ },
  ig_lead_generation: { subtype: 'ENGAGEMENT', maxDays: 90, events: /^lead_generation_(submitted|dropoff|opened)$/ },
  canvas: { subtype: 'ENGAGEMENT', events: /^instant_shopping_/ },
  ig_business: { subtype: 'ENGAGEMENT', events: /^ig_/ },
};

const COMPARISONS =
  /^(=|!=|>=|>|<=|<|eq|neq|gte?|lte?|(i_)?(not_)?contains|(i_)?is_(not_)?any|(i_)?starts_with|regex_match)$/;
const VIDEO_EVENTS = /^video_(watched|completed|view_10s|view_15s|view_(25|50|75)_percent)$/;
const MAX_VIDEOS = 200;

/**
 * Reads `rule`. A `subtype` goes with videos only, whose rules have a form of their own.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/audience-rules
 */
export function readAudienceRule(parameters: Parameters, people: number): RequestedRule {
  const subtype = parameters.text('subtype');
  const text = parameters.text('rule') ?? '';
  const parsed = parse(text);
  const rule = { text, people };
  if (Array.isArray(parsed)) {
    if (subtype !== 'ENGAGEMENT') throw invalidParameter('A list of videos needs the subtype ENGAGEMENT');
    checkVideos(parsed);
    return { rule, subtype, retentionDays: parameters.integer('retention_days') ?? MAX_RETENTION_DAYS };
  }
  if (subtype !== undefined) throw invalidParameter('Param subtype is not supported for audiences with a rule');
  const rules = [...ruleSet(object(parsed)['inclusions']), ...optionalRuleSet(object(parsed)['exclusions'])];
  if (rules.length > MAX_RULES) throw invalidRule(`more than ${MAX_RULES} rules`);
  const kinds = rules.map(checkRule);
  return { rule, subtype: kinds[0]?.subtype ?? 'WEBSITE', retentionDays: Math.max(...kinds.map(({ days }) => days)) };
}

function checkRule(value: unknown): { subtype: string; days: number } {
  const { event_sources: sources, retention_seconds: seconds, filter } = object(value);
  if (!Array.isArray(sources) || sources.length === 0) throw invalidRule('no event_sources');
  const types = new Set(sources.map(checkSource));
  const [type = ''] = types;
  const kind = SOURCES[type];
  if (types.size !== 1 || kind === undefined) throw invalidRule('event_sources of one rule are of one known type');
  const days = typeof seconds === 'number' && Number.isInteger(seconds) ? seconds / DAY_SECONDS : 0;
  if (days <= 0 || days > (kind.maxDays ?? MAX_RETENTION_DAYS)) throw invalidRule('retention_seconds out of range');
  if (checkFilter(filter, kind) > MAX_FILTERS) throw invalidRule(`more than ${MAX_FILTERS} filters`);
  return { subtype: kind.subtype, days: Math.ceil(days) };
}

function checkSource(value: unknown): string {
  const { id, type } = object(value);
  const ids: unknown[] = Array.isArray(id) ? id : [id];
  if (ids.some((one) => !/^\d+$/.test(String(one)))) throw invalidRule('an event source has a numeric id');
  if (typeof type !== 'string' || !Object.hasOwn(SOURCES, type)) throw invalidRule('unknown type of event source');
  return type;
}

/** Counts the comparisons. A filter has to be there, although the documentation once called it optional. */
function checkFilter(value: unknown, kind: SourceKind): number {
  const { operator, filters } = object(value);
  if ((operator !== 'and' && operator !== 'or') || !Array.isArray(filters) || filters.length === 0) {
    throw invalidRule('a filter has an operator and filters');
  }
  return filters.reduce<number>((sum, one) => {
    if (Array.isArray(object(one)['filters'])) return sum + checkFilter(one, kind);
    const { field, operator: comparison, value: wanted } = object(one);
    if (typeof field !== 'string' || typeof wanted !== 'string') throw invalidRule('a comparison has field and value');
    if (typeof comparison !== 'string' || !COMPARISONS.test(comparison)) throw invalidRule('unknown operator');
    if (field === 'event' && comparison !== '=' && comparison !== 'eq')
      throw invalidRule('an event is compared with =');
    if (field === 'event' && (wanted === '' || kind.events?.test(wanted) === false)) throw invalidRule('unknown event');
    return sum + 1;
  }, 0);
}

function checkVideos(videos: readonly unknown[]): void {
  if (videos.length > MAX_VIDEOS) {
    throw new GraphError(2654, `(#2654) Video engagement audience too big: maximum limit is ${MAX_VIDEOS}`, {
      subcode: 1870231,
    });
  }
  const bad = videos.some((video) => {
    const { event_name: event, object_id: id } = object(video);
    return typeof event !== 'string' || !VIDEO_EVENTS.test(event) || !/^\d+$/.test(String(id));
  });
  if (bad || videos.length === 0) throw new GraphError(2654, '(#2654) Invalid event name or object id');
}

function ruleSet(value: unknown): unknown[] {
  const { operator, rules } = object(value);
  if ((operator !== 'and' && operator !== 'or') || !Array.isArray(rules) || rules.length === 0) {
    throw invalidRule('a rule set has an operator and rules');
  }
  return rules;
}

function optionalRuleSet(value: unknown): unknown[] {
  return value === undefined ? [] : ruleSet(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidRule('not JSON');
  }
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw invalidRule('an object is missing');
  return value as Json;
}

function invalidRule(why: string): GraphError {
  const message = `Invalid rule JSON format: ${why}`;
  return new GraphError(100, '(#100) Invalid parameter', { subcode: 1713098, userMessage: message });
}
