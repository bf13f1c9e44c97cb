import type { ManagementContext } from '../contract/audience-manager.js';
import { AudienceMissingError } from '../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../kit/answer-values.js';
import { sha256Hex } from '../kit/hash.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import type { LinkedInApi } from './api/linkedin.api.js';
import type { LinkedInTag } from './linkedin.config.js';
import { notUnderstood } from './api/linkedin.errors.js';

/** One segment, as far as it decides whether users may be sent to it. */
export interface LinkedInSegment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly sourcePlatform: string;
  /** ms since 1970. */
  readonly createdAt?: number;
  /** That of its one destination. */
  readonly status: string;
}

export const USER_SEGMENT = 'USER';

/** No limit is documented for names. */
const LONGEST_NAME = 100;
const PAGE_SIZE = 100;
/** An account has a thousand segments at most: a list beyond this is a mistake, and would have us call for ever. */
const MOST_PAGES = 1_000;

/** Nobody in it can be reached any more, and nothing brings them back. */
const ENDED = new Set(['EXPIRED', 'FAILED', 'ERROR']);

/** The name under which a segment stands at LinkedIn: one too long is shortened, with a mark of the whole of it. */
export function remoteName(segment: string): string {
  if (segment.length <= LONGEST_NAME) return segment;
  const mark = `~${sha256Hex(segment).slice(0, 12)}`;
  const beginning = segment.slice(0, LONGEST_NAME - mark.length);
  return `${beginning.replace(/[\uD800-\uDBFF]$/, '')}${mark}`;
}

/** Our own key of a segment, which LinkedIn can look for: for names it has no filter. */
export function sourceIdOf(segment: string): string {
  return `aud_${sha256Hex(segment).slice(0, 32)}`;
}

export function accountUrn({ adAccountId }: LinkedInTag): string {
  return `urn:li:sponsoredAccount:${adAccountId}`;
}

/**
 * The account's oldest segment of exactly this name that this app can fill: first among those that carry our key, then, because
 * somebody else may have made it, among all.
 */
export async function segmentNamed(
  segment: string,
  tag: LinkedInTag,
  api: LinkedInApi,
  ctx: ManagementContext,
): Promise<LinkedInSegment | undefined> {
  const name = remoteName(segment);
  const isMeant = (found: LinkedInSegment) =>
    found.name === name &&
    found.type === USER_SEGMENT &&
    found.sourcePlatform === tag.sourcePlatform &&
    !hasEnded(found);
  for (const sourceSegmentId of [sourceIdOf(segment), undefined]) {
    const found = (await listSegments({ sourceSegmentId }, tag, api, ctx)).filter(isMeant);
    if (found.length > 0) return found.sort(byAge)[0];
  }
  return undefined;
}

export function hasEnded({ status }: LinkedInSegment): boolean {
  return ENDED.has(status);
}

/** One segment; nothing when it is not there. */
export async function segmentDetails(
  id: string,
  api: LinkedInApi,
  ctx: ManagementContext,
): Promise<LinkedInSegment | undefined> {
  return segmentOf(await segmentBody(id, api, ctx));
}

/** One segment with all that LinkedIn says of it; nothing when it is not there. */
export async function segmentBody(
  id: string,
  api: LinkedInApi,
  ctx: ManagementContext,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const call = { method: 'GET', path: `/dmpSegments/${id}`, pathTemplate: '/dmpSegments/{id}' } as const;
  try {
    const { body } = await api.call({ ...call, target: 'segment' }, ctx);
    if (!isRecord(body) || idOf(body['id']) !== id) throw notUnderstood('not the segment that was asked for');
    return body;
  } catch (error) {
    if (error instanceof AudienceMissingError) return undefined;
    throw error;
  }
}

/** The account's segments, over all pages; unless the filter says otherwise those of the tag's source platform. */
export async function listSegments(
  filter: { readonly sourceSegmentId?: string; readonly sourcePlatform?: string },
  tag: LinkedInTag,
  api: LinkedInApi,
  ctx: ManagementContext,
): Promise<LinkedInSegment[]> {
  const query = { q: 'account', account: accountUrn(tag), sourcePlatform: tag.sourcePlatform, ...filter };
  // By id: what is made or deleted meanwhile moves the others from page to page.
  const segments = new Map<string, LinkedInSegment>();
  for (let page = 0, start = 0; page < MOST_PAGES; page += 1) {
    const call = { method: 'GET', path: '/dmpSegments', pathTemplate: '/dmpSegments', target: 'account' } as const;
    const { body } = await api.call({ ...call, query: { ...query, start, count: PAGE_SIZE } }, ctx);
    const { elements, isLast } = readPage(body, start);
    const before = segments.size;
    for (const found of elements.map(segmentOf)) {
      if (found) segments.set(found.id, found);
    }
    if (isLast) return [...segments.values()];
    if (segments.size === before) throw notUnderstood('pages that go round in circles');
    start += elements.length;
  }
  throw notUnderstood('a list of segments without end');
}

/** It may give fewer than were asked for, and still not all: only where it names no total does a short page end the list. */
function readPage(body: unknown, start: number): { elements: readonly unknown[]; isLast: boolean } {
  const { elements, paging } = isRecord(body) ? body : {};
  if (!Array.isArray(elements)) throw notUnderstood('a list of segments without elements');
  const { total, count } = isRecord(paging) ? paging : {};
  const given = integerOf(count) ?? PAGE_SIZE;
  const end = integerOf(total) ?? (elements.length < given ? 0 : Infinity);
  return { elements, isLast: elements.length === 0 || start + elements.length >= end };
}

function segmentOf(entry: unknown): LinkedInSegment | undefined {
  const fields = isRecord(entry) ? entry : {};
  const id = idOf(fields['id']);
  const { destinations } = fields;
  const destination: unknown = Array.isArray(destinations) ? destinations[0] : undefined;
  return id === undefined
    ? undefined
    : {
        id,
        name: textOf(fields['name']),
        type: textOf(fields['type']),
        sourcePlatform: textOf(fields['sourcePlatform']),
        createdAt: integerOf(fields['created']),
        status: isRecord(destination) ? textOf(destination['status']) : '',
      };
}

/** Digits, as a number in bodies and as a text in headers. */
export function idOf(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : textOf(value).trim();
  return /^\d{1,19}$/.test(id) ? id : undefined;
}

/** The id of what was made: it stands in a header, under either name, and the body is empty. */
export function newIdOf({ headers }: PlatformResponse): string {
  const id = idOf(headers['x-restli-id']) ?? idOf(headers['x-linkedin-id']);
  if (id === undefined) throw notUnderstood('no id of the new segment');
  return id;
}

function byAge(one: LinkedInSegment, other: LinkedInSegment): number {
  const since = (segment: LinkedInSegment) => segment.createdAt ?? Infinity;
  if (since(one) !== since(other)) return since(one) - since(other);
  return BigInt(one.id) < BigInt(other.id) ? -1 : 1;
}
