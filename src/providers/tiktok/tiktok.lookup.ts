import type { ManagementContext } from '../contract/audience-manager.js';
import { AudienceMissingError, RequestRejectedError } from '../contract/provider-errors.js';
import { isRecord } from '../kit/answer-values.js';
import { sha256Hex } from '../kit/hash.js';
import type { TikTokApi } from './tiktok.api.js';
import { notUnderstood } from './tiktok.errors.js';

/** One audience, as far as it decides whether users may be sent to it. Times in ms, absent where TikTok tells none. */
export interface TikTokAudience {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly calculateType: string;
  readonly isCreator: boolean;
  readonly isValid: boolean;
  /** People that TikTok found; not the number of users sent. */
  readonly coverNum: number;
  readonly createdAt?: number;
  readonly expiresAt?: number;
  /** Fewer than 60 days are left of it. */
  readonly isExpiring: boolean;
  /** When somebody last did something to it; only {@link audienceDetails} tells. */
  readonly changedAt?: number;
  /** What TikTok says went wrong with the last change; only {@link audienceDetails} tells. */
  readonly failure: string;
  /** The audience that this one is a lookalike of; only {@link audienceDetails} tells. */
  readonly seed?: string;
}

/** How the list calls what `/segment/audience/` makes. */
export const SEGMENT_TYPE = 'Partner';

export const LONGEST_SEGMENT_NAME = 70;
/** Of every audience that is no segment. */
export const LONGEST_NAME = 128;

const PAGE_SIZE = 100;

/** Accounts were seen to hold four pages: a number beyond this is a mistake, and would have us call for ever. */
const MOST_PAGES = 1_000;

/**
 * The name under which a segment stands at TikTok, which cuts longer ones to their beginning without a word: two segments
 * with a common beginning would become one. A name too long is therefore shortened here, with a mark of the whole of it.
 */
export function remoteName(segment: string, longest: number): string {
  if (segment.length <= longest) {
    return segment;
  }
  const mark = `~${sha256Hex(segment).slice(0, 12)}`;
  const beginning = segment.slice(0, longest - mark.length);
  return `${beginning.replace(/[\uD800-\uDBFF]$/, '')}${mark}`;
}

/** The account's own audience of exactly this name and of one of these types. Names are not unique: with several, nothing is guessed. */
export async function audienceNamed(
  name: string,
  types: readonly string[],
  advertiserId: string,
  api: TikTokApi,
  ctx: ManagementContext,
): Promise<TikTokAudience | undefined> {
  const all = await listAudiences(advertiserId, api, ctx);
  const named = all.filter((audience) => audience.name === name && types.includes(audience.type) && audience.isCreator);
  const usable = named.filter((audience) => !isExpired(audience, api.now()));
  if (usable.length > 1) {
    throw new RequestRejectedError(
      `TikTok: the ad account has ${usable.length} audiences of this name and type; rename or delete all but one`,
    );
  }
  return usable[0];
}

/** One audience with its history; nothing when it is not there. */
export async function audienceDetails(
  id: string,
  advertiserId: string,
  api: TikTokApi,
  ctx: ManagementContext,
): Promise<TikTokAudience | undefined> {
  const query = { advertiser_id: advertiserId, custom_audience_ids: JSON.stringify([id]) };
  try {
    const path = '/dmp/custom_audience/get/';
    const { data } = await api.call({ method: 'GET', path, target: 'audience', query }, ctx);
    return asked(id, listOf(data['list']));
  } catch (error) {
    if (error instanceof AudienceMissingError) {
      return undefined;
    }
    throw error;
  }
}

/** An expired audience is empty and can only be deleted. */
export function isExpired({ expiresAt }: TikTokAudience, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

/** TikTok's ids are texts of digits; one of its examples has them as numbers. */
export function idOf(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : undefined;
}

async function listAudiences(advertiserId: string, api: TikTokApi, ctx: ManagementContext): Promise<TikTokAudience[]> {
  // By id: what is created or deleted meanwhile moves the others from page to page.
  const audiences = new Map<string, TikTokAudience>();
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const query = { advertiser_id: advertiserId, page, page_size: PAGE_SIZE };
    const path = '/dmp/custom_audience/list/';
    const { data } = await api.call({ method: 'GET', path, target: 'account', query }, ctx);
    pages = pageCount(data['page_info']);
    for (const entry of listOf(data['list']).filter(isRecord)) {
      const audience = audienceOf(entry, entry['audience_type']);
      if (audience) audiences.set(audience.id, audience);
    }
  }
  return [...audiences.values()];
}

export function pageCount(pageInfo: unknown): number {
  const pages = Number(isRecord(pageInfo) ? pageInfo['total_page'] : undefined);
  if (!Number.isInteger(pages) || pages > MOST_PAGES) {
    throw notUnderstood('a list of audiences without its number of pages');
  }
  return pages;
}

export function listOf(list: unknown): unknown[] {
  if (!Array.isArray(list)) {
    throw notUnderstood('no list of audiences');
  }
  return list;
}

/** Only an empty list says that the audience is not there: one taken for missing is created again. */
function asked(id: string, list: readonly unknown[]): TikTokAudience | undefined {
  const found = list.map((entry) => (isRecord(entry) ? detailed(entry) : undefined)).find((entry) => entry?.id === id);
  if (found === undefined && list.length > 0) {
    throw notUnderstood('not the audience that was asked for');
  }
  return found;
}

function detailed(entry: Record<string, unknown>): TikTokAudience | undefined {
  const { audience_details: details, audience_history: history } = entry;
  const audience = isRecord(details) ? audienceOf(details, details['type']) : undefined;
  const changes = (Array.isArray(history) ? history.filter(isRecord) : []).map(
    ({ opt_time: time }) => timeOf(time) ?? 0,
  );
  const changedAt = Math.max(audience?.createdAt ?? 0, ...changes);
  return audience && { ...audience, changedAt: changedAt === 0 ? undefined : changedAt };
}

function audienceOf(fields: Record<string, unknown>, type: unknown): TikTokAudience | undefined {
  const id = idOf(fields['audience_id']);
  const { name, calculate_type: calculateType, error_msg: failure, lookalike_spec: lookalike } = fields;
  return id === undefined || typeof name !== 'string'
    ? undefined
    : {
        id,
        name,
        type: typeof type === 'string' ? type : '',
        calculateType: typeof calculateType === 'string' ? calculateType : '',
        isCreator: fields['is_creator'] === true,
        isExpiring: fields['is_expiring'] === true,
        isValid: fields['is_valid'] === true,
        coverNum: Number(fields['cover_num']) || 0,
        createdAt: timeOf(fields['create_time']),
        expiresAt: timeOf(fields['expired_time']),
        failure: typeof failure === 'string' ? failure : '',
        seed: isRecord(lookalike) ? idOf(lookalike['source_audience_id']) : undefined,
      };
}

/** `2026-11-20 10:11:12`, in GMT. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(`${value.trim().replace(' ', 'T')}Z`) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
