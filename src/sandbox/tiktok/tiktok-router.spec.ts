import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { ADVERTISER, SpecTikTokClient, verdict } from './spec-tiktok-client.js';

const NULL_TOKEN = 'Access token is null, you should set it in http header with key Access-Token.';
const CREATE = { advertiser_id: ADVERTISER, custom_audience_name: 'Buyers' };

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: {
      advertisers: [ADVERTISER, '7170000000000000002'],
      acceptedTokens: ['spec-token', 'stale', 'gone', 'reader', 'nobody', 'narrow'],
      tokens: { stale: 'expired', gone: 'revoked', reader: 'read-only', nobody: 'no-permission' },
      tokenAdvertisers: { narrow: ['7170000000000000002'] },
    },
  });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('paths', () => {
  it.each([
    ['POST', '/open_api/v1.3/segment/audience'],
    ['GET', '/open_api/v1.3/dmp/custom_audience/list?advertiser_id=1'],
    ['POST', '/open_api/v1.3/segment/members/'],
    ['POST', '/open_api/v1.2/segment/audience/'],
    ['POST', '/segment/audience/'],
    ['GET', '/'],
  ])('answers 404 in plain text to %s %s', async (method, path) => {
    const response = await fetch(sandbox.tiktok.origin + path, { method, headers: { 'Access-Token': 'spec-token' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(response.headers.get('x-tt-logid')).toMatch(/^\d{14}[0-9A-F]{18}$/);
    expect(await response.text()).toBe('404 page not found');
  });

  it.each([
    ['GET', '/segment/audience/'],
    ['DELETE', '/dmp/custom_audience/delete/'],
    ['POST', '/dmp/custom_audience/list/'],
  ])('answers 405 to the wrong method %s %s', async (method, path) => {
    const response = await fetch(tiktok.base + path, { method, headers: { 'Access-Token': 'spec-token' } });
    expect(response.status).toBe(405);
  });
});

describe('the envelope', () => {
  it('has code, message, request id and data, and another id with every answer', async () => {
    const made = await tiktok.post('/segment/audience/', CREATE);
    expect(made.status).toBe(200);
    expect(made.body).toEqual({
      code: 0,
      message: 'OK',
      request_id: expect.stringMatching(/^\d{14}[0-9A-F]{18}$/),
      data: { audience_id: '7410987654321000001' },
    });
    expect(made.headers.get('x-tt-logid')).toBe(made.body.request_id);
    const refused = await tiktok.post('/segment/audience/', {});
    expect(refused.status).toBe(200);
    expect(refused.body).toEqual({
      code: 40002,
      message: 'Missing required field(s): advertiser_id.',
      request_id: expect.any(String),
      data: {},
    });
    expect(refused.headers.get('x-tt-logid')).toBe(refused.body.request_id);
    expect(refused.body.request_id).not.toBe(made.body.request_id);
  });
});

describe('tokens', () => {
  const list = `/dmp/custom_audience/list/?advertiser_id=${ADVERTISER}`;

  it('answers 40104 when the header is absent, wherever else the token is', async () => {
    expect((await tiktok.send(list, {})).body).toMatchObject({ code: 40104, message: NULL_TOKEN, data: {} });
    expect((await tiktok.send(`${list}&Access-Token=spec-token`, {})).body.code).toBe(40104);
    expect((await tiktok.send(`${list}&access_token=spec-token`, {})).body.code).toBe(40104);
    const authorization = { headers: { authorization: 'Bearer spec-token' } };
    expect((await tiktok.send(list, authorization)).body).toMatchObject({ code: 40104, message: NULL_TOKEN });
  });

  it.each([
    ['unknown', 40105],
    ['gone', 40105],
    ['Bearer spec-token', 40105],
    ['stale', 40102],
    ['nobody', 40001],
    ['narrow', 40001],
    ['reader', 0],
    ['spec-token', 0],
  ])('lets the token "%s" read with code %i', async (token, code) => {
    const reply = await new SpecTikTokClient(sandbox, token).get('/dmp/custom_audience/list/', {
      advertiser_id: ADVERTISER,
    });
    expect(verdict(reply)).toEqual([200, code]);
  });

  it('lets a token that may only read change nothing', async () => {
    const reader = new SpecTikTokClient(sandbox, 'reader');
    expect(verdict(await reader.post('/segment/audience/', CREATE))).toEqual([200, 40001]);
    expect(verdict(await reader.upload('x'))).toEqual([200, 40001]);
    expect(sandbox.tiktok.audiences()).toEqual([]);
  });

  it('have no scheme before them, even where every token is accepted', async () => {
    await sandbox.stop();
    sandbox = await startSandbox();
    const call = (token: string) => new SpecTikTokClient(sandbox, token).post('/segment/audience/', CREATE);
    expect(verdict(await call('any-token'))).toEqual([200, 0]);
    expect(verdict(await call('Bearer any-token'))).toEqual([200, 40105]);
  });

  it('can be set while the sandbox runs', async () => {
    sandbox.tiktok.setToken('spec-token', 'revoked');
    expect(verdict(await tiktok.post('/segment/audience/', CREATE))).toEqual([200, 40105]);
    sandbox.tiktok.setToken('spec-token', 'valid');
    expect(verdict(await tiktok.post('/segment/audience/', CREATE))).toEqual([200, 0]);
  });

  it('do not show in the log', async () => {
    await tiktok.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER, 'Access-Token': 'spec-token' });
    const log = JSON.stringify(sandbox.tiktok.requests());
    expect(log).toContain('"access-token":"sha256:');
    expect(log).not.toContain('spec-token');
  });
});

describe('ad accounts', () => {
  it('that do not exist are 40300', async () => {
    const reply = await tiktok.post('/segment/audience/', { ...CREATE, advertiser_id: '7170000000000000009' });
    expect(verdict(reply)).toEqual([200, 40300]);
  });

  it('may be written as a number where it is exact', async () => {
    const numeric = { ...CREATE, advertiser_id: 7170 };
    expect(verdict(await tiktok.post('/segment/audience/', numeric))).toEqual([200, 40300]);
    const inexact = { ...CREATE, advertiser_id: 7170000000000000001 };
    expect(verdict(await tiktok.post('/segment/audience/', inexact))).toEqual([200, 40002]);
  });
});

describe('bodies', () => {
  const post = (body: string, type = 'application/json') =>
    tiktok.send('/segment/audience/', {
      method: 'POST',
      headers: { 'Access-Token': 'spec-token', 'content-type': type },
      body,
    });

  it.each([
    ['not JSON', '{"advertiser_id":', 'application/json'],
    ['an array', '[]', 'application/json'],
    ['a form', `advertiser_id=${ADVERTISER}&custom_audience_name=Buyers`, 'application/x-www-form-urlencoded'],
    ['JSON under another name', JSON.stringify(CREATE), 'text/plain'],
  ])('answers 40002 to %s', async (_what, body, type) => {
    expect(verdict(await post(body, type))).toEqual([200, 40002]);
  });

  it('names all fields that are missing', async () => {
    const { body } = await tiktok.post('/segment/mapping/', { id_schema: null, action: 'add' });
    expect(body.message).toBe('Missing required field(s): advertiser_ids, id_schema, batch_data.');
  });

  it.each([[{ advertiser_id: 'act_1' }], [{ advertiser_id: '' }], [{ advertiser_id: [ADVERTISER] }]])(
    'refuses the id in %j',
    async (id) => {
      expect(verdict(await tiktok.post('/segment/audience/', { ...CREATE, ...id }))).toEqual([200, 40002]);
    },
  );
});
