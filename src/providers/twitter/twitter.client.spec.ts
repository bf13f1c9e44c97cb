import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../contract/audience-provider.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TwitterClient } from './twitter.client.js';
import { TwitterTag } from './twitter.config.js';
import type { TwitterRow } from './twitter.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';
const ACCOUNT = '18ce54d4x5t';
const LIST = `/12/accounts/${ACCOUNT}/custom_audiences`;
const DAY = 24 * 60 * 60_000;

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 1,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const signal = new AbortController().signal;
const rows: readonly TwitterRow[] = [[JANE, '', '']];
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: TwitterClient;

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(twitter: SandboxOptions['twitter'] = {}, values: Partial<TwitterTag> = {}): Promise<void> {
  Logger.overrideLogger(false);
  sandbox = await startSandbox({ twitter });
  const env = sandbox.twitter.environment;
  const settings = {
    consumerKey: env.TWITTER_CONSUMER_KEY,
    consumerSecret: env.TWITTER_CONSUMER_SECRET,
    accessToken: env.TWITTER_ACCESS_TOKEN,
    accessTokenSecret: env.TWITTER_ACCESS_TOKEN_SECRET,
    adAccountId: ACCOUNT,
    baseUrl: sandbox.twitter.origin,
    ...values,
  };
  http = new PlatformHttp(new HttpService());
  client = new TwitterClient(Object.assign(new TwitterTag(), settings), http);
}

const sent = (method: string, path = '*') => sandbox.twitter.requests({ method, path }).requests;

/** A page of the account's list as the next call is answered. */
const listed = (data: unknown, next: unknown = null) =>
  sandbox.twitter.addFaults({
    kind: 'status',
    method: 'GET',
    path: LIST,
    status: 200,
    body: { data, next_cursor: next },
    times: 1,
  });

describe('a new audience', () => {
  it('has the name, and in its description no more than the type', async () => {
    await start();
    const name = "blotout_Spring Sale (VIP) + Café's 50% ~!*";
    const { id } = await client.createAudience(name, { ...ctx, audienceType: 'primary' });
    expect(sandbox.twitter.audiences()).toMatchObject([
      { id, name, account: ACCOUNT, details: { description: 'primary audience' } },
    ]);
    expect(sent('POST', LIST)).toMatchObject([{ status: 201, bodyBytes: 0 }]);
    await expect(client.findAudience(name, ctx)).resolves.toEqual({ id });
  });

  it('is the one that has its name already', async () => {
    await start();
    const { id } = await client.createAudience('Buyers', ctx);
    await client.createAudience('Buyers of shoes', ctx);
    await expect(client.createAudience('Buyers', ctx)).resolves.toEqual({ id });
    expect(sandbox.twitter.audiences()).toHaveLength(2);
  });

  it('is not one of another kind that has its name', async () => {
    await start();
    const { id } = await client.createAudience('Buyers', ctx);
    sandbox.twitter.patchAudience(id, { audienceType: 'WEB' });
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
    await expect(client.createAudience('Buyers', ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      message: 'X: the ads account has an audience of this name that takes no users',
      platformCode: 'INVALID_PARAMETER',
    });
  });

  it('refused for another reason stays refused', async () => {
    await start();
    const refused = client.createAudience('x'.repeat(256), ctx);
    await expect(refused).rejects.toMatchObject({ code: 'request-rejected', platformCode: 'INVALID_PARAMETER' });
  });

  it.each([[{}], [{ data: [] }], [{ data: { id: 7 } }], [{ data: { id: '../x' } }]])(
    'is not understood without its id: %j',
    async (body) => {
      await start();
      sandbox.twitter.addFaults({ kind: 'status', method: 'POST', status: 201, body });
      await expect(client.createAudience('Buyers', ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
    },
  );
});

describe('looking an audience up', () => {
  it('compares the whole name, with its case', async () => {
    await start();
    for (const name of ['vip', 'VIP (old)', 'VIP']) await client.createAudience(name, ctx);
    const id = sandbox.twitter.audiences().find(({ name }) => name === 'VIP')?.id;
    await expect(client.findAudience('VIP', ctx)).resolves.toEqual({ id });
    await expect(client.findAudience('VIP (', ctx)).resolves.toBeUndefined();
    expect(sent('GET')[0]?.query).toEqual({ q: 'VIP', count: '1000', permission_scope: 'OWNER' });
  });

  it('goes through all pages', async () => {
    await start();
    listed([{ id: 'a', name: 'VIP 2', audience_type: 'CRM' }], 'next');
    listed([{ id: 'b', name: 'VIP', audience_type: 'CRM' }]);
    await expect(client.findAudience('VIP', ctx)).resolves.toEqual({ id: 'b' });
    expect(sent('GET').map(({ query }) => query['cursor'])).toEqual([undefined, 'next']);
  });

  it('takes the oldest of several, and none that is deleted or broken', async () => {
    await start();
    const vip = { name: 'VIP', audience_type: 'CRM' };
    listed([
      { ...vip, id: 'c', created_at: '2026-11-03T00:00:00Z' },
      { ...vip, id: 'b', created_at: '2026-11-02T00:00:00Z' },
      { ...vip, id: 'a', created_at: '2026-11-01T00:00:00Z', deleted: true },
      { ...vip, created_at: '2026-10-01T00:00:00Z' },
      null,
    ]);
    await expect(client.findAudience('VIP', ctx)).resolves.toEqual({ id: 'b' });
  });

  it('searches for no more than X takes', async () => {
    await start();
    await expect(client.findAudience('x'.repeat(300), ctx)).resolves.toBeUndefined();
    expect(String(sent('GET')[0]?.query['q'])).toHaveLength(255);
  });

  it.each<[string, unknown, unknown]>([
    ['no list', { id: 'a' }, null],
    ['a cursor that is none', [], 7],
  ])('does not take %s for an empty list', async (_, data, next) => {
    await start();
    listed(data, next);
    await expect(client.findAudience('VIP', ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
  });

  it('does not go round in circles', async () => {
    await start();
    listed([], 'a');
    listed([], 'a');
    await expect(client.findAudience('VIP', ctx)).rejects.toThrow('pages that go round in circles');
  });
});

describe('an upload', () => {
  it('sends people with their identifiers and an end, in whole seconds', async () => {
    await start({}, { memberTtlDays: 30, sendPartnerUserId: true });
    const audience = await client.createAudience('Buyers', ctx);
    const chunk: TwitterRow[] = [...rows, ['', PHONE, 'edge-1']];
    await expect(client.upload(audience, chunk, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    const [seen] = sandbox.twitter.audiences({ members: true });
    expect(seen?.members?.map(({ columns }) => columns)).toEqual([
      { email: JANE },
      { phone_number: PHONE, partner_user_id: 'edge-1' },
    ]);
    const body = sent('POST', '*/users')[0]?.body as { params: { expires_at: string } }[];
    const ends = body.map(({ params }) => params.expires_at);
    expect(ends[0]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect(Math.abs(Date.parse(ends[0] ?? '') - Date.now() - 30 * DAY)).toBeLessThan(60_000);
  });

  it('again doubles nobody', async () => {
    await start();
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    await client.upload(audience, rows, ctx);
    expect(sandbox.twitter.audiences()).toMatchObject([{ memberCount: 1, rowsReceived: 2 }]);
  });

  it('of 20,000 people is one request of 2,500 operations', async () => {
    await start();
    const audience = await client.createAudience('Buyers', ctx);
    const digests = Array.from({ length: 20_000 }, (_, at) => at.toString(16).padStart(64, '0'));
    const receipt = await client.upload(
      audience,
      digests.map((digest) => [digest, digest, '']),
      ctx,
    );
    expect(receipt).toMatchObject({ accepted: 20_000 });
    expect(sent('POST', '*/users')).toMatchObject([{ status: 200, body: { length: 2_500 } }]);
    expect(sandbox.twitter.audiences()).toMatchObject([{ memberCount: 20_000 }]);
  });

  it('asks for a pause after the last call of a minute', async () => {
    await start({ usersPerMinute: 2 });
    const audience = await client.createAudience('Buyers', ctx);
    expect((await client.upload(audience, rows, ctx)).pauseMs).toBeUndefined();
    const { pauseMs = 0 } = await client.upload(audience, rows, ctx);
    expect(pauseMs).toBeGreaterThan(5_000);
    expect(pauseMs).toBeLessThanOrEqual(66_000);
  });
});

describe('a removal', () => {
  it('takes out whoever has one of the identifiers, also when repeated and for people who are not in', async () => {
    await start();
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, [...rows, ['', PHONE, '']], ctx);
    const leaving: TwitterRow[] = [
      [JANE, '', ''],
      [PHONE, '', ''],
    ];
    await expect(client.remove(audience, leaving, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    await expect(client.remove(audience, leaving, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    const [seen] = sandbox.twitter.audiences({ members: true });
    expect(seen?.members?.map(({ columns }) => columns)).toEqual([{ phone_number: PHONE }]);
    expect(sent('POST', '*/users').at(-1)?.body).toEqual([
      { operation_type: 'Delete', params: { users: [{ email: [JANE] }] } },
      { operation_type: 'Delete', params: { users: [{ email: [PHONE] }] } },
    ]);
  });

  it('is refused as missing where the audience is gone', async () => {
    await start();
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.twitter.patchAudience(audience.id, { deleted: true });
    await expect(client.remove(audience, rows, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });
});
