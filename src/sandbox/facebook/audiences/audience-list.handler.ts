import { type GraphCall } from '../graph-call.js';
import { GraphError, invalidParameter } from '../graph-error.js';
import { type FacebookAudience } from './audience.js';
import { checkFields, renderAudience } from './audience-fields.js';
import { type AudienceStore } from './audience-store.js';
import { statusOf } from './audience-status.js';

const DEFAULT_LIMIT = 25;

type Condition = (audience: FacebookAudience) => boolean;
type Operator = (actual: unknown, wanted: unknown) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  EQUAL: (actual, wanted) => actual === wanted,
  NOT_EQUAL: (actual, wanted) => actual !== wanted,
  CONTAIN: (actual, wanted) => String(actual).includes(String(wanted)),
  NOT_CONTAIN: (actual, wanted) => !String(actual).includes(String(wanted)),
  STARTS_WITH: (actual, wanted) => String(actual).startsWith(String(wanted)),
  IN: (actual, wanted) => Array.isArray(wanted) && wanted.some((one) => String(one) === String(actual)),
  NOT_IN: (actual, wanted) => Array.isArray(wanted) && !wanted.some((one) => String(one) === String(actual)),
  GREATER_THAN: (actual, wanted) => Number(actual) > Number(wanted),
  LESS_THAN: (actual, wanted) => Number(actual) < Number(wanted),
};

const FILTER_FIELDS: Readonly<Record<string, (audience: FacebookAudience) => unknown>> = {
  name: ({ name }) => name,
  subtype: ({ subtype }) => subtype,
  id: ({ id }) => id,
  'operation_status.code': (audience) => statusOf(audience).operation.code,
  delete_time: () => 0,
};

/**
 * The audiences of an ad account, its own and those shared to it, newest first.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/overview
 */
export class AudienceListHandler {
  constructor(private readonly store: AudienceStore) {}

  list(call: GraphCall): object {
    this.store.requireAccount(call);
    const { parameters } = call;
    const fields = parameters.list('fields');
    checkFields(fields);
    const limit = this.limitOf(call);
    const conditions = this.conditionsOf(call);
    const all = this.store
      .all()
      .filter(({ accountId, shares }) => accountId === call.id || shares.get(call.id)?.status === 'SHARED')
      .filter((audience) => conditions.every((condition) => condition(audience)))
      .reverse();
    const page = pageOf(all, limit, parameters.text('after'), parameters.text('before'));
    const data = page.items.map((audience) => renderAudience(audience, this.store, fields, call.id));
    const first = page.items[0];
    const last = page.items.at(-1);
    if (first === undefined || last === undefined) return { data };
    const cursors = { before: cursorOf(first), after: cursorOf(last) };
    return { data, paging: { cursors, ...(page.more ? { next: nextUrl(call, cursors.after) } : {}) } };
  }

  private limitOf(call: GraphCall): number {
    const limit = call.parameters.integer('limit') ?? DEFAULT_LIMIT;
    if (limit < 1) throw invalidParameter('Param limit must be greater than 0');
    if (limit > this.store.settings.listLimit) {
      const message = "Please reduce the amount of data you're asking for, then retry your request";
      throw new GraphError(1, message, { status: 500 });
    }
    return limit;
  }

  private conditionsOf(call: GraphCall): Condition[] {
    return (call.parameters.array('filtering') ?? []).map((item) => {
      const { field, operator, value } = (item ?? {}) as Record<string, unknown>;
      const read = typeof field === 'string' && Object.hasOwn(FILTER_FIELDS, field) ? FILTER_FIELDS[field] : undefined;
      if (read === undefined || (field === 'name' && this.store.settings.refuseNameFilter)) {
        throw invalidParameter(`Filtering field ${String(field)} is invalid`);
      }
      const compare =
        typeof operator === 'string' && Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
      if (compare === undefined) throw invalidParameter('Filtering operator is invalid');
      return (audience) => compare(read(audience), value);
    });
  }
}

function pageOf(all: readonly FacebookAudience[], limit: number, after?: string, before?: string) {
  // Ids grow, so a cursor keeps its place when its audience has been deleted in the meantime.
  const rest = all.filter(({ id }) => after === undefined || BigInt(id) < idOf(after));
  if (before === undefined) return { items: rest.slice(0, limit), more: rest.length > limit };
  const earlier = rest.filter(({ id }) => BigInt(id) > idOf(before));
  return { items: earlier.slice(-limit), more: earlier.length > 0 };
}

function cursorOf(audience: FacebookAudience): string {
  return Buffer.from(`id:${audience.id}`).toString('base64url');
}

function idOf(cursor: string): bigint {
  const id = /^id:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (id === undefined) throw invalidParameter('Invalid cursors values');
  return BigInt(id);
}

function nextUrl(call: GraphCall, after: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.parameters.except('after', 'before', 'access_token'))) {
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  query.set('after', after);
  return `${call.origin}/${call.version}/act_${call.id}/customaudiences?${query.toString()}`;
}
