import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementContext } from '../contract/audience-manager.js';
import type { PlatformHttp, PlatformRequest, PlatformResponse } from '../kit/platform-http.js';
import type { KlaviyoTag } from './klaviyo.config.js';
import { type KlaviyoCallTarget, klaviyoError, notUnderstood } from './klaviyo.errors.js';

const MEDIA_TYPE = 'application/vnd.api+json';

/** Ten calls a second are the limit of some collections. */
const PAGE_PAUSE_MS = 110;

export interface KlaviyoCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the origin: `/api/lists`. */
  readonly path: string;
  readonly pathTemplate?: string;
  readonly target: KlaviyoCallTarget;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** An object, or JSON that is written out already. */
  readonly body?: object;
  readonly timeoutMs?: number;
}

/** A resource of JSON:API, as far as all of them are alike. */
export interface KlaviyoResource {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface KlaviyoPage {
  readonly resources: readonly KlaviyoResource[];
  /** Where the next page starts; absent on the last. */
  readonly next?: string;
}

export interface KlaviyoApiOptions {
  /** Instead of each call's own time limit. */
  readonly timeoutMs?: number;
}

/** One tag's calls: the key in its header, the revision pinned, answers checked for errors. */
export class KlaviyoApi {
  constructor(
    private readonly tag: KlaviyoTag,
    private readonly http: PlatformHttp,
    private readonly options: KlaviyoApiOptions = {},
  ) {}

  /** The answer as it came. */
  send(call: KlaviyoCall, ctx: ManagementContext): Promise<PlatformResponse> {
    const { apiKey, revision, baseUrl } = this.tag;
    const request: PlatformRequest = {
      method: call.method,
      url: `${baseUrl}${call.path}`,
      pathTemplate: call.pathTemplate ?? call.path,
      headers: {
        authorization: `Klaviyo-API-Key ${apiKey}`,
        revision,
        accept: MEDIA_TYPE,
        ...(call.body && { 'content-type': MEDIA_TYPE }),
      },
      query: call.query,
      body: call.body,
      timeoutMs: this.options.timeoutMs ?? call.timeoutMs,
      signal: ctx.signal,
    };
    return this.http.request(request);
  }

  /** @throws the error that the answer stands for */
  check(answer: PlatformResponse, target: KlaviyoCallTarget): void {
    const error = klaviyoError(answer, target, this.tag.apiKey);
    if (error) throw error;
  }

  /** A call whose answer holds nothing. */
  async done(call: KlaviyoCall, ctx: ManagementContext): Promise<void> {
    this.check(await this.send(call, ctx), call.target);
  }

  /** The resource that a call answers with. */
  async one(call: KlaviyoCall, ctx: ManagementContext): Promise<KlaviyoResource> {
    const answer = await this.send(call, ctx);
    this.check(answer, call.target);
    return resourceIn(answer);
  }

  /**
   * A collection, all its pages. Where the next one cannot be told, that is an error and not the end: what is taken for absent
   * is created again.
   */
  async all(call: KlaviyoCall, ctx: ManagementContext): Promise<readonly KlaviyoResource[]> {
    const first = await this.page(call, ctx);
    const resources = [...first.resources];
    const seen = new Set<string>();
    for (let cursor = first.next; cursor !== undefined;) {
      if (seen.has(cursor)) throw notUnderstood('pages that go round in circles');
      seen.add(cursor);
      await sleep(PAGE_PAUSE_MS, undefined, { signal: ctx.signal }).catch(() => undefined);
      const page = await this.page({ ...call, query: { ...call.query, 'page[cursor]': cursor } }, ctx);
      resources.push(...page.resources);
      cursor = page.next;
    }
    return resources;
  }

  private async page(call: KlaviyoCall, ctx: ManagementContext): Promise<KlaviyoPage> {
    const answer = await this.send(call, ctx);
    this.check(answer, call.target);
    const { data, links } = (answer.body ?? {}) as { data?: unknown; links?: { next?: unknown } | null };
    if (!Array.isArray(data)) throw notUnderstood('a collection without data');
    return { resources: data.filter(isResource).map(withAttributes), next: this.cursorOf(links?.next) };
  }

  /** Only the cursor is taken: the rest of the address would decide where our key goes. */
  private cursorOf(next: unknown): string | undefined {
    if (next === undefined || next === null) return undefined;
    const url = typeof next === 'string' ? URL.parse(next, this.tag.baseUrl) : null;
    const cursor = url?.searchParams.get('page[cursor]');
    if (!cursor) throw notUnderstood('a next page without its cursor');
    return cursor;
  }
}

/** The resource of an answer that is known to be no error. */
export function resourceIn(answer: PlatformResponse): KlaviyoResource {
  const data = (answer.body as { data?: unknown } | null)?.data;
  if (!isResource(data)) throw notUnderstood('no resource with an id');
  return withAttributes(data);
}

function isResource(value: unknown): value is { id: string; attributes?: unknown } {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' && id !== '';
}

function withAttributes({ id, attributes }: { id: string; attributes?: unknown }): KlaviyoResource {
  return { id, attributes: (attributes ?? {}) as KlaviyoResource['attributes'] };
}
