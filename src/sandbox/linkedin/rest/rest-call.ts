import { type Request } from 'express';
import { badRequest } from './rest-error.js';

/** One call: version, token and path have been checked, its fields are still to be read. */
export interface RestCall {
  readonly token: string;
  /** The ids of the path, in order. */
  readonly ids: readonly number[];
  /** `X-RestLi-Method` in upper case, `''` for none. */
  readonly restMethod: string;
  readonly query: ReadonlyMap<string, string>;
  /** The JSON object of the body, empty when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a call is answered. */
export interface RestAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What protocol 2.0.0 keeps for its own syntax: within a value it has to be percent-encoded. */
const RESERVED = /[:(),']/;

/**
 * The query as protocol 2.0.0 reads it; a parameter that the call does not know is refused.
 * https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/protocol-version
 */
export function readQuery(req: Request, known: readonly string[]): ReadonlyMap<string, string> {
  const raw = req.originalUrl.split('?')[1] ?? '';
  const query = new Map<string, string>();
  for (const pair of raw.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split('=');
    if (!known.includes(name)) throw badRequest(`Query parameter ${name} is not defined`, 'QUERY_PARAM_NOT_ALLOWED');
    if (query.has(name)) throw badRequest(`Query parameter ${name} is given twice`);
    if (RESERVED.test(value)) throw badRequest(`Query parameter ${name} is not encoded`, 'PARAM_INVALID');
    query.set(name, decoded(value.replaceAll('+', ' ')));
  }
  return query;
}

/** A whole number of the query. */
export function countIn(query: RestCall['query'], name: string, byDefault: number, min: number, max: number): number {
  const text = query.get(name);
  if (text === undefined) return byDefault;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw badRequest(`${name} must be between ${min} and ${max}`, 'PARAM_INVALID');
  return value;
}

/** The digits of `urn:li:sponsoredAccount:512345678`. */
export function accountOf(urn: unknown): string {
  const id = typeof urn === 'string' ? /^urn:li:sponsoredAccount:(\d{1,18})$/.exec(urn)?.[1] : undefined;
  if (id === undefined) throw badRequest('account must be the URN of a sponsored account', 'URN_INVALID');
  return id;
}

/** An object of strings to anything, or a refusal that names it. */
export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`${what} must be an object`);
  }
  return value as Record<string, unknown>;
}

/** Refuses fields that the schema does not have. */
export function refuseUnknown(fields: Readonly<Record<string, unknown>>, known: readonly string[], what: string): void {
  const unknown = Object.keys(fields).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw badRequest(`${what}: unrecognized field(s) ${unknown.join(', ')}`, 'FIELD_UNKNOWN');
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw badRequest('The query is not encoded as it must be', 'PARAM_INVALID');
  }
}
