import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  Figure,
  ManagementContext,
} from '../../contract/audience-manager.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { KlaviyoApi, type KlaviyoApiOptions } from '../klaviyo.api.js';
import type { KlaviyoTag } from '../klaviyo.config.js';
import type { KlaviyoRow } from '../klaviyo.profile.js';
import { eraseProfiles } from './klaviyo.erasure.js';
import { type KlaviyoGroup, KlaviyoGroups, unlessMissing } from './klaviyo.groups.js';
import {
  type KlaviyoAudienceState,
  type KlaviyoStatus,
  klaviyoStatus,
  type SegmentState,
  sizeOf,
} from './klaviyo.status.js';

const WITHOUT_SEGMENT = {
  code: 'segment-missing',
  message: 'No segment of this name stands over the list; the list itself can be used in campaigns.',
};

/**
 * Lists of one account, each with the segment of the same name over it. The id of an audience is its list's; the segment is
 * found by the name of the list.
 */
export class KlaviyoManager implements AudienceManager<KlaviyoRow> {
  private readonly api: KlaviyoApi;
  private readonly groups: KlaviyoGroups;

  constructor(
    private readonly tag: KlaviyoTag,
    http: PlatformHttp,
    options?: KlaviyoApiOptions,
  ) {
    this.api = new KlaviyoApi(tag, http, options);
    this.groups = new KlaviyoGroups(this.api);
  }

  /** Three calls: Klaviyo gives a number of members for one list or one segment at a time, and tells none which is the other. */
  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    const list = await this.groups.count('list', id, ctx).catch(unlessMissing);
    if (list === undefined) return undefined;
    const [found] = await this.segmentsOver(list, ctx);
    const segment = found && (await this.groups.count('segment', found.id, ctx).catch(unlessMissing));
    const state: KlaviyoAudienceState = {
      listCount: countOf(list),
      segment: found === undefined ? 'none' : segment === undefined ? 'gone' : segmentState(segment),
    };
    const status = klaviyoStatus(state, facts);
    return {
      name: list.name,
      description: null,
      ...status,
      warnings: this.tag.createSegment && found === undefined ? [WITHOUT_SEGMENT] : [],
      ...figuresOf(sizeOf(state), status, facts.uploadedRecords ?? 0),
      retentionDays: null,
      lookalikeAudiences: null,
      changedAt: latest([list, segment]),
    };
  }

  /** Segment first: it is found by the list's name, which must be the old one as long as there is something left to do. */
  async update(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void> {
    const { name, ...others } = change;
    const [other] = Object.entries(others).filter(([, value]) => value !== undefined);
    if (other) throw new RequestRejectedError(`Klaviyo: lists and segments have no ${other[0]} to change`);
    if (name === undefined) return;
    const list = await this.groups.get('list', id, ctx);
    for (const segment of await this.segmentsOver(list, ctx)) {
      await this.groups.rename(segment, name, ctx);
    }
    await this.groups.rename(list, name, ctx);
  }

  /** Segment first: its definition names the list, which Klaviyo may refuse to delete while it is used. */
  async delete(id: string, ctx: ManagementContext): Promise<void> {
    const list = await this.groups.get('list', id, ctx).catch(unlessMissing);
    if (list === undefined) return;
    for (const segment of await this.segmentsOver(list, ctx)) {
      await this.groups.delete(segment, ctx);
    }
    await this.groups.delete(list, ctx);
  }

  erase(people: readonly KlaviyoRow[], ctx: ManagementContext): Promise<void> {
    return eraseProfiles(people, this.api, ctx);
  }

  /** None where segments are not wanted, or may not be seen: such a tag makes lists alone. */
  private async segmentsOver(list: KlaviyoGroup, ctx: ManagementContext): Promise<KlaviyoGroup[]> {
    if (!this.tag.createSegment) return [];
    return (await this.groups.segmentsOver(list, ctx)) ?? [];
  }
}

/**
 * Klaviyo makes a profile of every row it takes, so whoever is in the audience is matched; a merchant may have put in others,
 * and members still to come would look like people not matched (section 4 of the notes).
 */
function figuresOf(
  size: number | null,
  { status }: KlaviyoStatus,
  sent: number,
): Pick<AudienceSnapshot, 'size' | 'matchedUsers' | 'matchingRate'> {
  if (size === null) return { size: null, matchedUsers: null, matchingRate: null };
  const isComplete = status !== 'populating';
  return {
    size: { value: size, isEstimate: false },
    matchedUsers: isComplete ? estimate(size) : null,
    matchingRate: isComplete && sent > 0 ? estimate(Math.min(1, size / sent)) : null,
  };
}

function estimate(value: number): Figure {
  return { value, isEstimate: true };
}

function segmentState(segment: KlaviyoGroup): SegmentState {
  const { is_active: isActive, is_processing: isProcessing } = segment.attributes;
  return { isActive: isActive !== false, isProcessing: isProcessing === true, count: countOf(segment) };
}

function countOf({ attributes }: KlaviyoGroup): number | null {
  const count = attributes['profile_count'];
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null;
}

function latest(groups: readonly (KlaviyoGroup | undefined)[]): Date | null {
  const times = groups.map((group) => Date.parse(String(group?.attributes['updated']))).filter((at) => !isNaN(at));
  return times.length === 0 ? null : new Date(Math.max(...times));
}
