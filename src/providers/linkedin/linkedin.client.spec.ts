import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../contract/audience-provider.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { LinkedInClient } from './linkedin.client.js';
import { LinkedInTag } from './linkedin.config.js';
import type { LinkedInRow } from './linkedin.normaliser.js';

const LIST = '/rest/dmpSegments';
const ACCOUNT = 'urn:li:sponsoredAccount:512345678';
const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const DOE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const JOSE = 'd6e6322f24ceab11df1fd329198226a78912ddc28c9fd17ac9bd4f6f107d9b15';
/** `aud_` and half of the SHA-256 digest of "Buyers". */
const SOURCE_ID = 'aud_413d60d5cf059b8d111eddd32b7b4fc7';

const row = (email: string, more: Partial<LinkedInRow> = {}): LinkedInRow => ({
  ...{ email, firstName: '', lastName: '', country: '' },
  ...more,
});
const rows = [row(JANE, { firstName: 'Jane', lastName: 'Doe', country: 'US' }), row(DOE), row(JOSE)];

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 3,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const signal = new AbortController().signal;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'primary',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(linkedin: SandboxOptions['linkedin'] = { warmUpMs: 0 }): Promise<LinkedInClient> {
  sandbox = await startSandbox({ linkedin });
  return clientWith({});
}

function clientWith(values: Partial<LinkedInTag>): LinkedInClient {
  const settings = { accessToken: 'tok_abc', adAccountId: '512345678', baseUrl: sandbox.linkedin.origin, ...values };
  const tag = Object.assign(new LinkedInTag(), settings);
  return new LinkedInClient(tag, http, new LocalAccessTokens(), { now: () => sandbox.linkedin.now() });
}

/** Lets every look-up answer this. */
function listAnswers(elements: unknown, paging: unknown = { total: 1 }): void {
  sandbox.linkedin.addFaults({ kind: 'status', path: LIST, method: 'GET', status: 200, body: { elements, paging } });
}

const found = (id: unknown, change: object = {}) => ({
  ...{ id, name: 'Buyers', type: 'USER', sourcePlatform: 'DIRECT_API', created: 1_795_219_200_000 },
  destinations: [{ destination: 'LINKEDIN', status: 'READY' }],
  ...change,
});
const lookups = () => sandbox.linkedin.requests({ method: 'GET', path: LIST }).requests.map(({ query }) => query);

describe('LinkedInClient.findAudience', () => {
  it('finds nothing in an empty account, then what was created by its key, in one call', async () => {
    const client = await start();
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
    const query = { q: 'account', account: ACCOUNT, sourcePlatform: 'DIRECT_API', start: '0', count: '100' };
    expect(lookups()).toEqual([{ ...query, sourceSegmentId: SOURCE_ID }, query]);

    const created = await client.createAudience('Buyers', ctx);
    sandbox.linkedin.clearRequests();
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);
    expect(lookups()).toHaveLength(1);
  });

  it('finds what somebody else has made with this app, on any page', async () => {
    const client = await start();
    const headers = {
      authorization: 'Bearer other',
      'content-type': 'application/json',
      'linkedin-version': '202608',
      'x-restli-protocol-version': '2.0.0',
    };
    const body = { name: 'Buyers', type: 'USER', sourcePlatform: 'DIRECT_API', account: ACCOUNT };
    const make = (change: object) =>
      fetch(sandbox.linkedin.origin + LIST, {
        method: 'POST',
        headers,
        body: JSON.stringify({ ...body, destinations: [{ destination: 'LINKEDIN' }], ...change }),
      });
    for (let number = 0; number < 200; number += 1) await make({ name: `other ${number}` });
    const id = (await make({})).headers.get('x-restli-id');

    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id });
    expect(lookups().map(({ start }) => start)).toEqual(['0', '0', '100', '200']);
  });

  it('compares the name exactly, and passes by what it cannot fill', async () => {
    const client = await start();
    const status = (value: string) => ({ destinations: [{ destination: 'LINKEDIN', status: value }] });
    listAnswers([
      found(1, { name: 'buyers' }),
      found(2, { name: 'Buyers ' }),
      found(3, { type: 'USER_LIST_UPLOAD' }),
      found(4, { sourcePlatform: 'SEGMENT' }),
      found(5, status('EXPIRED')),
      found(6, status('FAILED')),
      found(7, status('ERROR')),
      found('x'),
      found(9, status('ARCHIVED')),
    ]);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '9' });
  });

  it('takes the oldest of several', async () => {
    const client = await start();
    listAnswers([found(7), found(9, { created: 5 }), found(8, { created: 5 }), found(6, { created: undefined })]);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '8' });
  });

  it('takes what has no destination yet for one that is being built', async () => {
    const client = await start();
    listAnswers([found(7, { destinations: undefined })]);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '7' });
  });

  it('reads on where a page is shorter than was asked for', async () => {
    const client = await start();
    for (const name of ['A', 'B', 'C']) await client.createAudience(name, ctx);
    const page = (start: number, elements: unknown[]) => ({ elements, paging: { start, count: 2, total: 3 } });
    const answers = [page(0, []), page(0, [found(1, { name: 'x' }), found(2, { name: 'y' })]), page(2, [found(3)])];
    for (const body of answers) sandbox.linkedin.addFaults({ kind: 'status', path: LIST, status: 200, times: 1, body });
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '3' });
    expect(lookups().map(({ start }) => start)).toEqual(['0', '0', '2']);
  });

  it('ends at a short page where no total is told', async () => {
    const client = await start();
    listAnswers([found(1, { name: 'x' })], { start: 0, count: 100 });
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
    expect(lookups()).toHaveLength(2);
  });

  it.each([
    ['no list', undefined, {}],
    ['a list that is none', {}, {}],
    ['a list that begins anew on each page', [found(1, { name: 'x' })], { total: 5 }],
  ])('takes %s for no answer: what seems not to be there would be made again', async (_, elements, paging) => {
    const client = await start();
    listAnswers(elements, paging);
    await expect(client.findAudience('Buyers', ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
  });
});

describe('LinkedInClient.createAudience', () => {
  it('makes a segment that is filled by calls, with our key and its type in words', async () => {
    const client = await start();
    const { id } = await client.createAudience('Buyers', ctx);
    expect(sandbox.linkedin.audiences()).toMatchObject([{ id, name: 'Buyers', account: '512345678' }]);
    const [{ headers, body } = { headers: {}, body: undefined }] = sandbox.linkedin.requests({
      method: 'POST',
    }).requests;
    expect(body).toEqual({
      name: 'Buyers',
      description: 'primary audience',
      sourcePlatform: 'DIRECT_API',
      sourceSegmentId: SOURCE_ID,
      account: ACCOUNT,
      type: 'USER',
      destinations: [{ destination: 'LINKEDIN' }],
    });
    expect(headers).toMatchObject({ 'linkedin-version': '202608', 'x-restli-protocol-version': '2.0.0' });
  });

  it.each(['x-restli-id', 'X-LinkedIn-Id'])('reads the id from %s', async (name) => {
    const client = await start();
    sandbox.linkedin.addFaults({ kind: 'status', status: 201, headers: { [name]: '9007199254740993' } });
    await expect(client.createAudience('Buyers', ctx)).resolves.toEqual({ id: '9007199254740993' });
  });

  it.each<Record<string, string>>([{}, { 'x-restli-id': '' }, { 'x-restli-id': '../5' }])(
    'needs an id, not %j',
    async (headers) => {
      const client = await start();
      sandbox.linkedin.addFaults({ kind: 'status', status: 201, headers });
      await expect(client.createAudience('Buyers', ctx)).rejects.toMatchObject({
        code: 'platform-unavailable',
        message: 'LinkedIn: answer not understood: no id of the new segment',
      });
    },
  );

  it('shortens a long name so that two of them stay two', async () => {
    const client = await start();
    const [one, other] = [`${'n'.repeat(120)}1`, `${'n'.repeat(120)}2`];
    const created = await client.createAudience(one, ctx);
    expect(await client.findAudience(other, ctx)).toBeUndefined();
    expect(await client.findAudience(one, ctx)).toEqual(created);
    await client.createAudience(other, ctx);
    const names = sandbox.linkedin.audiences().map(({ name }) => name);
    expect(names.map((name) => [name.length, name.slice(0, 88)])).toEqual(Array(2).fill([100, `${'n'.repeat(87)}~`]));
    expect(new Set(names).size).toBe(2);
  });

  it('belongs to the source platform of the tag', async () => {
    await start({ sourcePlatforms: ['SEGMENT'] });
    const client = clientWith({ sourcePlatform: 'SEGMENT' });
    const created = await client.createAudience('Buyers', ctx);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);
    await expect(clientWith({}).findAudience('Buyers', ctx)).resolves.toBeUndefined();
    await expect(clientWith({}).createAudience('Buyers', ctx)).rejects.toMatchObject({ code: 'request-rejected' });
  });
});

describe('LinkedInClient.upload', () => {
  it('adds users with what goes beside their addresses', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    await expect(client.upload(audience, rows, ctx)).resolves.toEqual({ accepted: 3, refused: [] });
    expect(sandbox.linkedin.audiences({ members: true })).toMatchObject([
      {
        memberCount: 3,
        members: [
          { columns: { SHA256_EMAIL: JANE, firstName: 'Jane', lastName: 'Doe', country: 'US' } },
          { columns: { SHA256_EMAIL: DOE } },
          { columns: { SHA256_EMAIL: JOSE } },
        ],
      },
    ]);
    const [sent] = sandbox.linkedin.requests({ path: '*/users' }).requests;
    expect(sent?.headers).toMatchObject({ 'x-restli-method': 'BATCH_CREATE', 'content-type': 'application/json' });
  });

  it('sends an address once, and counts all who have it', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const twice = [...rows, row(DOE, { firstName: 'Dee' })];
    await expect(client.upload(audience, twice, ctx)).resolves.toEqual({ accepted: 4, refused: [] });
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 3, rowsReceived: 3 }]);
  });

  it('names the rows that LinkedIn refuses, those of one address together', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const mixed = [row(JANE), row('no-digest'), row(DOE), row(JOSE, { firstName: 'x'.repeat(36) }), row('no-digest')];
    await expect(client.upload(audience, mixed, ctx)).resolves.toEqual({
      accepted: 2,
      refused: [1, 3, 4].map((at) => ({ row: at, reason: 'refused-by-platform' })),
    });
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 2 }]);
  });
});
