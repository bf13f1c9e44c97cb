import type { ManagementContext } from '../../contract/audience-manager.js';
import { AudienceMissingError, PermissionDeniedError } from '../../contract/provider-errors.js';
import { isRecord, textOf } from '../../kit/answer-values.js';
import type { KlaviyoApi, KlaviyoCall, KlaviyoResource } from '../klaviyo.api.js';
import { named } from '../klaviyo.lookup.js';
import { heldAlone, onceASecond } from './klaviyo.pace.js';

type Kind = 'list' | 'segment';

/** A list or a segment, with or without its number of members. */
export interface KlaviyoGroup {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  readonly attributes: KlaviyoResource['attributes'];
}

/**
 * Single lists and segments of one account. A 404 is an `AudienceMissingError` throughout.
 * https://developers.klaviyo.com/en/reference/lists_api_overview
 */
export class KlaviyoGroups {
  constructor(private readonly api: KlaviyoApi) {}

  async get(kind: Kind, id: string, ctx: ManagementContext): Promise<KlaviyoGroup> {
    return groupOf(kind, await this.api.one(callOf('GET', kind, id), ctx));
  }

  /** With `profile_count`, which Klaviyo gives for one group at a time, once a second and 15 times a minute. */
  async count(kind: Kind, id: string, ctx: ManagementContext): Promise<KlaviyoGroup> {
    const query = { [`additional-fields[${kind}]`]: 'profile_count' };
    const call = { ...callOf('GET', kind, id), query };
    return groupOf(kind, await onceASecond(() => this.api.one(call, ctx), ctx));
  }

  /**
   * The segments that have the list's name and are made of it, the oldest first: one, unless two workers made it at once. Segments
   * of that name over something else are the merchant's. Undefined: the key may not see segments, see `ensureSegment`.
   */
  async segmentsOver(list: KlaviyoGroup, ctx: ManagementContext): Promise<KlaviyoGroup[] | undefined> {
    try {
      const found = await named('segment', list.name, this.api, ctx);
      return found
        .filter(({ attributes }) => isMadeOf(attributes['definition'], list.id))
        .map((segment) => groupOf('segment', segment));
    } catch (error) {
      if (error instanceof PermissionDeniedError) return undefined;
      throw error;
    }
  }

  /** Changes of segments count against a day's cap, so one that has the name already is left alone. */
  async rename({ kind, id, name: before }: KlaviyoGroup, name: string, ctx: ManagementContext): Promise<void> {
    if (before === name) return;
    const body = { data: { type: kind, id, attributes: { name } } };
    const call = { ...callOf('PATCH', kind, id), body };
    await onceASecond(() => this.api.one(call, ctx), ctx).catch((error: unknown) => {
      throw heldAlone(error);
    });
  }

  /** One that is gone already is no error. */
  async delete({ kind, id }: Pick<KlaviyoGroup, 'kind' | 'id'>, ctx: ManagementContext): Promise<void> {
    await onceASecond(() => this.api.done(callOf('DELETE', kind, id), ctx), ctx).catch(unlessMissing);
  }
}

/** Nothing in place of an audience that is not there. */
export function unlessMissing(error: unknown): undefined {
  if (!(error instanceof AudienceMissingError)) throw error;
  return undefined;
}

function callOf(method: KlaviyoCall['method'], kind: Kind, id: string): KlaviyoCall {
  const path = `/api/${kind}s/${encodeURIComponent(id)}`;
  return { method, path, pathTemplate: `/api/${kind}s/{${kind}}`, target: kind };
}

function groupOf(kind: Kind, { id, attributes }: KlaviyoResource): KlaviyoGroup {
  return { kind, id, attributes, name: textOf(attributes['name']) };
}

/** Whether a condition of the definition asks for membership of the list; the merchant may have added others. */
function isMadeOf(definition: unknown, listId: string): boolean {
  return entriesOf(definition, 'condition_groups')
    .flatMap((group) => entriesOf(group, 'conditions'))
    .some((condition) => isRecord(condition) && condition['is_member'] === true && namesGroup(condition, listId));
}

function namesGroup({ group_ids: ids }: Record<string, unknown>, listId: string): boolean {
  return Array.isArray(ids) && ids.includes(listId);
}

function entriesOf(value: unknown, name: string): readonly unknown[] {
  const entries = isRecord(value) ? value[name] : undefined;
  return Array.isArray(entries) ? (entries as unknown[]) : [];
}
