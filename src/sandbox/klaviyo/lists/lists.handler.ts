import { type ErrorObject, refusal, throwAll } from '../api/api-error.js';
import { type AttributeRules, checkValues, readResource } from '../api/body-reader.js';
import { filtered } from '../collections/filter-fields.js';
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
import { type KlaviyoSettings } from '../klaviyo-options.js';
import { type KlaviyoList, OPT_IN_PROCESSES, type OptInProcess } from './list.js';

const FIELDS = ['fields[list]'];
const RULES: AttributeRules = {
  name: { kind: 'string', notBlank: true },
  opt_in_process: { kind: 'string', nullable: true, oneOf: OPT_IN_PROCESSES },
};
const CREATE_RULES: AttributeRules = { ...RULES, name: { kind: 'string', notBlank: true, required: true } };

/** https://developers.klaviyo.com/en/reference/lists_api_overview */
export class ListsHandler {
  constructor(private readonly settings: KlaviyoSettings) {}

  operations(): OperationTable {
    const read = { scopes: ['lists:read'], rate: RATES.l };
    const write = { scopes: ['lists:write'], rate: RATES.m, parameters: FIELDS };
    const count = 'additional-fields[list]';
    const nested = ['fields[flow]', 'fields[tag]'];
    return {
      'GET /api/lists': {
        ...read,
        parameters: [...FIELDS, ...nested, ...GROUP_PARAMETERS],
        answer: (call) => this.list(call),
      },
      'POST /api/lists': { ...write, daily: 'listCreate', answer: (call) => this.create(call) },
      'GET /api/lists/:id': {
        ...read,
        parameters: [...FIELDS, ...nested, 'include', count],
        costly: { parameter: count, rate: RATES.xs },
        answer: (call) => one(call, 200, call.account.lists.require(call.id)),
      },
      'PATCH /api/lists/:id': { ...write, answer: (call) => this.update(call) },
      'DELETE /api/lists/:id': { ...write, answer: (call) => this.delete(call) },
    };
  }

  private list(call: ApiCall): Answer {
    const lists = filtered(call, call.account.lists.all(), GROUP_FIELDS);
    const page = pageOf(call, groupListing(call, lists), GROUP_SIZES);
    const data = page.items.map((list) => view(call, list));
    return { status: 200, body: { data, ...included(call), links: page.links } };
  }

  private create(call: ApiCall): Answer {
    const { name, opt_in_process } = attributesOf(call, CREATE_RULES);
    const list = call.account.lists.create(String(name), opt_in_process ?? 'double_opt_in', call.now);
    return one(call, 201, list);
  }

  private update(call: ApiCall): Answer {
    const list = call.account.lists.require(call.id);
    const { name, opt_in_process } = attributesOf(call, RULES, call.id);
    if (name !== undefined) list.name = name;
    if (opt_in_process != null) list.optInProcess = opt_in_process;
    list.updatedAt = call.now;
    return one(call, 200, list);
  }

  private delete(call: ApiCall): Answer {
    const { lists, segments } = call.account;
    const { id } = lists.require(call.id);
    if (this.settings.refuseDeleteOfUsedList && segments.madeOf(id).length > 0) {
      throw refusal(409, 'conflict', 'Conflict.', `The list with id \`${id}\` is in use.`);
    }
    lists.delete(id);
    call.account.changed(call.now);
    return { status: 204 };
  }
}

function attributesOf(
  call: ApiCall,
  rules: AttributeRules,
  id?: string,
): { readonly name?: string; readonly opt_in_process?: OptInProcess | null } {
  const { attributes } = readResource(call, 'list', id);
  const errors: ErrorObject[] = [];
  checkValues(attributes, rules, 'list', '/data/attributes', errors);
  throwAll(errors);
  return attributes;
}

function one(call: ApiCall, status: number, list: KlaviyoList): Answer {
  const data = view(call, list, status === 201 ? microseconds : seconds);
  return { status, body: { data, ...included(call), links: { self: `${call.origin}${call.path}` } } };
}

function view(call: ApiCall, list: KlaviyoList, time = seconds): object {
  const base = `${call.origin}/api/lists/${list.id}/`;
  const attributes = {
    name: list.name,
    created: time(list.createdAt),
    updated: time(list.updatedAt),
    opt_in_process: list.optInProcess,
    ...(wantsCount(call, 'list') ? { profile_count: list.members.size } : {}),
  };
  return {
    type: 'list',
    id: list.id,
    attributes: sparse(call.query, 'list', attributes),
    relationships: related(base, ['profiles', 'tags', 'flow-triggers']),
    links: { self: base },
  };
}
