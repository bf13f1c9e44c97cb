import { randomUUID } from 'node:crypto';

/** One thing that is wrong, as in the `errors` of an answer. */
export interface ErrorObject {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly source: { readonly pointer: string } | { readonly parameter: string };
  readonly meta?: Readonly<Record<string, unknown>>;
}

/**
 * A refusal in the platform's JSON:API envelope, which may name several mistakes at once.
 * https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling
 */
export class ApiError extends Error {
  constructor(
    readonly errors: readonly [ErrorObject, ...ErrorObject[]],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(errors[0].detail);
    this.name = 'ApiError';
  }

  get status(): number {
    return this.errors[0].status;
  }

  body(): { readonly errors: readonly object[] } {
    return {
      errors: this.errors.map(({ meta, ...error }) => ({ id: randomUUID(), ...error, links: {}, meta: meta ?? {} })),
    };
  }
}

/** A page that the network in front of the platform answers with; it is not JSON. */
export class HtmlRefusal extends Error {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('Refused before the platform');
    this.name = 'HtmlRefusal';
  }
}

/** A mistake in the body, at `pointer`. */
export function invalid(detail: string, pointer: string): ErrorObject {
  return { status: 400, code: 'invalid', title: 'Invalid input.', detail, source: { pointer } };
}

/** Throws unless the list is empty. */
export function throwAll(errors: readonly ErrorObject[]): void {
  const [first, ...rest] = errors;
  if (first !== undefined) throw new ApiError([first, ...rest]);
}

/** 400 for one mistake in the body. */
export function invalidBody(detail: string, pointer = '/data'): ApiError {
  return new ApiError([invalid(detail, pointer)]);
}

/** 400 for one mistake in the query or, for the revision, in the headers. */
export function invalidParameter(detail: string, parameter: string): ApiError {
  return new ApiError([{ status: 400, code: 'invalid', title: 'Invalid input.', detail, source: { parameter } }]);
}

/** 404 with the platform's own words. */
export function notFound(detail: string): ApiError {
  return refusal(404, 'not_found', 'Not found.', detail);
}

/** 404 for a list, a segment or a profile. */
export function noSuch(kind: 'list' | 'segment' | 'profile', id: string): ApiError {
  return notFound(`A ${kind} with id \`${id}\` does not exist.`);
}

/** 409: another profile has the identifier. */
export function duplicateProfile(id: string): ApiError {
  const title = 'Conflict.';
  const detail = 'A profile already exists with one of these identifiers.';
  const source = { pointer: '/data/attributes' };
  return new ApiError([
    { status: 409, code: 'duplicate_profile', title, detail, source, meta: { duplicate_profile_id: id } },
  ]);
}

/** 429. `seconds` is left out only by a fault that hides it. */
export function throttled(seconds: number | undefined, status = 429): ApiError {
  const title = 'Request was throttled.';
  if (seconds === undefined) return refusal(status, 'throttled', title, title);
  const detail = `${title} Expected available in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
  return refusal(status, 'throttled', title, detail, { 'Retry-After': String(seconds) });
}

/** Any refusal about the call as a whole. */
export function refusal(
  status: number,
  code: string,
  title: string,
  detail = title,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  return new ApiError([{ status, code, title, detail, source: { pointer: '/data/' } }], headers);
}
