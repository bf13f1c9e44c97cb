import type { ManagementContext } from '../../contract/audience-manager.js';
import type { ProviderError } from '../../contract/provider-errors.js';
import type { PlatformHttp, PlatformRequest, PlatformResponse } from '../../kit/platform-http.js';
import type { LinkedInAccess } from './linkedin.access.js';
import type { LinkedInTag } from '../linkedin.config.js';
import { type LinkedInCallTarget, linkedInError } from './linkedin.errors.js';
import { LinkedInThrottle } from './linkedin.throttle.js';

const ROOT = '/rest';
const PROTOCOL = '2.0.0';

export interface LinkedInCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/rest`, ids included. */
  readonly path: string;
  /** The path with ids left out, for the metrics. */
  readonly pathTemplate: string;
  readonly target: LinkedInCallTarget;
  /** What the call does where method and path do not say it. */
  readonly restMethod?: 'BATCH_CREATE' | 'PARTIAL_UPDATE';
  readonly query?: PlatformRequest['query'];
  /** An object, or JSON that is written out already. */
  readonly body?: object;
  readonly timeoutMs?: number;
}

export interface LinkedInOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** Instead of the pause that a new segment needs before an audience can be grown in it, ms. */
  readonly warmUpMs?: number;
  /** What earlier calls with the same access token have met. */
  readonly throttle?: LinkedInThrottle;
}

/** One tag's calls: version and token in their headers, a refused token renewed once, errors thrown. */
export class LinkedInApi {
  private readonly throttle: LinkedInThrottle;

  constructor(
    private readonly tag: LinkedInTag,
    private readonly http: PlatformHttp,
    private readonly access: LinkedInAccess,
    private readonly options: LinkedInOptions = {},
  ) {
    this.throttle = options.throttle ?? new LinkedInThrottle(options.now);
  }

  now(): number {
    return (this.options.now ?? Date.now)();
  }

  async call(call: LinkedInCall, { signal }: ManagementContext): Promise<PlatformResponse> {
    let accessToken = await this.access.token(signal);
    let answer = await this.send(call, accessToken, signal);
    // Whatever is said of the token: where the refresh token was revoked as well, its own refusal tells.
    if (answer.status === 401 && this.access.isRenewable) {
      accessToken = await this.access.token(signal, accessToken);
      answer = await this.send(call, accessToken, signal);
    }
    if (answer.status < 200 || answer.status >= 300) {
      throw linkedInError(answer, { target: call.target, accessToken, throttle: this.throttle });
    }
    // Of users, their outcomes have to be looked at first.
    if (call.target !== 'users') this.passed();
    return answer;
  }

  /** A call went through, with all that was in it. */
  passed(): void {
    this.throttle.passed();
  }

  /** What it means that users of a call were answered with this status. */
  errorOfElement(status: number): ProviderError {
    const call = { target: 'users', accessToken: '', throttle: this.throttle } as const;
    return linkedInError({ status, headers: {}, body: undefined }, call);
  }

  private send(call: LinkedInCall, accessToken: string, signal: AbortSignal): Promise<PlatformResponse> {
    const { apiVersion, baseUrl } = this.tag;
    return this.http.request({
      method: call.method,
      url: `${baseUrl}${ROOT}${call.path}`,
      pathTemplate: `${ROOT}${call.pathTemplate}`,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'linkedin-version': apiVersion,
        'x-restli-protocol-version': PROTOCOL,
        ...(call.restMethod && { 'x-restli-method': call.restMethod }),
        ...(call.body && { 'content-type': 'application/json' }),
      },
      query: call.query,
      body: call.body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal,
    });
  }
}
