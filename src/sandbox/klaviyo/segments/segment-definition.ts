import { type ErrorObject, invalid, throwAll } from '../api/api-error.js';
import { type AttributeRules, checkValues, isObject } from '../api/body-reader.js';
import { type Profile } from '../profiles/profile.js';
import { propertyCondition } from './property-filter.js';

const POINTER = '/data/attributes/definition';

const MEMBERSHIP: AttributeRules = {
  type: { kind: 'string', required: true },
  is_member: { kind: 'boolean', required: true },
  group_ids: { kind: 'any', required: true },
  timeframe_filter: { kind: 'any', nullable: true },
};
const PROPERTY: AttributeRules = {
  type: { kind: 'string', required: true },
  property: { kind: 'string', required: true },
  filter: { kind: 'object', required: true },
};

/** Tells whether a profile is in a list or segment; undefined when there is no such group. */
export type GroupLookup = (groupId: string) => { has(profileId: string): boolean } | undefined;

/** A definition as it was given, and what it means. */
export interface SegmentDefinition {
  readonly source: unknown;
  /** The lists and segments that it is made of. */
  readonly groupIds: readonly string[];
  readonly matches: (profile: Profile) => boolean;
}

type Test = (profile: Profile) => boolean;

/**
 * Reads a definition: its groups must all be met, and of a group one condition. Conditions on events and consent are not played.
 * https://developers.klaviyo.com/en/reference/segments_api_overview
 */
export function readDefinition(source: unknown, groups: GroupLookup): SegmentDefinition {
  const errors: ErrorObject[] = [];
  const reader = new DefinitionReader(groups, errors);
  const conditionGroups = listAt(source, 'condition_groups', POINTER, errors);
  const tests = conditionGroups.map((group, index) => reader.group(group, `${POINTER}/condition_groups/${index}`));
  throwAll(errors);
  return { source, groupIds: reader.groupIds, matches: (profile) => tests.every((test) => test(profile)) };
}

class DefinitionReader {
  readonly groupIds: string[] = [];

  constructor(
    private readonly groups: GroupLookup,
    private readonly errors: ErrorObject[],
  ) {}

  group(group: unknown, pointer: string): Test {
    const tests = listAt(group, 'conditions', pointer, this.errors).map((condition, index) =>
      this.condition(condition, `${pointer}/conditions/${index}`),
    );
    return (profile) => tests.some((test) => test(profile));
  }

  private condition(condition: unknown, pointer: string): Test {
    const type = isObject(condition) ? condition['type'] : undefined;
    if (isObject(condition) && type === 'profile-group-membership') return this.membership(condition, pointer);
    if (isObject(condition) && type === 'profile-property') {
      checkValues(condition, PROPERTY, 'ProfilePropertyCondition', pointer, this.errors);
      return propertyCondition(condition, pointer, this.errors);
    }
    this.errors.push(invalid("Invalid value for 'type'.", `${pointer}/type`));
    return () => false;
  }

  private membership(condition: Readonly<Record<string, unknown>>, pointer: string): Test {
    const { is_member: isMember, group_ids: ids, timeframe_filter: timeframe } = condition;
    checkValues(condition, MEMBERSHIP, 'ProfileHasGroupMembershipCondition', pointer, this.errors);
    if (timeframe != null || (isMember === false && timeframe !== undefined)) {
      this.errors.push(invalid("Invalid value for 'timeframe_filter'.", `${pointer}/timeframe_filter`));
    }
    const named = Array.isArray(ids) ? (ids as unknown[]) : [];
    const isKnown = (id: unknown): id is string => typeof id === 'string' && this.groups(id) !== undefined;
    if (named.length === 0 || !named.every(isKnown)) {
      this.errors.push(invalid("Invalid value for 'group_ids'.", `${pointer}/group_ids`));
      return () => false;
    }
    this.groupIds.push(...named);
    // A group that has been deleted since has no members.
    return ({ id }) => named.some((group) => this.groups(group)?.has(id) === true) === isMember;
  }
}

function listAt(value: unknown, name: string, pointer: string, errors: ErrorObject[]): readonly unknown[] {
  const list = isObject(value) ? value[name] : undefined;
  if (Array.isArray(list) && list.length > 0) return list as unknown[];
  errors.push(invalid(`'${name}' must be an array with at least one item.`, `${pointer}/${name}`));
  return [];
}
