import { createHash } from 'node:crypto';
import { type Sandbox } from '../sandbox.js';

/** An answer as the specs look at it. */
export interface GraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: GraphBody;
}

/** Any body; `error` is there in a refusal only. */
export interface GraphBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly is_transient: boolean;
  };
  readonly [name: string]: unknown;
}

export const LIST = { name: 'Buyers', subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' };

/** Calls the simulator over HTTP the way a careful client does; specs of the simulator only. */
export class SpecGraphClient {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly token = 'spec-token',
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<GraphAnswer> {
    const response = await fetch(`${this.sandbox.facebook.origin}/v26.0/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as GraphBody };
  }

  /** Makes an audience in account 1234567890 and returns its id. */
  async audience(values: object = {}, account = '1234567890'): Promise<string> {
    const { body } = await this.call('POST', `act_${account}/customaudiences`, { ...LIST, ...values });
    return body['id'] as string;
  }

  add(id: string, schema: unknown, data: unknown, session?: object): Promise<GraphAnswer> {
    return this.call('POST', `${id}/users`, {
      payload: { schema, data },
      ...(session === undefined ? {} : { session }),
    });
  }

  remove(id: string, schema: unknown, data: unknown): Promise<GraphAnswer> {
    return this.call('DELETE', `${id}/users`, { payload: { schema, data } });
  }

  replace(id: string, session: object, data: unknown, schema: unknown = ['EMAIL']): Promise<GraphAnswer> {
    return this.call('POST', `${id}/usersreplace`, { payload: { schema, data }, session });
  }
}

/** Code and subcode of a refusal. */
export function refusal(answer: GraphAnswer): [number, number, number | undefined] {
  const { error } = answer.body;
  return [answer.status, error.code, error.error_subcode];
}

/** `count` made-up people as rows of one e-mail digest. */
export function people(count: number, from = 0): string[][] {
  return Array.from({ length: count }, (_, index) => [digest(`person-${from + index}@example.com`)]);
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
