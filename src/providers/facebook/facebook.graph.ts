import { createHmac } from 'node:crypto';
import type { ManagementContext } from '../contract/audience-manager.js';
import type { PlatformHttp, PlatformRequest } from '../kit/platform-http.js';
import type { FacebookTag } from './facebook.config.js';
import { facebookError, type FacebookCallTarget, notUnderstood } from './facebook.errors.js';
import { pauseFor, readUsage } from './facebook.usage.js';

/** Two members of a body; none without an app secret. */
export type AppSecretProof = Readonly<Record<string, string | number>>;

export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the version: `/act_1/customaudiences`. */
  readonly path: string;
  readonly pathTemplate: string;
  readonly target: FacebookCallTarget;
  readonly query?: PlatformRequest['query'];
  /** What goes as JSON; or writes that out, given what proves that the caller knows the app secret. */
  readonly body?: Readonly<Record<string, unknown>> | ((proof: AppSecretProof) => Buffer);
  readonly timeoutMs?: number;
  /** Values of users that the call sends as they are: taken out of what Facebook says. Asked for only when it refuses. */
  readonly plainValues?: () => readonly string[];
}

export interface GraphAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** The pause that the usage headers ask for. */
  readonly pauseMs?: number;
}

export interface GraphOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** One tag's calls of the Graph API: signed, checked for errors, their answers known to be objects. */
export class FacebookGraph {
  constructor(
    private readonly tag: FacebookTag,
    private readonly http: PlatformHttp,
    private readonly options: GraphOptions = {},
  ) {}

  async call(call: GraphCall, ctx: ManagementContext): Promise<GraphAnswer> {
    const proof = this.proof();
    const answer = await this.http.request({
      method: call.method,
      url: `${this.tag.baseUrl}/${this.tag.apiVersion}${call.path}`,
      pathTemplate: call.pathTemplate,
      // Only here: proxies and servers log addresses, and a token in a body would be one more place to look after.
      headers: {
        authorization: `Bearer ${this.tag.accessToken}`,
        ...(typeof call.body === 'function' && { 'content-type': 'application/json' }),
      },
      query: call.body ? call.query : { ...call.query, ...proof },
      body: typeof call.body === 'function' ? call.body(proof) : call.body && { ...call.body, ...proof },
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    });
    const error = facebookError(answer, call.target, this.tag, call.plainValues);
    if (error) {
      throw error;
    }
    if (typeof answer.body !== 'object' || answer.body === null) {
      throw notUnderstood('no JSON object');
    }
    return { body: answer.body as GraphAnswer['body'], pauseMs: pauseFor(readUsage(answer.headers)) };
  }

  /** Made anew for each call: Facebook takes one for five minutes. */
  private proof(): AppSecretProof {
    const { accessToken, appSecret } = this.tag;
    if (appSecret === undefined) {
      return {};
    }
    const seconds = Math.floor((this.options.now ?? Date.now)() / 1000);
    return { appsecret_proof: appSecretProof(accessToken, appSecret, seconds), appsecret_time: seconds };
  }
}

/**
 * Shows that the caller knows the app secret; with a time it cannot be used again later.
 * https://developers.facebook.com/docs/facebook-login/security#proof
 */
export function appSecretProof(accessToken: string, appSecret: string, unixSeconds?: number): string {
  const signed = unixSeconds === undefined ? accessToken : `${accessToken}|${unixSeconds}`;
  return createHmac('sha256', appSecret).update(signed).digest('hex');
}
