import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.js';

/** An answer as the specs look at it. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body, or the text of one that is no JSON. */
  readonly body: unknown;
}

type Attributes = Readonly<Record<string, unknown>>;

/** Calls the simulator over HTTP the way a careful client does; for specs only. */
export class SpecKlaviyoClient {
  constructor(
    readonly sandbox: Sandbox,
    private readonly key = 'pk_spec',
  ) {}

  async call(method: string, path: string, sent?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.sandbox.klaviyo.origin}/api/${path}`, {
      method,
      headers: {
        authorization: `Klaviyo-API-Key ${this.key}`,
        revision: '2026-07-15',
        ...(sent === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    const body = text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
    return { status: response.status, headers: response.headers, body };
  }

  get(path: string, query: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.call('GET', `${path}?${new URLSearchParams(query).toString()}`);
  }

  /** Posts a resource that has attributes only. */
  post(path: string, type: string, attributes: unknown): Promise<ApiAnswer> {
    return this.call('POST', path, { data: { type, attributes } });
  }

  patch(path: string, type: string, attributes: unknown): Promise<ApiAnswer> {
    return this.call('PATCH', path, { data: { type, id: path.split('/')[1], attributes } });
  }

  /** Makes a list and returns its id. */
  async list(name = 'Buyers'): Promise<string> {
    return idOf(await this.post('lists', 'list', { name }));
  }

  /** Makes a segment of these groups of conditions and returns its id. */
  async segment(...groups: readonly (readonly unknown[])[]): Promise<string> {
    const definition = { condition_groups: groups.map((conditions) => ({ conditions })) };
    return idOf(await this.post('segments', 'segment', { name: 'Segment', definition }));
  }

  import(listId: string | undefined, rows: readonly unknown[]): Promise<ApiAnswer> {
    const lists = { lists: { data: [{ type: 'list', id: listId }] } };
    return this.call('POST', 'profile-bulk-import-jobs', {
      data: {
        type: 'profile-bulk-import-job',
        attributes: { profiles: { data: rows } },
        ...(listId === undefined ? {} : { relationships: lists }),
      },
    });
  }

  /** Imports rows, waits for the end of the job and returns its id. */
  async imported(listId: string | undefined, ...rows: readonly Attributes[]): Promise<string> {
    const job = idOf(await this.import(listId, rows.map(profile)));
    this.sandbox.klaviyo.advanceClock(10_000);
    return job;
  }

  /** The ids of the members of a list, a segment or a job. */
  async members(path: string): Promise<string[]> {
    const { body } = await this.get(`${path}/relationships/profiles`, { 'page[size]': '100' });
    return (body as { data: { id: string }[] }).data.map(({ id }) => id);
  }

  /** The attributes of the first profile with this address. */
  async profile(email: string): Promise<Record<string, unknown>> {
    const { body } = await this.get('profiles', { filter: `equals(email,"${email}")` });
    const [first] = (body as { data: { id: string; attributes: object }[] }).data;
    return { id: first?.id, ...first?.attributes };
  }
}

/** A sandbox without limits, unless a spec wants them, and a client of it. */
export async function startKlaviyo(options: SandboxOptions['klaviyo'] = {}): Promise<SpecKlaviyoClient> {
  return new SpecKlaviyoClient(await startSandbox({ klaviyo: { rateLimits: false, ...options } }));
}

/** A row of an import. */
export function profile(attributes: Attributes): object {
  return { type: 'profile', attributes };
}

export function memberOf(listId: string, isMember = true): object {
  return { type: 'profile-group-membership', is_member: isMember, group_ids: [listId] };
}

export function idOf({ body }: ApiAnswer): string {
  return (body as { data: { id: string } }).data.id;
}

/** Status, code and source of every error of a refusal. */
export function refusals({ status, body }: ApiAnswer): unknown[] {
  const { errors } = body as { errors: { code: string; source: { pointer?: string; parameter?: string } }[] };
  return [status, ...errors.map(({ code, source }) => [code, source.pointer ?? source.parameter])];
}

/** The one detail of a refusal. */
export function detailOf({ body }: ApiAnswer): string {
  return (body as { errors: { detail: string }[] }).errors[0]?.detail ?? '';
}
