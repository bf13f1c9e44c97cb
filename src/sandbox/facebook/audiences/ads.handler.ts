import { type GraphCall } from '../graph-call.js';
import { invalidParameter } from '../graph-error.js';
import { type FacebookAudience, type UsingAd } from './audience.js';
import { type AudienceStore } from './audience-store.js';

const DEFAULT_LIMIT = 25;

type Reader = (ad: UsingAd, audience: FacebookAudience, inner: string) => unknown;

/** What can be asked of an ad. Fields of its own objects stand in braces behind their name. */
const FIELDS: Readonly<Record<string, Reader>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  campaign: ({ campaign }, _audience, inner) => (inner.includes('name') ? campaign : { id: campaign.id }),
  adset: (ad, audience, inner) => ({ ...targetingOf(ad, audience, inner), id: `${ad.id}1` }),
};

/**
 * The ads that use an audience.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/ads
 */
export class AdsHandler {
  constructor(private readonly store: AudienceStore) {}

  list(call: GraphCall): object {
    const audience = this.store.visible(call);
    const fields = fieldsOf(call.parameters.text('fields') ?? 'id');
    const limit = call.parameters.integer('limit') ?? DEFAULT_LIMIT;
    const from = Number(call.parameters.text('after') ?? 0);
    if (limit < 1 || !Number.isInteger(from)) throw invalidParameter('Invalid cursors values');
    const data = audience.ads.slice(from, from + limit).map((ad) => render(ad, audience, fields));
    const after = String(from + data.length);
    const isMore = from + data.length < audience.ads.length;
    const next = `${call.origin}/${call.version}/${call.id}/ads?after=${after}`;
    return data.length === 0
      ? { data }
      : { data, paging: { cursors: { before: String(from), after }, ...(isMore ? { next } : {}) } };
  }
}

function render(ad: UsingAd, audience: FacebookAudience, fields: ReadonlyMap<string, string>): object {
  const rendered: Record<string, unknown> = {};
  for (const [name, inner] of fields) rendered[name] = FIELDS[name]?.(ad, audience, inner);
  return { ...rendered, id: ad.id };
}

function targetingOf(ad: UsingAd, { id, name }: FacebookAudience, inner: string): object {
  const [, asked = ''] = /targeting\{([a-z_,]+)\}/.exec(inner) ?? [];
  const edge = ad.excludes ? 'excluded_custom_audiences' : 'custom_audiences';
  // An object without anything to tell is left out.
  return asked.split(',').includes(edge) ? { targeting: { [edge]: [{ id, name }] } } : {};
}

/** `id,campaign{id,name}`: each name with what stands in its braces. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let depth = 0;
  let current = '';
  for (const sign of `${text},`) {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (sign !== ',' || depth > 0) {
      current += sign;
      continue;
    }
    const [, name = '', inner = ''] = /^\s*([a-z_]+)(?:\{(.+)\})?\s*$/.exec(current) ?? [];
    if (!Object.hasOwn(FIELDS, name)) {
      throw invalidParameter(`Tried accessing nonexisting field (${name}) on node type (Ad)`);
    }
    fields.set(name, inner);
    current = '';
  }
  if (depth !== 0) throw invalidParameter('Syntax error in the field expansion');
  return fields;
}
