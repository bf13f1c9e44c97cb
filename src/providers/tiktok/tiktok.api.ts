import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ManagementContext } from '../contract/audience-manager.js';
import { isRecord } from '../kit/answer-values.js';
import type { PlatformHttp, PlatformRequest } from '../kit/platform-http.js';
import { redactText } from '../kit/redact.js';
import type { TikTokTag } from './tiktok.config.js';
import type { TikTokCallTarget } from './tiktok.error-table.js';
import { readEnvelope, type TikTokEnvelope, tiktokError } from './tiktok.errors.js';
import { TikTokThrottle } from './tiktok.throttle.js';

const ROOT = '/open_api/v1.3';

const PARTIAL_SUCCESS = 20001;

export interface TikTokCall {
  readonly method: 'GET' | 'POST';
  /** Below the version, with the slash at its end that belongs to it: `/segment/mapping/`. */
  readonly path: `/${string}/`;
  readonly target: TikTokCallTarget;
  readonly query?: PlatformRequest['query'];
  readonly body?: object;
  /** Of a body that is a `Buffer`. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
}

export interface TikTokAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  /** TikTok did some of it, and does not say how much. */
  readonly isPartial: boolean;
}

export interface TikTokOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** What earlier calls with the same access token have met; two, because the streaming calls have limits of their own. */
  readonly throttles?: TikTokThrottles;
}

export interface TikTokThrottles {
  readonly segment: TikTokThrottle;
  readonly dmp: TikTokThrottle;
}

/**
 * TikTok counts ten for an app. One process starts half of them for all tags of one access token together, which leaves the
 * other half to a second process; more processes or tokens of the app may meet the limit, and then wait as told.
 */
const DMP_CALLS_PER_SECOND = 5;

export function newThrottles(now?: () => number): TikTokThrottles {
  return { segment: new TikTokThrottle(now), dmp: new TikTokThrottle(now, DMP_CALLS_PER_SECOND) };
}

/** One tag's calls of the API for Business: the token in its header, the envelope opened, errors thrown. */
export class TikTokApi {
  private readonly logger = new Logger(TikTokApi.name);
  private readonly throttles: TikTokThrottles;

  constructor(
    private readonly tag: TikTokTag,
    private readonly http: PlatformHttp,
    private readonly options: TikTokOptions = {},
  ) {
    this.throttles = options.throttles ?? newThrottles(options.now);
  }

  now(): number {
    return (this.options.now ?? Date.now)();
  }

  async call(call: TikTokCall, ctx: ManagementContext): Promise<TikTokAnswer> {
    const { accessToken, baseUrl } = this.tag;
    const isSegment = call.path.startsWith('/segment/');
    const throttle = isSegment ? this.throttles.segment : this.throttles.dmp;
    await untilTurn(throttle, ctx.signal);
    const answer = await this.http.request({
      method: call.method,
      url: `${baseUrl}${ROOT}${call.path}`,
      pathTemplate: call.path,
      headers: { 'access-token': accessToken, ...(call.contentType && { 'content-type': call.contentType }) },
      query: call.query,
      body: call.body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    });
    const envelope = readEnvelope(answer);
    if (answer.status >= 300 || !isSuccess(envelope, isSegment)) {
      throw tiktokError(answer, envelope, { target: call.target, accessToken, throttle });
    }
    throttle.passed();
    const isPartial = envelope.code === PARTIAL_SUCCESS;
    if (isPartial) {
      const said = redactText(envelope.message, [accessToken]);
      this.logger.warn(`TikTok did ${call.path} in part only: ${said} (request_id ${envelope.requestId})`);
    }
    return { data: isRecord(envelope.data) ? envelope.data : {}, isPartial };
  }
}

/** The reference prints 200 in its examples of the streaming calls, and only there; live answers were seen with 0. */
function isSuccess({ code, message }: TikTokEnvelope, isSegment: boolean): boolean {
  return code === 0 || code === PARTIAL_SUCCESS || (isSegment && code === 200 && message === 'OK');
}

/** A stop while waiting is left to the call itself, which then ends at once with our own error. */
async function untilTurn(throttle: TikTokThrottle, signal: AbortSignal): Promise<void> {
  const waitMs = throttle.turn();
  if (waitMs > 0) {
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
