import { asObject, SandboxInputError } from './sandbox-input.js';

/** Which calls a fault hits. All parts are optional; without any of them every call is hit until the faults are cleared. */
export interface FaultMatch {
  readonly method?: string;
  /** The path without the query; `*` stands for any run of characters, as in `/v26.0/1202*`. */
  readonly path?: string;
  /** What stands in the body, parsed and written as JSON again: a digest, to hit the requests that carry one user. */
  readonly bodyIncludes?: string;
  /** The first matching call to hit, from 1. With it alone, only that call is hit. */
  readonly nth?: number;
  /** How many calls are hit at most. */
  readonly times?: number;
}

/** The platform's own way to say "too many calls". What is left out takes the platform's usual form. */
export interface RateLimitFault {
  readonly kind: 'rate-limit';
  readonly status?: number;
  readonly code?: number;
  readonly subcode?: number;
  /** Sends `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Tells the wait in the platform's own usage headers, where it has any. */
  readonly usageWaitSeconds?: number;
}

/** Any other error in the platform's own envelope. */
export interface PlatformErrorFault {
  readonly kind: 'error';
  readonly code: number;
  readonly subcode?: number;
  readonly status?: number;
  readonly message?: string;
  readonly transient?: boolean;
}

/** An answer of any form: an object is sent as JSON, a text as HTML unless the headers say otherwise. */
export interface StatusFault {
  readonly kind: 'status';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The call is held up, then goes on. */
export interface DelayFault {
  readonly kind: 'delay';
  readonly ms: number;
}

/**
 * No answer: `timeout` is never answered, `drop` resets the connection and applies nothing, `drop-after` applies the call and
 * resets the connection instead of answering.
 */
export interface SilentFault {
  readonly kind: 'timeout' | 'drop' | 'drop-after';
}

/** One thing that goes wrong. */
export type Fault = FaultMatch & (StatusFault | RateLimitFault | PlatformErrorFault | DelayFault | SilentFault);
export type FaultKind = Fault['kind'];

type FieldType = 'string' | 'number' | 'boolean' | 'object' | 'any';

const MATCH_FIELDS: Record<string, FieldType> = {
  method: 'string',
  path: 'string',
  bodyIncludes: 'string',
  nth: 'number',
  times: 'number',
};
const KIND_FIELDS: Record<FaultKind, Record<string, FieldType>> = {
  status: { status: 'number', headers: 'object', body: 'any' },
  'rate-limit': {
    status: 'number',
    code: 'number',
    subcode: 'number',
    retryAfterSeconds: 'number',
    usageWaitSeconds: 'number',
  },
  error: { code: 'number', subcode: 'number', status: 'number', message: 'string', transient: 'boolean' },
  timeout: {},
  drop: {},
  'drop-after': {},
  delay: { ms: 'number' },
};
const REQUIRED: Partial<Record<FaultKind, string>> = { status: 'status', error: 'code', delay: 'ms' };

/** Reads one fault or an array of them. A misspelt field is refused: a fault that never fires would make a test pass for nothing. */
export function parseFaults(input: unknown): Fault[] {
  return (Array.isArray(input) ? (input as unknown[]) : [input]).map((item) => parseFault(item));
}

function parseFault(input: unknown): Fault {
  const fault = asObject(input, 'a fault');
  const { kind, ...fields } = fault;
  if (typeof kind !== 'string' || !Object.hasOwn(KIND_FIELDS, kind)) {
    throw new SandboxInputError(`kind must be one of ${Object.keys(KIND_FIELDS).join(', ')}`);
  }
  const known = { ...MATCH_FIELDS, ...KIND_FIELDS[kind as FaultKind] };
  for (const [name, value] of Object.entries(fields)) {
    const type = Object.hasOwn(known, name) ? known[name] : undefined;
    if (type === undefined) throw new SandboxInputError(`a fault of kind ${kind} has no field ${name}`);
    if (type !== 'any' && typeof value !== type) throw new SandboxInputError(`${name} must be a ${type}`);
  }
  const required = REQUIRED[kind as FaultKind];
  if (required !== undefined && fields[required] === undefined) {
    throw new SandboxInputError(`a fault of kind ${kind} needs ${required}`);
  }
  return fault as unknown as Fault;
}
