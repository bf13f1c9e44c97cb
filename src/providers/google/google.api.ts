import type { CallContext } from '../contract/audience-provider.js';
import { isRecord } from '../kit/answer-values.js';
import type { PlatformHttp, PlatformRequest, PlatformResponse } from '../kit/platform-http.js';
import type { GoogleTag } from './google.config.js';
import type { GoogleCallTarget } from './google.error-table.js';
import { googleError, notUnderstood } from './google.errors.js';
import type { GoogleCredentials } from './oauth/google.credentials.js';

export interface GoogleCall {
  readonly method: 'GET' | 'POST';
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

/** One tag's calls of the Data Manager API: with a fresh token, checked for errors, their answers known to be objects. */
export class GoogleApi {
  constructor(
    private readonly tag: GoogleTag,
    private readonly http: PlatformHttp,
    private readonly credentials: GoogleCredentials,
    private readonly options: GoogleApiOptions = {},
  ) {}

  /** A token that is refused is replaced and the call repeated, once: it may have expired, or been taken back. */
  async call(call: GoogleCall, ctx: CallContext): Promise<Readonly<Record<string, unknown>>> {
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

  private send(call: GoogleCall, accessToken: string, ctx: CallContext): Promise<PlatformResponse> {
    const { loginCustomerId, baseUrl } = this.tag;
    const throughManager = call.target === 'lists' && loginCustomerId !== undefined;
    return this.http.request({
      method: call.method,
      url: `${baseUrl}/v1${call.path}`,
      pathTemplate: `/v1${call.pathTemplate ?? call.path}`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(call.body && { 'content-type': 'application/json' }),
        // Calls about members tell the way to the account in their body.
        ...(throughManager && { 'login-account': `accountTypes/GOOGLE_ADS/accounts/${loginCustomerId}` }),
      },
      query: call.query,
      body: call.body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    });
  }
}
