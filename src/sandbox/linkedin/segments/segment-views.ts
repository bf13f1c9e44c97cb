import { asObject, SandboxInputError } from '../../sandbox-input.js';
import { type AudiencesFilter, type AudienceView } from '../../simulator.js';
import { type Segment, SEGMENT_STATUSES, type SegmentStatus } from './segment.js';
import { type SegmentStore } from './segment-store.js';

const WEEK_MS = 7 * 86_400_000;
const AD_SEGMENT_OFFSET = 1_000_000;
const DEFAULT_MEMBER_LIMIT = 100_000;

/** A segment as the platform answers it: status and sizes stand inside its one destination, and are absent while it is built. */
export function segmentBody(segment: Segment, store: SegmentStore): object {
  const { id, name, description, account, type, sourcePlatform, sourceSegmentId } = segment;
  const times = { created: segment.createdAt, lastModified: segment.modifiedAt };
  const { inputCount, ...sizes } = sizesOf(segment, store);
  return {
    ...{ id, name, type, sourcePlatform, account: `urn:li:sponsoredAccount:${account}` },
    ...(description === undefined ? {} : { description }),
    ...(sourceSegmentId === undefined ? {} : { sourceSegmentId }),
    ...(inputCount === undefined ? {} : { inputCount }),
    ...times,
    destinations: [
      {
        destination: 'LINKEDIN',
        status: store.statusOf(segment),
        destinationSegmentId: `urn:li:adSegment:${id - AD_SEGMENT_OFFSET}`,
        ...sizes,
        ...times,
      },
    ],
  };
}

/** A segment as the sandbox shows it to tests. */
export function segmentView(segment: Segment, store: SegmentStore, filter: AudiencesFilter): AudienceView {
  const { id, name, account, members, type, sourcePlatform } = segment;
  const { offset = 0, limit = DEFAULT_MEMBER_LIMIT } = filter;
  const { inputCount = null, matchedCount = null, audienceSize = null } = sizesOf(segment, store);
  return {
    id: String(id),
    name,
    account,
    memberCount: members.size,
    rowsReceived: members.rowsReceived,
    details: {
      type,
      sourcePlatform,
      sourceSegmentId: segment.sourceSegmentId ?? null,
      description: segment.description ?? null,
      status: store.statusOf(segment),
      ...{ inputCount, matchedCount, audienceSize },
    },
    ...(filter.members === true ? { members: members.list(offset, limit) } : {}),
  };
}

/**
 * Changes a segment from the outside: `deleted` (true), `status` (whatever its age), and `failElements`, an object of a `status` and
 * the `count` of the next elements that are answered with it.
 */
export function patchSegment(segment: Segment, patch: Readonly<Record<string, unknown>>, store: SegmentStore): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'deleted' && value === true) store.delete(segment.id);
    else if (name === 'status' && isStatus(value)) segment.fixedStatus = value;
    else if (name === 'failElements') segment.failElements = failuresOf(value);
    else throw new SandboxInputError(`a segment has no ${name} that could become this`);
  }
}

function sizesOf(
  segment: Segment,
  store: SegmentStore,
): { readonly inputCount?: number; readonly matchedCount?: number; readonly audienceSize?: number } {
  if (store.statusOf(segment) === 'BUILDING') return {};
  // What the platform has grown by itself was sent by nobody.
  if (segment.predictive !== undefined) return { audienceSize: segment.predictive.desiredAudienceCount };
  const { input, matched } = segment.members.arrivedSince(store.now() - WEEK_MS);
  return { inputCount: input, matchedCount: matched, audienceSize: segment.members.matched };
}

function isStatus(value: unknown): value is SegmentStatus {
  return SEGMENT_STATUSES.some((status) => status === value);
}

function failuresOf(value: unknown): Segment['failElements'] {
  const { status, count } = asObject(value, 'failElements');
  if (typeof status !== 'number' || typeof count !== 'number') {
    throw new SandboxInputError('failElements needs a status and a count');
  }
  return { status, count };
}
