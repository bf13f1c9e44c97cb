import { SESSION_LIFETIME_MS } from '../members/upload-sessions.js';
import { type FacebookAudience } from './audience.js';

/** A code with the platform's words for it. */
export interface CodedStatus {
  readonly code: number;
  readonly description: string;
}

/** What the platform tells about an audience's health and size. */
export interface AudienceStatus {
  readonly operation: CodedStatus;
  readonly delivery: CodedStatus;
  readonly lowerBound: number;
  readonly upperBound: number;
}

/** Below it an audience is not delivered. */
const DELIVERABLE_PEOPLE = 100;
/** People a lookalike of ratio 1 would hold; made up. */
const COUNTRY_POPULATION = 200_000_000;

/**
 * Codes: https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience
 */
const OPERATIONS = {
  normal: { code: 200, description: 'Normal' },
  noUpload: { code: 410, description: 'No upload' },
  replacing: { code: 414, description: 'Replace in progress' },
  replaceFailed: { code: 415, description: 'Replace failed' },
  finding: { code: 441, description: 'We are still finding people for this audience' },
  expiring: { code: 100, description: 'This audience is about to be deleted' },
  lowMatchRate: { code: 411, description: 'Few people of this list were matched' },
  invalidEntries: { code: 412, description: 'Many entries of this list are not valid' },
  unused: { code: 450, description: 'This audience is out of date' },
  flagged: { code: 471, description: 'This audience was flagged and cannot be used' },
} satisfies Record<string, CodedStatus>;

const READY = { code: 200, description: 'This audience is ready for use.' };
const TOO_SMALL = { code: 300, description: 'Audience is too small' };

/** Does what time alone does to an audience: ends replaces and makes counts. */
export function advanceAudience(audience: FacebookAudience, now: number, populationDelayMs: number): void {
  const { replace } = audience;
  if (replace !== undefined) {
    // Without a last flag a replace closes by itself, and the list becomes what has arrived.
    const finishedAt = replace.finishedAt ?? replace.startedAt + SESSION_LIFETIME_MS;
    if (now >= finishedAt + (replace.finishedAt === undefined ? 0 : populationDelayMs)) {
      endReplace(audience, finishedAt);
    }
  }
  if (audience.unsettledSince !== undefined && now - audience.unsettledSince >= populationDelayMs) {
    audience.settledMatched = matchedPeople(audience);
    audience.contentUpdatedAt = audience.unsettledSince + populationDelayMs;
    delete audience.unsettledSince;
  }
}

/** Status and counts as they show now. */
export function statusOf(audience: FacebookAudience): AudienceStatus {
  const matched = audience.settledMatched;
  const deliverable = matched !== undefined && matched >= DELIVERABLE_PEOPLE;
  return {
    operation: operationOf(audience),
    delivery: deliveryOf(audience, deliverable),
    // Counts are a range for privacy, and -1 before there are any.
    lowerBound: matched === undefined ? -1 : Math.floor((matched * 0.92) / 100) * 100,
    upperBound: matched === undefined ? -1 : Math.ceil((matched * 1.08) / 100) * 100,
  };
}

/** Notes that the list has changed: counts follow later. */
export function contentChanged(audience: FacebookAudience, now: number): void {
  audience.contentUpdatedAt = now;
  audience.unsettledSince = now;
}

function deliveryOf({ reported }: FacebookAudience, deliverable: boolean): CodedStatus {
  if (reported.delivery !== undefined) return coded(reported.delivery, [READY, TOO_SMALL]);
  return deliverable ? READY : TOO_SMALL;
}

function coded(code: number, known: readonly CodedStatus[]): CodedStatus {
  return known.find((one) => one.code === code) ?? { code, description: `Status ${code}` };
}

function operationOf(audience: FacebookAudience): CodedStatus {
  const { reported } = audience;
  if (reported.operation !== undefined) return coded(reported.operation, Object.values(OPERATIONS));
  if (audience.flagged) return OPERATIONS.flagged;
  if (audience.replace !== undefined) return OPERATIONS.replacing;
  if (audience.replaceFailed === true) return OPERATIONS.replaceFailed;
  if (audience.contentUpdatedAt === undefined) return OPERATIONS.noUpload;
  return audience.unsettledSince === undefined ? OPERATIONS.normal : OPERATIONS.finding;
}

function matchedPeople(audience: FacebookAudience): number {
  const { lookalike, members, rule } = audience;
  if (rule !== undefined) return rule.people;
  return lookalike === undefined ? members.matched : Math.round(COUNTRY_POPULATION * lookalike.ratio);
}

function endReplace(audience: FacebookAudience, finishedAt: number): void {
  const { replace } = audience;
  if (replace === undefined) return;
  delete audience.replace;
  if (audience.failReplace) {
    audience.failReplace = false;
    audience.replaceFailed = true;
    return;
  }
  audience.members = replace.members;
  contentChanged(audience, finishedAt);
}
