import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, SessionPosition, UploadContext } from '../contract/audience-provider.js';
import { PlatformUnavailableError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { FacebookClient } from './facebook.client.js';
import { FacebookTag } from './facebook.config.js';
import type { FacebookRow } from './facebook.normaliser.js';

const LIST = '/v26.0/act_1234567890/customaudiences';
const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
const TEST = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b';
const PHONE = '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e';

const rows: readonly FacebookRow[] = [
  ['edge-tag-8842', MARY, PHONE, '', '', '', ''],
  ['', TEST, '', '', '', '', ''],
];

const position: SessionPosition = {
  sessionId: 7,
  batch: 1,
  totalBatches: 3,
  totalUsers: 6,
  chunk: 0,
  audienceType: 'custom' as const,
  ageMinutes: 0,
  last: false,
};

const signal = new AbortController().signal;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: [],
  session: position,
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

async function start(options: Parameters<typeof startSandbox>[0] = {}, tag: Partial<FacebookTag> = {}) {
  sandbox = await startSandbox(options);
  return clientWith(tag);
}

function clientWith(tag: Partial<FacebookTag>): FacebookClient {
  const settings = { accessToken: 'EAAtoken', adAccountId: '1234567890', baseUrl: sandbox.facebook.origin, ...tag };
  return new FacebookClient(Object.assign(new FacebookTag(), settings), http);
}

/** Lets the list answer with these audiences, in one page. */
function listAnswers(...data: object[]): void {
  sandbox.facebook.addFaults({ kind: 'status', method: 'GET', path: LIST, status: 200, body: { data } });
}

const sent = (method: string) => sandbox.facebook.requests({ method }).requests;

describe('FacebookClient.findAudience', () => {
  it('finds nothing, then what was created', async () => {
    const client = await start();
    await expect(client.findAudience('blotout_Buyers', ctx)).resolves.toBeUndefined();
    const created = await client.createAudience('blotout_Buyers', ctx);

    await expect(client.findAudience('blotout_Buyers', ctx)).resolves.toEqual(created);
    expect(sent('GET')[0]).toMatchObject({
      path: LIST,
      query: { limit: '100', filtering: '[{"field":"name","operator":"EQUAL","value":"blotout_Buyers"}]' },
    });
  });

  it('compares the name exactly', async () => {
    const client = await start();
    listAnswers({ id: '1', name: 'Buyers 2' }, { id: '2', name: 'buyers' }, { id: '3', name: ' Buyers' });
    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
  });

  it('reads all pages where the filter is refused, and takes the oldest of one name', async () => {
    const client = await start({ facebook: { refuseNameFilter: true } });
    const oldest = await client.createAudience('Buyers', ctx);
    for (let number = 0; number < 210; number += 1) await client.createAudience(`other ${number}`, ctx);
    sandbox.facebook.advanceClock(5_000);
    const newest = await client.createAudience('Buyers', ctx);

    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(oldest);
    expect(newest.id).not.toBe(oldest.id);
    const [refused, ...pages] = sent('GET');
    expect(refused?.status).toBe(400);
    expect(pages.map(({ query }) => [query['limit'], 'filtering' in query, 'after' in query])).toEqual([
      ['100', false, false],
      ['100', false, true],
      ['100', false, true],
    ]);
  });

  it('asks for half as much when told that it is too much', async () => {
    const client = await start({ facebook: { listLimit: 30, refuseNameFilter: true } });
    for (let number = 0; number < 40; number += 1) await client.createAudience(`other ${number}`, ctx);

    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
    const limits = sent('GET').map(({ query }) => Number(query['limit']));
    expect(limits.slice(-4)).toEqual([100, 50, 25, 25]);
  });

  it('gives up on an account that answers too much whatever the limit', async () => {
    const client = await start({ facebook: { listLimit: 1 } });
    await expect(client.findAudience('Buyers', ctx)).rejects.toBeInstanceOf(PlatformUnavailableError);
    expect(sent('GET').map(({ query }) => query['limit'])).toEqual(['100', '50', '25', '12']);
  });

  it('passes by audiences of others, locked ones and those that take no users', async () => {
    const client = await start();
    const name = 'Buyers';
    listAnswers(
      { id: '1', name, account_id: '999', time_created: 1 },
      { id: '2', name, permission_for_actions: { can_edit: false }, time_created: 1 },
      { id: '3', name, subtype: 'LOOKALIKE', time_created: 1 },
      { id: '5', name, account_id: '1234567890', subtype: 'CUSTOM', time_created: 20 },
      { id: '4', name, account_id: '1234567890', subtype: 'CUSTOM', time_created: 10 },
      { id: 6, name, time_created: 1 },
    );
    await expect(client.findAudience(name, ctx)).resolves.toEqual({ id: '4' });
  });

  it.each([true, false])('passes by an audience of the other kind: value-based %p', async (valueBased) => {
    const client = await start({}, { valueBased });
    await clientWith({ valueBased: !valueBased }).createAudience('Buyers', ctx);

    await expect(client.findAudience('Buyers', ctx)).resolves.toBeUndefined();
    const own = await client.createAudience('Buyers', ctx);
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual(own);
  });

  it.each([{ answer: {} }, { answer: { data: 'none' } }, { answer: '<html>fine</html>' }])(
    'does not take $answer for an empty list',
    async ({ answer }) => {
      const client = await start();
      sandbox.facebook.addFaults({ kind: 'status', status: 200, body: answer });
      await expect(client.findAudience('Buyers', ctx)).rejects.toThrow('answer not understood');
    },
  );
});

describe('FacebookClient.createAudience', () => {
  it.each<[CreateContext['audienceType'], Partial<FacebookTag>]>([
    ['custom', {}],
    ['primary', { valueBased: true, customerFileSource: 'BOTH_USER_AND_PARTNER_PROVIDED' }],
  ])('creates a %s audience', async (audienceType, tag) => {
    const client = await start({}, tag);
    const created = await client.createAudience('blotout_Käufer "A"', { ...ctx, audienceType });

    expect(sent('POST')).toMatchObject([{ path: LIST, query: {} }]);
    expect(sent('POST')[0]?.body).toEqual({
      name: 'blotout_Käufer "A"',
      subtype: 'CUSTOM',
      description: `${audienceType} audience`,
      customer_file_source: tag.customerFileSource ?? 'USER_PROVIDED_ONLY',
      is_value_based: tag.valueBased ?? false,
    });
    expect(sandbox.facebook.audiences()).toMatchObject([{ id: created.id, name: 'blotout_Käufer "A"' }]);
  });

  it.each([1, 2])('tries a failed creation (2654) once more: %d failures', async (times) => {
    const client = await start();
    sandbox.facebook.addFaults({ kind: 'error', code: 2654, times });
    const creation = client.createAudience('Buyers', ctx);

    await (times === 1
      ? expect(creation).resolves.toEqual({ id: expect.stringMatching(/^\d+$/) })
      : expect(creation).rejects.toMatchObject({ code: 'request-rejected', platformCode: '2654' }));
    expect(sent('POST')).toHaveLength(2);
  });

  it('does not make up an id', async () => {
    const client = await start();
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body: { success: true } });
    await expect(client.createAudience('Buyers', ctx)).rejects.toThrow('answer not understood: no id');
  });
});

describe('FacebookClient.upload', () => {
  it('sends the rows with their schema and session', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const receipt = await client.upload(audience, rows, ctx);

    expect(receipt).toEqual({ accepted: 2, refused: [], refusedUnnamed: 0, pauseMs: undefined });
    const upload = sent('POST')[1];
    expect(upload).toMatchObject({ path: `/v26.0/${audience.id}/users`, query: {} });
    expect(upload?.body).toEqual({
      session: {
        session_id: expect.any(Number),
        batch_seq: 1,
        last_batch_flag: false,
        estimated_num_total: 6,
      },
      payload: { schema: ['EXTERN_ID', 'EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'], data: rows },
    });
    expect(sandbox.facebook.audiences({ members: true })[0]?.members).toHaveLength(2);
  });

  it('keeps one session for the chunks of an upload, and closes it with the last', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const places = [{}, { batch: 2 }, { batch: 3 }, { batch: 3, chunk: 1, last: true }];
    for (const place of places) await client.upload(audience, rows, { ...ctx, session: { ...position, ...place } });

    const sessions = sent('POST')
      .slice(1)
      .map(({ body }) => (body as { session: Record<string, unknown> }).session);
    expect(new Set(sessions.map((session) => session['session_id'])).size).toBe(1);
    expect(sessions.map((session) => [session['batch_seq'], session['last_batch_flag']])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [2_004, true],
    ]);
  });

  it('sends values to a value-based audience, and may be repeated', async () => {
    const client = await start({}, { valueBased: true });
    const audience = await client.createAudience('Buyers', ctx);
    const valued = rows.map((row, index) => [...row, index * 12.5]);
    await client.upload(audience, valued, ctx);

    await expect(client.upload(audience, valued, ctx)).resolves.toMatchObject({ accepted: 2 });
    const { payload } = sent('POST')[1]?.body as { payload: { schema: string[]; data: unknown } };
    expect(payload.schema.at(-1)).toBe('LOOKALIKE_VALUE');
    expect(payload.data).toEqual(valued);
    expect(sandbox.facebook.audiences({ members: true })[0]?.members).toHaveLength(2);
  });

  it('counts what Facebook could not use', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const receipt = await client.upload(audience, [...rows, ['', 'not-a-digest', '', '', '', '', '']], ctx);
    expect(receipt).toMatchObject({ accepted: 2, refused: [], refusedUnnamed: 1 });
  });

  it.each([
    ['counts as texts', { num_received: '50', num_invalid_entries: '1' }, { accepted: 1, refusedUnnamed: 1 }],
    ['more than was sent', { num_received: 9, num_invalid_entries: 9 }, { accepted: 0, refusedUnnamed: 2 }],
  ])('understands %s', async (_, body, expected) => {
    const client = await start();
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body });
    await expect(client.upload({ id: '1' }, rows, ctx)).resolves.toMatchObject(expected);
  });

  it.each([
    {},
    { num_received: 2 },
    { num_invalid_entries: 0 },
    { num_received: 2, num_invalid_entries: -1 },
    { num_received: null, num_invalid_entries: '' },
  ])('does not take %j for success', async (body) => {
    const client = await start();
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body });
    const upload = client.upload({ id: '1' }, rows, ctx);
    await expect(upload).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(upload).rejects.toThrow('answer not understood');
  });

  it('hands on the pause that the usage headers ask for', async () => {
    const client = await start();
    const headers = { 'X-Ad-Account-Usage': '{"acc_id_util_pct":82.5,"reset_time_duration":100}' };
    const body = { num_received: 2, num_invalid_entries: 0 };
    sandbox.facebook.addFaults({ kind: 'status', status: 200, headers, body });
    await expect(client.upload({ id: '1' }, rows, ctx)).resolves.toMatchObject({ pauseMs: 3_000 });
  });
});
