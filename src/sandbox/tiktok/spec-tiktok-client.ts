import { createHash } from 'node:crypto';
import { type Sandbox } from '../sandbox.js';

/** An answer as the specs look at it. */
export interface TikTokReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly code: number;
    readonly message: string;
    readonly request_id: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

export const ADVERTISER = '7170000000000000001';
/** Digests of `janedoe@gmail.com`, `firstlast@example.co.uk` and `+16577770000`. */
export const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
export const FIRST = 'a2c722c182246d9f13668ae371c664097b240f3180f35b046366c16c237b9ee3';
export const PHONE = 'a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb';

/** Calls the simulator over HTTP the way a careful client does; specs of the simulator only. */
export class SpecTikTokClient {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly token = 'spec-token',
  ) {}

  get base(): string {
    return `${this.sandbox.tiktok.origin}/open_api/v1.3`;
  }

  post(path: string, body: unknown): Promise<TikTokReply> {
    return this.send(path, {
      method: 'POST',
      headers: { 'Access-Token': this.token, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  get(path: string, query: Readonly<Record<string, string>>): Promise<TikTokReply> {
    return this.send(`${path}?${new URLSearchParams(query).toString()}`, { headers: { 'Access-Token': this.token } });
  }

  /** Makes a segment and returns its id. */
  async segment(name = 'Buyers', advertiser = ADVERTISER): Promise<string> {
    const { body } = await this.post('/segment/audience/', { advertiser_id: advertiser, custom_audience_name: name });
    return String(body.data['audience_id']);
  }

  /** Sends rows of which every identifier is for one segment; an empty text stands for a missing identifier. */
  map(
    audienceId: string,
    rows: readonly (readonly string[])[],
    { action = 'add', schema = ['EMAIL_SHA256'] }: { action?: string; schema?: string[] } = {},
  ): Promise<TikTokReply> {
    const batch = rows.map((row) => row.map((id) => (id === '' ? {} : { id, audience_ids: [audienceId] })));
    return this.post('/segment/mapping/', {
      advertiser_ids: [ADVERTISER],
      action,
      id_schema: schema,
      batch_data: batch,
    });
  }

  /** Uploads a file as it should be, unless some parts are given otherwise; null leaves a part out. */
  upload(content: string | Uint8Array, parts: Readonly<Record<string, string | null>> = {}): Promise<TikTokReply> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const { name = 'people.csv', ...others } = parts;
    const fields = {
      advertiser_id: ADVERTISER,
      file_signature: createHash('md5').update(bytes).digest('hex'),
      calculate_type: 'EMAIL_SHA256',
      ...others,
    };
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) if (value !== null) form.set(field, value);
    if (name !== null) form.set('file', new Blob([new Uint8Array(bytes)]), name);
    return this.send('/dmp/custom_audience/file/upload/', {
      method: 'POST',
      headers: { 'Access-Token': this.token },
      body: form,
    });
  }

  /** Uploads a file and returns its path. */
  async path(content: string, calculateType = 'EMAIL_SHA256'): Promise<string> {
    const { body } = await this.upload(content, { calculate_type: calculateType });
    return String(body.data['file_path']);
  }

  /** Makes an audience of one file and returns its id. */
  async fileAudience(content: string, values: object = {}): Promise<string> {
    const { body } = await this.post('/dmp/custom_audience/create/', {
      advertiser_id: ADVERTISER,
      custom_audience_name: 'Buyers',
      file_paths: [await this.path(content)],
      calculate_type: 'EMAIL_SHA256',
      ...values,
    });
    return String(body.data['custom_audience_id']);
  }

  update(id: string, values: object): Promise<TikTokReply> {
    return this.post('/dmp/custom_audience/update/', { advertiser_id: ADVERTISER, custom_audience_id: id, ...values });
  }

  async details(id: string): Promise<{ audience_details: Record<string, unknown>; audience_history: object[] }> {
    const { body } = await this.get('/dmp/custom_audience/get/', {
      advertiser_id: ADVERTISER,
      custom_audience_ids: JSON.stringify([id]),
    });
    const [entry] = body.data['list'] as { audience_details: Record<string, unknown>; audience_history: object[] }[];
    if (entry === undefined) throw new Error(`There is no audience ${id}`);
    return entry;
  }

  async send(path: string, init: RequestInit): Promise<TikTokReply> {
    const response = await fetch(this.base + path, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as TikTokReply['body'],
    };
  }
}

/** Status and code of an answer. */
export function verdict({ status, body }: TikTokReply): [number, number] {
  return [status, body.code];
}

/** Digests of the addresses of `count` made-up people. */
export function people(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256')
      .update(`person${from + index}@example.com`)
      .digest('hex'),
  );
}

/** A file of one digest a line. */
export function lines(digests: readonly string[]): string {
  return `${digests.join('\n')}\n`;
}
