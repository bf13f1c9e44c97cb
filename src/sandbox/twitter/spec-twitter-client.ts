import { createHash, randomUUID } from 'node:crypto';
import { type Sandbox } from '../sandbox.js';
import { oauthSignature, type Parameter, percentEncode } from './api/oauth-signature.js';
import { SAMPLE } from './twitter-options.js';

/** An answer as the specs look at it. */
export interface TwitterReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data: Record<string, unknown> & Record<string, unknown>[];
    readonly errors?: readonly { readonly code: string; readonly message: string; readonly parameter?: string }[];
    readonly operation_errors?: readonly unknown[];
    readonly request: { readonly params: Readonly<Record<string, unknown>> };
    readonly next_cursor?: string | null;
    readonly total_count?: number;
  };
}

/** One call; what is left out is as it should be. */
export interface TwitterCall {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Changes the OAuth parameters before they are signed; null leaves one out. */
  readonly oauth?: Readonly<Record<string, string | null>>;
  readonly secrets?: { readonly consumer: string; readonly token: string };
  readonly authorization?: string;
  readonly version?: string;
}

export const ACCOUNT = SAMPLE.account;
/** Digests of `jane.doe@example.com`, `jane.doe+promo@gmail.com` and `+14155552671`. */
export const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
export const PROMO = '5f0d1df1fc49e30424381b57b1d4c73e067772a4267dde043a19b026935602c8';
export const PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';

/** Calls the simulator over HTTP the way a careful client does; specs of the simulator only. */
export class SpecTwitterClient {
  constructor(
    private readonly sandbox: Sandbox,
    readonly token: string = SAMPLE.token,
    private readonly tokenSecret: string = SAMPLE.tokenSecret,
  ) {}

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<TwitterReply> {
    return this.call(path, { query });
  }

  async call(path: string, call: TwitterCall): Promise<TwitterReply> {
    const { version = '12', method = 'GET', query = {}, form, json } = call;
    const url = `${this.sandbox.twitter.origin}/${version}/${path}`;
    const signed = [...Object.entries(query), ...Object.entries(form ?? {})];
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
    const search = Object.entries(query).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
    const response = await fetch(search.length === 0 ? url : `${url}?${search.join('&')}`, {
      method,
      headers: {
        authorization: call.authorization ?? this.authorization(method, url, signed, call),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as TwitterReply['body'],
    };
  }

  /** Makes an audience and returns its id. */
  async audience(name = 'Buyers', account: string = ACCOUNT): Promise<string> {
    const { body } = await this.call(`accounts/${account}/custom_audiences`, { method: 'POST', query: { name } });
    return String(body.data['id']);
  }

  /** Sends operations to an audience. */
  users(id: string, operations: unknown, account: string = ACCOUNT): Promise<TwitterReply> {
    return this.call(`accounts/${account}/custom_audiences/${id}/users`, { method: 'POST', json: operations });
  }

  /** Adds people by their addresses' digests. */
  add(id: string, digests: readonly string[], params: object = {}): Promise<TwitterReply> {
    const users = digests.map((digest) => ({ email: [digest] }));
    return this.users(id, [{ operation_type: 'Update', params: { ...params, users } }]);
  }

  async read(id: string, query: Readonly<Record<string, string>> = {}): Promise<TwitterReply> {
    return this.get(`accounts/${ACCOUNT}/custom_audiences/${id}`, query);
  }

  private authorization(method: string, url: string, parameters: readonly Parameter[], call: TwitterCall): string {
    const oauth: Record<string, string | null> = {
      oauth_consumer_key: SAMPLE.consumerKey,
      oauth_nonce: randomUUID(),
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: String(Math.floor(this.sandbox.twitter.now() / 1000)),
      oauth_token: this.token,
      oauth_version: '1.0',
      ...call.oauth,
    };
    const given = Object.entries(oauth).filter((entry): entry is [string, string] => entry[1] !== null);
    const secrets = call.secrets ?? { consumer: SAMPLE.consumerSecret, token: this.tokenSecret };
    const signature = oauthSignature({ method, url, parameters: [...parameters, ...given] }, secrets);
    const all: Parameter[] =
      call.oauth?.['oauth_signature'] === undefined ? [...given, ['oauth_signature', signature]] : given;
    return `OAuth ${all.map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`;
  }
}

/** Status and code of an answer. */
export function verdict({ status, body }: TwitterReply): [number, string | undefined] {
  return [status, body.errors?.[0]?.code];
}

/** Digests of the addresses of `count` made-up people. */
export function people(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256')
      .update(`person${from + index}@example.com`)
      .digest('hex'),
  );
}
