import { type AdsParams } from './ads-params.js';

/** The ids in a path. */
export interface PathIds {
  readonly account: string;
  readonly audience: string;
  readonly permission: string;
  readonly list: string;
}

/** One call: signature, token and account have been checked. */
export interface AdsCall {
  readonly token: string;
  /** Those that the path has; the others are empty. */
  readonly ids: PathIds;
  readonly params: AdsParams;
  /** A JSON body, when there was one. */
  readonly json: unknown;
  readonly bodyBytes: number;
}

/** What a call is answered. */
export interface AdsAnswer {
  readonly data: unknown;
  readonly status?: number;
  /** Of a list: undefined leaves it out, null says that this was the last page. */
  readonly nextCursor?: string | null;
  readonly totalCount?: number;
  /** Answers `request` as a list, as batch calls do. */
  readonly isBatch?: true;
}
