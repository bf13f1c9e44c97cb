import { AdsError, type ErrorEntry, invalidParameter } from '../api/ads-error.js';
import { type UserIdentifiers } from './member-set.js';

/** https://docs.x.com/x-ads-api/audiences/reference#custom-audience-users */
export const MAX_OPERATIONS = 2_500;
export const MAX_BODY_BYTES = 5_000_000;

/** One operation, checked. Times are milliseconds since 1970. */
export interface UsersOperation {
  readonly type: 'Update' | 'Delete';
  readonly users: readonly UserIdentifiers[];
  readonly expiresAt?: number;
}

/** What differs between the kinds of lists that users are sent to. */
export interface UsersRules {
  /** The keys of an operation's `params`. */
  readonly params: readonly string[];
  readonly identifiers: readonly string[];
  /** Values that are refused although their form is right. */
  readonly refused?: ReadonlySet<string>;
  /** The latest `expires_at`, ms since 1970. */
  readonly latestExpiry?: number;
}

export interface UsersRequest {
  readonly json: unknown;
  readonly bodyBytes: number;
  readonly now: number;
  readonly oversizeStatus: number;
  readonly namesOperations: boolean;
}

const PLAIN = 'partner_user_id';
const SHA256 = /^[0-9a-f]{64}$/;
const LONE_SURROGATE = /\p{Cs}/u;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

class OperationError extends Error {
  constructor(readonly entry: ErrorEntry) {
    super(entry.message);
  }
}

/** Every operation of a request, or the refusal of all of them: one that is bad lets none be applied. */
export function readOperations(request: UsersRequest, rules: UsersRules): UsersOperation[] {
  const { json, bodyBytes, oversizeStatus } = request;
  if (bodyBytes > MAX_BODY_BYTES) {
    const code = oversizeStatus === 413 ? 'REQUEST_ENTITY_TOO_LARGE' : 'INVALID_PARAMETER';
    throw new AdsError(oversizeStatus, code, `The request body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  if (!Array.isArray(json)) throw invalidParameter('body', 'Expected an array of operations as application/json');
  if (json.length < 1 || json.length > MAX_OPERATIONS) {
    throw invalidParameter('body', `Expected 1 to ${MAX_OPERATIONS} operations`);
  }
  const operations: UsersOperation[] = [];
  const errors = json.map((value: unknown): ErrorEntry[] => {
    try {
      operations.push(readOperation(value, request.now, rules));
      return [];
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      return [error.entry];
    }
  });
  const [first] = errors.flat();
  if (first === undefined) return operations;
  throw new AdsError(400, first.code, first.message, {
    ...(first.parameter === undefined ? {} : { parameter: first.parameter }),
    ...(request.namesOperations ? { operationErrors: errors } : {}),
  });
}

function readOperation(value: unknown, now: number, rules: UsersRules): UsersOperation {
  const operation = fieldsOf(value, 'operation', ['operation_type', 'params']);
  const type = operation['operation_type'];
  if (type !== 'Update' && type !== 'Delete') throw invalid('operation_type', 'Expected Update or Delete');
  const params = fieldsOf(operation['params'], 'params', rules.params);
  const effectiveAt = timeOf(params, 'effective_at') ?? now;
  const expiresAt = timeOf(params, 'expires_at');
  if (expiresAt !== undefined && expiresAt <= Math.max(effectiveAt, now)) {
    throw invalid('expires_at', 'expires_at must be later than effective_at');
  }
  if (expiresAt !== undefined && expiresAt >= (rules.latestExpiry ?? Infinity)) {
    throw invalid('expires_at', 'expires_at is too far ahead');
  }
  const { users } = params;
  if (!Array.isArray(users)) throw missing('users', '"users" is a required parameter of params');
  if (users.length === 0) throw invalid('users', 'Expected at least one user');
  const read = users.map((user: unknown) => readUser(user, rules));
  return { type, users: read, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function readUser(value: unknown, rules: UsersRules): UserIdentifiers {
  const user = fieldsOf(value, 'users', rules.identifiers);
  const identifiers = Object.entries(user).flatMap(([key, values]) => {
    if (!Array.isArray(values) || values.length === 0) throw invalid(key, `Expected a list of values for "${key}"`);
    return values.map((one: unknown) => readIdentifier(key, one, rules));
  });
  if (identifiers.length === 0) throw invalid('users', 'Expected at least one identifier of each user');
  return identifiers;
}

function readIdentifier(key: string, value: unknown, { refused }: UsersRules): string {
  if (typeof value !== 'string' || value === '' || LONE_SURROGATE.test(value))
    throw invalid(key, `Expected a text for "${key}"`);
  if (refused?.has(value)) throw invalid(key, `The value of "${key}" is not accepted`);
  if (key === PLAIN) return `${key}:${encodeURIComponent(value)}`;
  if (!SHA256.test(value)) throw invalid(key, `Expected a SHA256 hash in lower case for "${key}"`);
  return `${key}:${value}`;
}

function fieldsOf(value: unknown, what: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(what, `Expected an object for "${what}"`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(what, `"${what}" has a key that is not known`);
  return value as Record<string, unknown>;
}

/** Seconds only: the milliseconds of an ISO date are refused. */
function timeOf(params: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  const time = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(name, `Expected a time like 2026-11-21T00:00:00Z for "${name}"`);
  return time;
}

function invalid(parameter: string, message: string): OperationError {
  return new OperationError({ code: 'INVALID_PARAMETER', message, parameter });
}

function missing(parameter: string, message: string): OperationError {
  return new OperationError({ code: 'MISSING_PARAMETER', message, parameter });
}
