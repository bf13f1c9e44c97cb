import { type KlaviyoAccount } from '../klaviyo-account.js';
import { type Query } from './query.js';

/** Calls per second and per minute. */
export interface Rate {
  readonly burst: number;
  readonly steady: number;
}

/** https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling */
export const RATES = {
  xs: { burst: 1, steady: 15 },
  s: { burst: 3, steady: 60 },
  m: { burst: 10, steady: 150 },
  l: { burst: 75, steady: 750 },
} as const satisfies Record<string, Rate>;

/** Calls per day, where an operation has such a cap. */
export type DailyCap = 'listCreate' | 'segmentCreate' | 'segmentPatch';

/** One call: key, revision, path and query have been read, and the account has caught up with the clock. */
export interface ApiCall {
  readonly account: KlaviyoAccount;
  readonly origin: string;
  /** Without a trailing slash. */
  readonly path: string;
  /** The id in the path; empty where there is none. */
  readonly id: string;
  readonly query: Query;
  readonly body: unknown;
  readonly bodyBytes: number;
  readonly now: number;
}

/** What a call is answered with; without a body the answer is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one call of the platform needs and does. */
export interface Operation {
  readonly scopes: readonly string[];
  readonly rate: Rate;
  readonly daily?: DailyCap;
  /** A parameter with which the call counts elsewhere, against stricter limits. */
  readonly costly?: { readonly parameter: string; readonly rate: Rate };
  /** The query parameters it knows. */
  readonly parameters?: readonly string[];
  readonly answer: (call: ApiCall) => Answer;
}

/** Operations under `<method> <path>`, as in `GET /api/lists/:id`. */
export type OperationTable = Readonly<Record<string, Operation>>;
