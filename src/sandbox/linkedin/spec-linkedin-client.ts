import { createHash } from 'node:crypto';
import { type Sandbox } from '../sandbox.js';

/** An answer as the specs look at it. */
export interface LinkedInReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export const ACCOUNT = 'urn:li:sponsoredAccount:512345678';
/** Digests of `jane.doe@example.com` and `janedoe@gmail.com`. */
export const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
export const DOE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';

export const NEW_SEGMENT = {
  name: 'Buyers',
  sourcePlatform: 'DIRECT_API',
  account: ACCOUNT,
  type: 'USER',
  destinations: [{ destination: 'LINKEDIN' }],
} as const;

/** Calls the simulator over HTTP the way a careful client does; specs of the simulator only. */
export class SpecLinkedInClient {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly token = 'spec-token',
  ) {}

  /** Sends one call; a header that is null is left out. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string | null>> = {},
  ): Promise<LinkedInReply> {
    const all = {
      authorization: `Bearer ${this.token}`,
      'linkedin-version': '202608',
      'x-restli-protocol-version': '2.0.0',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const response = await fetch(`${this.sandbox.linkedin.origin}/rest${path}`, {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return read(response);
  }

  create(change: object = {}): Promise<LinkedInReply> {
    return this.send('POST', '/dmpSegments', { ...NEW_SEGMENT, ...change });
  }

  /** Makes a segment that takes users, and returns its id. */
  async segment(change: object = {}): Promise<string> {
    const { headers } = await this.create(change);
    this.sandbox.linkedin.advanceClock(5_000);
    return headers.get('x-restli-id') ?? '';
  }

  async details(id: string): Promise<Record<string, unknown> & { destinations: Record<string, unknown>[] }> {
    const { body } = await this.send('GET', `/dmpSegments/${id}`);
    return body as Awaited<ReturnType<SpecLinkedInClient['details']>>;
  }

  list(query: Readonly<Record<string, string>> = {}): Promise<LinkedInReply> {
    const parameters = new URLSearchParams({ q: 'account', account: ACCOUNT, ...query });
    return this.send('GET', `/dmpSegments?${parameters.toString()}`);
  }

  users(id: string, elements: unknown): Promise<LinkedInReply> {
    return this.send('POST', `/dmpSegments/${id}/users`, { elements }, { 'x-restli-method': 'BATCH_CREATE' });
  }

  /** Asks for an access token. */
  async oauth(form: Readonly<Record<string, string>>, init: RequestInit = {}): Promise<LinkedInReply> {
    const fields = { client_id: '77sandboxclient', client_secret: 'WPL_AP1.sandbox', ...form };
    const body = new URLSearchParams(fields);
    const url = `${this.sandbox.linkedin.origin}/oauth/v2/accessToken`;
    return read(await fetch(url, { method: 'POST', body, ...init }));
  }
}

/** Status and code of an answer. */
export function verdict({ status, body }: LinkedInReply): [number, unknown] {
  return [status, body['code']];
}

/** An element that adds the owner of the digest. */
export function add(digest: string, more: object = {}): object {
  return { action: 'ADD', userIds: [{ idType: 'SHA256_EMAIL', idValue: digest }], ...more };
}

/** Digests of the addresses of `count` made-up people. */
export function people(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256')
      .update(`person${from + index}@example.com`)
      .digest('hex'),
  );
}

async function read(response: Response): Promise<LinkedInReply> {
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as LinkedInReply['body'];
  return { status: response.status, headers: response.headers, body };
}
