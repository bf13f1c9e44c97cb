import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import type { Fault } from '../../sandbox/fault.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext } from '../contract/audience-provider.js';
import { PlatformUnavailableError, RateLimitedError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { KlaviyoClient } from './klaviyo.client.js';
import { KlaviyoTag } from './klaviyo.config.js';

const KEY = 'pk_test';
const ctx: CreateContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  Logger.overrideLogger(['log', 'warn', 'error']);
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(options: SandboxOptions['klaviyo'] = {}, tag: Partial<KlaviyoTag> = {}) {
  sandbox = await startSandbox({ klaviyo: { rateLimits: false, ...options } });
  return clientWith(tag);
}

function clientWith(tag: Partial<KlaviyoTag>): KlaviyoClient {
  const settings = { apiKey: KEY, baseUrl: sandbox.klaviyo.origin, ...tag };
  return new KlaviyoClient(Object.assign(new KlaviyoTag(), settings), http);
}

const sent = (method: string, path: string) => sandbox.klaviyo.requests({ method, path }).requests;
const made = (path: string) => sent('POST', path).filter(({ status }) => status === 201);
const fault = (...faults: Fault[]) => sandbox.klaviyo.addFaults(...faults);

/** Lets the look-up of lists answer with these, in one page. */
function listsAnswer(...data: object[]): void {
  fault({ kind: 'status', method: 'GET', path: '/api/lists', status: 200, body: { data, links: { next: null } } });
}

describe('KlaviyoClient.createAudience', () => {
  it('makes a list, and a segment of the same name over it', async () => {
    const client = await start();
    const { id } = await client.createAudience('blotout_Käufer "A\\B"', ctx);

    expect(made('/api/lists').map(({ body }) => body)).toEqual([
      { data: { type: 'list', attributes: { name: 'blotout_Käufer "A\\B"' } } },
    ]);
    const isInList = { type: 'profile-group-membership', is_member: true, group_ids: [id] };
    expect(made('/api/segments').map(({ body }) => body)).toEqual([
      {
        data: {
          type: 'segment',
          attributes: {
            name: 'blotout_Käufer "A\\B"',
            definition: { condition_groups: [{ conditions: [isInList] }] },
          },
        },
      },
    ]);
    expect(sandbox.klaviyo.audiences()).toMatchObject([{ id, name: 'blotout_Käufer "A\\B"' }]);
  });

  it('makes a list alone when told to', async () => {
    const client = await start({}, { createSegment: false });
    const created = await client.createAudience('Buyers', ctx);

    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);
    expect(sent('GET', '/api/segments')).toEqual([]);
    expect(sent('POST', '/api/segments')).toEqual([]);
  });

  it.each<[string, SandboxOptions['klaviyo'], Fault[]]>([
    ['the key may not see segments', { keys: { [KEY]: 'no-segments' } }, []],
    [
      'the key may not make segments',
      { keyScopes: { [KEY]: ['lists:read', 'lists:write', 'segments:read', 'profiles:write'] } },
      [],
    ],
    ['the day\u2019s segments are used up', { rateLimits: true, dailyCaps: { segmentCreate: 0 } }, []],
    ['segments are refused', {}, [{ kind: 'error', code: 400, path: '/api/segments', method: 'POST' }]],
  ])('goes on with the list when %s', async (_, options, faults) => {
    const client = await start(options);
    fault(...faults);
    const created = await client.createAudience('Buyers', ctx);

    expect(sandbox.klaviyo.audiences()).toMatchObject([{ id: created.id, name: 'Buyers' }]);
    expect(made('/api/segments')).toEqual([]);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(created);
  });

  it.each<[string, Fault, typeof RateLimitedError | typeof PlatformUnavailableError]>([
    ['has to wait a second', { kind: 'rate-limit', retryAfterSeconds: 1 }, RateLimitedError],
    ['fails in passing', { kind: 'error', code: 500 }, PlatformUnavailableError],
    ['is lost', { kind: 'drop-after' }, PlatformUnavailableError],
  ])('is finished by the next look-up when the segment %s', async (_, failure, type) => {
    const client = await start();
    fault({ ...failure, method: 'POST', path: '/api/segments', times: 1 });
    await expect(client.createAudience('Buyers', ctx)).rejects.toBeInstanceOf(type);

    const [list] = sandbox.klaviyo.audiences();
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: list?.id });
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: list?.id });
    expect(made('/api/lists')).toHaveLength(1);
    const attempts = sent('POST', '/api/segments');
    expect(attempts).toHaveLength(failure.kind === 'drop-after' ? 1 : 2);
    expect(attempts.at(-1)?.body).toMatchObject({
      data: { attributes: { definition: { condition_groups: [{ conditions: [{ group_ids: [list?.id] }] }] } } },
    });
  });

  it('waits alone when the day\u2019s lists are used up, and holds up nothing else of the tag', async () => {
    const client = await start({ rateLimits: true, dailyCaps: { listCreate: 0 } });
    const creation = client.createAudience('Buyers', ctx);
    await expect(creation).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(creation).rejects.toMatchObject({ platformCode: '429/throttled', retryAfterMs: 60 * 60_000 });
  });

  it.each([
    [120, RateLimitedError],
    [121, PlatformUnavailableError],
  ])('tells the limit of a minute from that of a day: %d s', async (retryAfterSeconds, type) => {
    const client = await start();
    fault({ kind: 'rate-limit', retryAfterSeconds, method: 'POST', path: '/api/lists', times: 1 });
    const creation = client.createAudience('Buyers', ctx);
    await expect(creation).rejects.toBeInstanceOf(type);
    await expect(creation).rejects.toMatchObject({ retryAfterMs: retryAfterSeconds * 1_000 });
  });

  it('does not make up an id', async () => {
    const client = await start();
    fault({ kind: 'status', status: 201, body: { data: { type: 'list' } } });
    await expect(client.createAudience('Buyers', ctx)).rejects.toThrow('answer not understood: no resource');
  });
});

describe('KlaviyoClient.findAudience', () => {
  it('finds nothing, then what was created, with two calls', async () => {
    const client = await start();
    await expect(client.findAudience('blotout_A + "B\\C"', ctx)).resolves.toBeUndefined();
    const created = await client.createAudience('blotout_A + "B\\C"', ctx);
    sandbox.klaviyo.clearRequests();

    await expect(client.findAudience('blotout_A + "B\\C"', ctx)).resolves.toEqual(created);
    const { requests } = sandbox.klaviyo.requests();
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/lists', 'GET /api/segments']);
    expect(requests[0]?.query).toEqual({
      filter: 'any(name,["blotout_A + \\"B\\\\C\\""])',
      'fields[list]': 'name,created',
      sort: 'created',
      'page[size]': '10',
    });
  });

  it('signs with a header alone, and pins the revision', async () => {
    const client = await start({}, { revision: '2026-04-15' });
    await client.createAudience('Buyers', ctx);
    await client.findAudience('Buyers', ctx);

    const { requests } = sandbox.klaviyo.requests();
    expect(requests).toHaveLength(5);
    for (const { query, body, headers } of requests) {
      expect(headers).toMatchObject({ revision: '2026-04-15', accept: 'application/vnd.api+json' });
      expect(headers['authorization']).toBeDefined();
      expect(headers['content-type']).toBe(body === undefined ? undefined : 'application/vnd.api+json');
      expect(JSON.stringify([query, body])).not.toContain(KEY);
    }
  });

  it('compares the name exactly', async () => {
    const client = await start();
    listsAnswer(
      { id: 'A', attributes: { name: 'Buyers 2' } },
      { id: 'B', attributes: { name: 'buyers' } },
      { id: 'C', attributes: { name: ' Buyers' } },
      { id: 'D' },
      { attributes: { name: 'Buyers' } },
    );
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
  });

  it('takes the oldest of one name', async () => {
    const client = await start();
    const list = (id: string, created: string | undefined) => ({ id, attributes: { name: 'Buyers', created } });
    listsAnswer(
      list('none', undefined),
      list('later', '2026-11-21T10:00:01.000001+00:00'),
      list('first', '2026-11-21T11:00:00+02:00'),
      list('zone', '2026-11-21T10:00:00+00:00'),
    );
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: 'first' });
  });

  const NEXT = 'http://127.0.0.1:1/stolen?page%5Bcursor%5D=bmV4dA';
  const pageOf = (id: string, name: string, next: unknown) => ({
    ...{ kind: 'status' as const, path: '/api/lists', status: 200 },
    body: { data: [{ id, attributes: { name } }], links: { next } },
  });

  it('reads all pages, by the cursor and never by the address', async () => {
    const client = await start({}, { createSegment: false });
    fault({ ...pageOf('A', 'other', NEXT), times: 1 }, pageOf('B', 'Buyers', null));

    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: 'B' });
    expect(sent('GET', '/api/lists').map(({ query }) => query['page[cursor]'])).toEqual([undefined, 'bmV4dA']);
  });

  it.each([
    ['a next page without its cursor', 'https://a.klaviyo.com/api/lists?page%5Bsize%5D=10'],
    ['a next page without its cursor', '/api/lists?page%5Bcursor%5D='],
    ['a next page without its cursor', { cursor: 'bmV4dA' }],
    ['pages that go round in circles', NEXT],
  ])('does not take %s for the last: %j', async (words, next) => {
    const client = await start({}, { createSegment: false });
    fault(pageOf('A', 'other', next));
    const found = client.findAudience('Buyers', ctx);
    await expect(found).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(found).rejects.toThrow(`answer not understood: ${words}`);
  });

  it('finds a name that many lists have', async () => {
    const client = await start({}, { createSegment: false });
    const first = await client.createAudience('Buyers', ctx);
    for (let number = 0; number < 12; number += 1) {
      sandbox.klaviyo.advanceClock(1_000);
      await client.createAudience('Buyers', ctx);
    }
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(first);
    expect(sent('GET', '/api/lists')).toHaveLength(2);
  });

  it.each([{ answer: {} }, { answer: { data: 'none' } }, { answer: '<html>fine</html>' }])(
    'does not take $answer for an empty account',
    async ({ answer }) => {
      const client = await start();
      fault({ kind: 'status', status: 200, body: answer });
      await expect(client.findAudience('Buyers', ctx)).rejects.toThrow('answer not understood');
    },
  );

  it('makes no second segment where one of the name stands', async () => {
    const client = await start();
    await client.createAudience('Buyers', ctx);
    await Promise.all([client.findAudience('Buyers', ctx), client.findAudience('Buyers', ctx)]);
    await clientWith({ apiKey: 'pk_other' }).createAudience('Buyers', ctx);
    expect(made('/api/lists')).toHaveLength(2);
    expect(made('/api/segments')).toHaveLength(1);
  });
});
