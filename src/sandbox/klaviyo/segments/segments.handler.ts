import { type ErrorObject, invalidBody, throwAll } from '../api/api-error.js';
import { type AttributeRules, checkValues, readResource, type Values } from '../api/body-reader.js';
import { filtered, type FilterFields } from '../collections/filter-fields.js';
import {
  GROUP_FIELDS,
  GROUP_PARAMETERS,
  GROUP_SIZES,
  groupListing,
  included,
  wantsCount,
} from '../collections/groups.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';
import { pageOf } from '../collections/page.js';
import { related, sparse } from '../api/resource.js';
import { microseconds, seconds } from '../api/timestamps.js';
import { MEMBER_PARAMETERS, memberPage, SEGMENT_FIELDS } from '../profiles/profile-pages.js';
import { type KlaviyoSegment } from './segment.js';
import { readDefinition, type SegmentDefinition } from './segment-definition.js';

const PARAMETERS = ['fields[segment]'];
const FIELDS: FilterFields<KlaviyoSegment> = {
  ...GROUP_FIELDS,
  is_active: { kind: 'flag', operators: ['any', 'equals'], read: ({ isActive }) => isActive },
  is_starred: { kind: 'flag', operators: ['equals'], read: ({ isStarred }) => isStarred },
};
const CREATE_RULES: AttributeRules = {
  name: { kind: 'string', required: true, notBlank: true },
  definition: { kind: 'object', required: true },
  is_starred: { kind: 'boolean', nullable: true },
};
const UPDATE_RULES: AttributeRules = {
  name: { kind: 'string', nullable: true, notBlank: true },
  definition: { kind: 'object', nullable: true },
  is_starred: { kind: 'boolean', nullable: true },
  is_active: { kind: 'boolean', nullable: true },
};

/** https://developers.klaviyo.com/en/reference/segments_api_overview */
export class SegmentsHandler {
  operations(): OperationTable {
    const read = { scopes: ['segments:read'], rate: RATES.l };
    const write = { scopes: ['segments:write'], rate: RATES.xs, parameters: PARAMETERS };
    const members = { scopes: ['profiles:read', 'segments:read'], rate: RATES.l, parameters: MEMBER_PARAMETERS };
    const count = 'additional-fields[segment]';
    const nested = ['fields[flow]', 'fields[tag]'];
    return {
      'GET /api/segments': {
        ...read,
        parameters: [...PARAMETERS, ...nested, ...GROUP_PARAMETERS],
        answer: (call) => this.list(call),
      },
      'POST /api/segments': { ...write, daily: 'segmentCreate', answer: (call) => this.create(call) },
      'GET /api/segments/:id': {
        ...read,
        parameters: [...PARAMETERS, ...nested, 'include', count],
        costly: { parameter: count, rate: RATES.xs },
        answer: (call) => one(call, 200, call.account.segments.require(call.id)),
      },
      'PATCH /api/segments/:id': { ...write, daily: 'segmentPatch', answer: (call) => this.update(call) },
      'DELETE /api/segments/:id': { ...write, rate: RATES.s, answer: (call) => this.delete(call) },
      // Members cannot be written: the definition alone decides.
      'GET /api/segments/:id/profiles': { ...members, answer: (call) => membersOf(call, 'profiles') },
      'GET /api/segments/:id/relationships/profiles': {
        ...members,
        answer: (call) => membersOf(call, 'identifiers'),
      },
    };
  }

  private list(call: ApiCall): Answer {
    const page = pageOf(call, groupListing(call, filtered(call, call.account.segments.all(), FIELDS)), GROUP_SIZES);
    const data = page.items.map((segment) => view(call, segment));
    return { status: 200, body: { data, ...included(call), links: page.links } };
  }

  private create(call: ApiCall): Answer {
    const attributes = attributesOf(call, CREATE_RULES);
    const definition = definitionOf(call, attributes);
    const isStarred = attributes['is_starred'] === true;
    return one(call, 201, call.account.segments.create(String(attributes['name']), definition, isStarred, call.now));
  }

  private update(call: ApiCall): Answer {
    const { segments } = call.account;
    const segment = segments.require(call.id);
    const attributes = attributesOf(call, UPDATE_RULES, call.id);
    const { name, is_starred: isStarred, is_active: isActive } = attributes;
    if (isActive === false && Object.keys(attributes).length > 1) {
      throw invalidBody('is_active must be the only attribute when a segment is deactivated.', '/data/attributes');
    }
    const definition = attributes['definition'] == null ? undefined : definitionOf(call, attributes);
    if (definition !== undefined) segments.redefine(segment, definition, call.now);
    if (typeof name === 'string') segment.name = name;
    if (typeof isStarred === 'boolean') segment.isStarred = isStarred;
    if (isActive === true && !segment.isActive) segments.redefine(segment, segment.definition, call.now);
    if (typeof isActive === 'boolean') segment.isActive = isActive;
    segment.updatedAt = call.now;
    return one(call, 200, segment);
  }

  private delete(call: ApiCall): Answer {
    const { segments } = call.account;
    segments.delete(segments.require(call.id).id);
    call.account.changed(call.now);
    return { status: 204 };
  }
}

function membersOf(call: ApiCall, form: 'profiles' | 'identifiers'): Answer {
  const { members } = call.account.segments.require(call.id);
  return memberPage(call, [...members.values()], form, SEGMENT_FIELDS);
}

function attributesOf(call: ApiCall, rules: AttributeRules, id?: string): Values {
  const { attributes } = readResource(call, 'segment', id);
  const errors: ErrorObject[] = [];
  checkValues(attributes, rules, 'segment', '/data/attributes', errors);
  throwAll(errors);
  return attributes;
}

function definitionOf(call: ApiCall, attributes: Values): SegmentDefinition {
  return readDefinition(attributes['definition'], (id) => call.account.group(id));
}

function one(call: ApiCall, status: number, segment: KlaviyoSegment): Answer {
  const data = view(call, segment, status === 201 ? microseconds : seconds);
  return { status, body: { data, ...included(call), links: { self: `${call.origin}${call.path}` } } };
}

function view(call: ApiCall, segment: KlaviyoSegment, time = seconds): object {
  const base = `${call.origin}/api/segments/${segment.id}/`;
  const attributes = {
    name: segment.name,
    definition: segment.definition.source,
    created: time(segment.createdAt),
    updated: time(segment.updatedAt),
    is_active: segment.isActive,
    is_processing: segment.isProcessing,
    is_starred: segment.isStarred,
    ...(wantsCount(call, 'segment') ? { profile_count: segment.members.size } : {}),
  };
  return {
    type: 'segment',
    id: segment.id,
    attributes: sparse(call.query, 'segment', attributes),
    relationships: related(base, ['profiles', 'tags', 'flow-triggers']),
    links: { self: base },
  };
}
