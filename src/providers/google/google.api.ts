import type { ManagementContext } from '../contract/audience-manager.js';
import { isRecord } from '../kit/answer-values.js';
import type { PlatformHttp, PlatformRequest, PlatformResponse } from '../kit/platform-http.js';
import type { GoogleTag } from './google.config.js';
import type { GoogleCallTarget } from './google.error-table.js';
import { googleError, notUnderstood } from './google.errors.js';
import type { GoogleCredentials } from './oauth/google.credentials.js';

export interface GoogleCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the version: `/audienceMembers:ingest`. */
  readonly path: string;
  readonly pathTemplate?: string;
  readonly target: GoogleCallTarget;
  readonly query?: PlatformRequest['query'];
  /** An object, or JSON that is written out already. */
  readonly body?: object;
  /** Members in the body. */
  readonly rows?: number;
  readonly timeoutMs?: number;
}

export interface GoogleApiOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
}

/** One tag's calls of the Data Manager API, and of the Google Ads API for what that lacks: with a fresh token, checked for errors, their answers known to be objects. */
export class GoogleApi {
  constructor(
    private readonly tag: GoogleTag,
    private readonly http: PlatformHttp,
    private readonly credentials: GoogleCredentials,
    private readonly options: GoogleApiOptions = {},
  ) {}

  /** A token that is refused is replaced and the call repeated, once: it may have expired, or been taken back. */
  async call(call: GoogleCall, ctx: ManagementContext): Promise<Readonly<Record<string, unknown>>> {
    let accessToken = await this.credentials.token(ctx.signal);
    let answer = await this.send(call, accessToken, ctx);
    if (answer.status === 401) {
      accessToken = await this.credentials.token(ctx.signal, accessToken);
      answer = await this.send(call, accessToken, ctx);
    }
    const { clientSecret, refreshToken } = this.tag;
    const secrets = [accessToken, clientSecret, refreshToken];
    const error = googleError(answer, { target: call.target, secrets, rows: call.rows });
    if (error) throw error;
    if (!isRecord(answer.body)) throw notUnderstood('no JSON object');
    return answer.body;
  }

  private send(call: GoogleCall, accessToken: string, ctx: ManagementContext): Promise<PlatformResponse> {
    const { baseUrl, adsBaseUrl, adsApiVersion } = this.tag;
    const isAds = call.target === 'ads';
    const version = isAds ? adsApiVersion : 'v1';
    return this.http.request({
      method: call.method,
      url: `${isAds ? adsBaseUrl : baseUrl}/${version}${call.path}`,
      pathTemplate: `/${version}${call.pathTemplate ?? call.path}`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(call.body && { 'content-type': 'application/json' }),
        ...this.wayToAccount(call.target),
      },
      query: call.query,
      body: call.body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    });
  }

  /** Through a manager account. Calls about members tell the way in their body, others need none. */
  private wayToAccount(target: GoogleCallTarget): Readonly<Record<string, string>> {
    const { loginCustomerId } = this.tag;
    if (loginCustomerId === undefined) return {};
    if (target === 'ads') return { 'login-customer-id': loginCustomerId };
    const isList = target === 'lists' || target === 'list';
    return isList ? { 'login-account': `accountTypes/GOOGLE_ADS/accounts/${loginCustomerId}` } : {};
  }
}
