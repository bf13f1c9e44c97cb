import type { ManagementContext } from '../contract/audience-manager.js';
import type { KlaviyoApi, KlaviyoResource } from './klaviyo.api.js';

/** The most that Klaviyo gives, and what it gives by itself. */
const PAGE_SIZE = 10;

const FIELDS = { list: 'name,created', segment: 'name,created,definition' } as const;

/** The lists or segments of exactly this name, the oldest first: names are not unique in Klaviyo. */
export async function named(
  kind: 'list' | 'segment',
  name: string,
  api: KlaviyoApi,
  ctx: ManagementContext,
): Promise<readonly KlaviyoResource[]> {
  const target = `${kind}s` as const;
  const query = {
    filter: anyOf('name', [name]),
    [`fields[${kind}]`]: FIELDS[kind],
    sort: 'created',
    'page[size]': PAGE_SIZE,
  };
  const found = await api.all({ method: 'GET', path: `/api/${target}`, target, query }, ctx);
  // Whether the filter ignores case is not written anywhere.
  return found.filter(({ attributes }) => attributes['name'] === name).sort(byAge);
}

/** A filter by one of several texts: https://developers.klaviyo.com/en/docs/filtering_ */
export function anyOf(field: string, values: readonly string[]): string {
  return `any(${field},[${values.map(quoted).join(',')}])`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function byAge(one: KlaviyoResource, other: KlaviyoResource): number {
  const [created, otherCreated] = [createdAt(one), createdAt(other)];
  return created === otherCreated ? (one.id < other.id ? -1 : 1) : created - otherCreated;
}

function createdAt({ attributes }: KlaviyoResource): number {
  const created = attributes['created'];
  const at = typeof created === 'string' ? Date.parse(created) : NaN;
  return Number.isNaN(at) ? Number.MAX_SAFE_INTEGER : at;
}
