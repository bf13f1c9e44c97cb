import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { HttpService } from '@nestjs/axios';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import { parseRetryAfter } from '../../../common/http/retry-after.js';
import { AppConfig } from '../../../config/config.js';
import { mistakeOfUrl } from '../webhook-url.js';
import { AddressRefusedError, lookupPublic } from './public-address.js';
import { LONGEST_WEBHOOK_WAIT_MS } from './retry-schedule.js';
import type { AttemptResult, WebhookError } from './webhook-outcome.js';

/** For the whole exchange, from the look-up to the answer; Standard Webhooks recommends 15 to 30 s. */
export const ATTEMPT_MS = 15_000;
/** So much of an answer is read, to use the connection again, and forgotten. */
const MOST_ANSWER_BYTES = 16 * 1024;
const USER_AGENT = 'audience-api-webhooks/1';

const DNS_CODES = /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT)$/;
const TLS_CODES = /CERT|SSL|TLS|SIGNATURE|ERR_OSSL|EPROTO/;

/** One message on its way to one address. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes one attempt: no redirects, no proxy from the environment, no inner addresses unless the operator allows them. Nothing of an
 * answer but its status is kept.
 */
@Injectable()
export class WebhookSender implements OnApplicationShutdown {
  private readonly httpAgent: HttpAgent;
  private readonly httpsAgent: HttpsAgent;

  constructor(
    private readonly http: HttpService,
    private readonly config: AppConfig,
  ) {
    const guard = config.webhookAllowPrivate ? {} : { lookup: lookupPublic };
    const options = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4, timeout: ATTEMPT_MS, ...guard };
    this.httpAgent = new HttpAgent(options);
    this.httpsAgent = new HttpsAgent(options);
  }

  onApplicationShutdown(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  /** @param stop ends the attempt early */
  async send(request: WebhookRequest, stop: AbortSignal): Promise<AttemptResult> {
    // A literal address is connected to without a look-up; and what is allowed may have changed since the webhook was made.
    if (mistakeOfUrl(request.url, this.config.webhookAllowPrivate) !== undefined) return { error: 'address-refused' };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ATTEMPT_MS);
    const signal = AbortSignal.any([limit.signal, stop]);
    try {
      const answer = await this.exchange(request, signal);
      await forget(answer.data, signal);
      return resultOf(answer);
    } catch (error) {
      if (stop.aborted) return { error: 'interrupted' };
      return { error: limit.signal.aborted ? 'timeout' : errorOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  private async exchange(
    { url, headers, body }: WebhookRequest,
    signal: AbortSignal,
  ): Promise<AxiosResponse<Readable>> {
    return firstValueFrom(
      this.http.request<Readable>({
        method: 'POST',
        url,
        data: Buffer.from(body),
        headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, accept: '*/*', ...headers },
        adapter: 'http',
        httpAgent: this.httpAgent,
        httpsAgent: this.httpsAgent,
        proxy: false,
        maxRedirects: 0,
        decompress: false,
        responseType: 'stream',
        validateStatus: () => true,
        signal,
      }),
    );
  }
}

/** An answer that is too long, too slow or breaks off is none the worse for it: its status has been told. */
async function forget(answer: Readable, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  const end = () => answer.destroy();
  signal.addEventListener('abort', end, { once: true });
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MOST_ANSWER_BYTES) break;
    }
  } catch {
    answer.destroy();
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function resultOf({ status, headers }: AxiosResponse<Readable>): AttemptResult {
  if (status >= 200 && status < 300) return { statusCode: status };
  if (status === 410) return { statusCode: status, error: 'gone' };
  const asked = headers['retry-after'] as unknown;
  const retryAfterMs =
    typeof asked === 'string' ? parseRetryAfter(asked, new Date(), LONGEST_WEBHOOK_WAIT_MS) : undefined;
  const isRedirect = status >= 300 && status < 400;
  return { statusCode: status, error: isRedirect ? 'redirect' : 'http-status', retryAfterMs };
}

function errorOf(error: unknown): WebhookError {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof AddressRefusedError) return 'address-refused';
    const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
    if (DNS_CODES.test(code)) return 'dns-failed';
    if (TLS_CODES.test(code)) return 'tls-failed';
  }
  return 'connection-failed';
}
