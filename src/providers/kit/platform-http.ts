import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpService } from '@nestjs/axios';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AxiosError, isAxiosError, type AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import { PlatformUnavailableError } from '../contract/provider-errors.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/** Answers of the platforms are a few kilobytes; one without end must not fill our memory. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Sixteen digits in a row: perhaps an integer that a number cannot hold. */
const LONG_INTEGER = /\d{16}/;

const AGENT_OPTIONS = { keepAlive: true, maxSockets: 32, maxFreeSockets: 8 } as const;

export interface PlatformRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With a query only where a signature covers how it is encoded: it is sent as it stands. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A `Buffer` goes as it is (give its `content-type`), `URLSearchParams` as a form, any other object as JSON. */
  readonly body?: object;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The path with ids left out (`/{audience}/users`), for the observers. */
  readonly pathTemplate?: string;
}

export interface PlatformResponse {
  readonly status: number;
  /** Names in lower case; values of a repeated header joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON, whatever the content type says (integers beyond 2^53 as texts); otherwise the text. */
  readonly body: unknown;
}

/** One finished call, for counters: nothing in it comes from a user or a credential. */
export interface PlatformCall {
  readonly method: string;
  readonly host: string;
  readonly pathTemplate?: string;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly ms: number;
}

export type PlatformCallListener = (call: PlatformCall) => void;

/**
 * HTTP to the platforms: kept-alive connections, a time limit, no redirects (they would carry credentials elsewhere), no
 * proxy from the environment. Every HTTP status is an answer; only a missing answer is an error, and that error holds
 * neither the query nor any header.
 */
@Injectable()
export class PlatformHttp implements OnApplicationShutdown {
  private readonly httpAgent = new HttpAgent(AGENT_OPTIONS);
  private readonly httpsAgent = new HttpsAgent(AGENT_OPTIONS);
  private readonly listeners = new Set<PlatformCallListener>();

  constructor(private readonly http: HttpService) {}

  /** Calls `listener` after each call, until the returned function is called. */
  onCall(listener: PlatformCallListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sends one request. Throws `PlatformUnavailableError` when no whole answer came. */
  async request(request: PlatformRequest): Promise<PlatformResponse> {
    const startedAt = performance.now();
    const url = urlOf(request);
    let status: number | undefined;
    try {
      const answer = await this.exchange(request, url);
      status = answer.status;
      return { status, headers: headersOf(answer), body: parseBody(answer.data.toString('utf8')) };
    } finally {
      const { method, pathTemplate } = request;
      const call = { method, host: url.host, pathTemplate, status, ms: performance.now() - startedAt };
      this.listeners.forEach((listener) => listener(call));
    }
  }

  /** After the deliveries in flight have ended: it cuts the connections in use. */
  onApplicationShutdown(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  private async exchange(request: PlatformRequest, url: URL): Promise<AxiosResponse<Buffer>> {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    // Axios' own limit is one of silence between two bytes: an answer that trickles would never end.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    try {
      return await firstValueFrom(
        this.http.request<Buffer>({
          method: request.method,
          url: url.href,
          ...payloadOf(request),
          adapter: 'http',
          httpAgent: this.httpAgent,
          httpsAgent: this.httpsAgent,
          proxy: false,
          maxRedirects: 0,
          maxContentLength: MAX_ANSWER_BYTES,
          maxBodyLength: Infinity,
          responseType: 'arraybuffer',
          validateStatus: () => true,
          signal: request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal,
        }),
      );
    } catch (error) {
      // Not even as a cause: the error of axios holds the request with its credentials and its users.
      throw new PlatformUnavailableError(`${url.host} ${reasonOf(error, request.signal, limit.signal, timeoutMs)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function urlOf(request: PlatformRequest): URL {
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) {
      url.searchParams.set(name, String(value));
    }
  }
  return url;
}

/** The body is serialised here, once: given an object, axios would look into it and copy it. */
function payloadOf({ body, headers }: PlatformRequest): { headers: Record<string, string>; data?: Buffer } {
  const common = { accept: 'application/json', 'user-agent': 'audience-api' };
  if (body === undefined) {
    return { headers: { ...common, ...headers } };
  }
  if (Buffer.isBuffer(body)) {
    return { headers: { ...common, 'content-type': 'application/octet-stream', ...headers }, data: body };
  }
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const data = Buffer.from(isForm ? body.toString() : JSON.stringify(body));
  return { headers: { ...common, 'content-type': type, ...headers }, data };
}

function headersOf(answer: AxiosResponse<Buffer>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers as Record<string, unknown>)) {
    if (typeof value === 'string' || Array.isArray(value)) {
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return headers;
}

function parseBody(text: string): unknown {
  try {
    return (LONG_INTEGER.test(text) ? JSON.parse(text, keepLongInteger) : JSON.parse(text)) as unknown;
  } catch {
    return text;
  }
}

/** Ids are numbers of up to 20 digits, and some platforms send them bare: rounded, they would be those of somebody else. */
function keepLongInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}

function reasonOf(error: unknown, stop: AbortSignal | undefined, limit: AbortSignal, timeoutMs: number): string {
  if (stop?.aborted) {
    return 'was not waited for: the call was stopped';
  }
  if (limit.aborted) {
    return `did not answer within ${timeoutMs} ms`;
  }
  if (isAxiosError(error) && error.code === AxiosError.ERR_BAD_RESPONSE) {
    return 'sent an answer that cannot be read';
  }
  const code = isAxiosError(error) ? error.code : undefined;
  return code === undefined || code.startsWith('ERR_') ? 'could not be reached' : `could not be reached (${code})`;
}
