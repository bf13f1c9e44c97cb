import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ManagementContext } from '../contract/audience-manager.js';
import { isRecord } from '../kit/answer-values.js';
import type { PlatformHttp, PlatformResponse } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import type { TwitterTag } from './twitter.config.js';
import { type FailedCall, notUnderstood, twitterError } from './twitter.errors.js';
import { pauseFor } from './twitter.limits.js';
import { oauthHeader, queryText } from './twitter.signature.js';

const VERSION = '12';

export interface TwitterCall extends Pick<FailedCall, 'target' | 'rowsAtFault'> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the account: `/custom_audiences`. */
  readonly path: string;
  /** The path with ids left out. */
  readonly pathTemplate: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Writes the JSON body, given X's time in ms since 1970; called for each attempt. */
  readonly body?: (now: number) => Buffer;
  readonly timeoutMs?: number;
  /** Values of users that the call sends as they are: taken out of what X says. */
  readonly plainValues?: readonly string[];
}

export interface TwitterAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** The pause that the rate headers ask for. */
  readonly pauseMs?: number;
}

export interface TwitterOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** Warnings that were logged before, so that each is logged once. */
  readonly warnings?: Set<string>;
}

/** One tag's calls of the Ads API: signed, checked for errors, their answers known to be objects. */
export class TwitterApi {
  private readonly logger = new Logger(TwitterApi.name);
  /** How far X's clock is ahead of ours: a signature is good for some minutes only. */
  private aheadMs = 0;

  constructor(
    private readonly tag: TwitterTag,
    private readonly http: PlatformHttp,
    private readonly options: TwitterOptions = {},
  ) {}

  now(): number {
    return (this.options.now ?? Date.now)() + this.aheadMs;
  }

  async call(call: TwitterCall, ctx: ManagementContext): Promise<TwitterAnswer> {
    let answer = await this.send(call, ctx);
    if (answer.status === 401) {
      // Nothing was carried out. If our clock was to blame, the time that X tells makes the next signature good.
      this.setClock(answer.headers['date']);
      answer = await this.send(call, ctx);
    }
    const { consumerKey, consumerSecret, accessToken, accessTokenSecret } = this.tag;
    const secrets = [consumerKey, consumerSecret, accessToken, accessTokenSecret];
    this.warn(answer.headers['x-api-warn'], secrets);
    const { target, rowsAtFault, plainValues = [] } = call;
    const now = this.now();
    const error = twitterError(answer, { target, rowsAtFault, now, secrets: [...secrets, ...plainValues] });
    if (error) {
      throw error;
    }
    if (!isRecord(answer.body)) {
      throw notUnderstood('no JSON object');
    }
    return { body: answer.body, pauseMs: pauseFor(answer.headers, now) };
  }

  private send(call: TwitterCall, ctx: ManagementContext): Promise<PlatformResponse> {
    const { baseUrl, adAccountId } = this.tag;
    const { method } = call;
    const now = this.now();
    const body = call.body?.(now);
    const query = call.query === undefined ? '' : `?${queryText(call.query)}`;
    const url = `${baseUrl}/${VERSION}/accounts/${adAccountId}${call.path}${query}`;
    const stamp = { nonce: randomBytes(16).toString('hex'), timestamp: Math.floor(now / 1000) };
    return this.http.request({
      method,
      url,
      pathTemplate: `/accounts/{account}${call.pathTemplate}`,
      headers: {
        authorization: oauthHeader({ method, url }, this.tag, stamp),
        ...(body && { 'content-type': 'application/json' }),
      },
      body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    });
  }

  private setClock(date: string | undefined): void {
    const time = Date.parse(date ?? '');
    if (!Number.isNaN(time)) {
      this.aheadMs += time - this.now();
    }
  }

  /** Comes with every answer of a version that will go. */
  private warn(warning: string | undefined, secrets: readonly string[]): void {
    const { warnings } = this.options;
    if (warning === undefined || warnings?.has(warning)) return;
    warnings?.add(warning);
    this.logger.warn(`X warns: ${redactText(warning, secrets)}`);
  }
}
