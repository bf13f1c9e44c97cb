import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { SpecLinkedInClient, verdict } from '../spec-linkedin-client.js';

const DAY_MS = 86_400_000;
const REFRESH = { grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' };

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;

beforeEach(async () => {
  sandbox = await startSandbox({ linkedin: { acceptedTokens: [], authCodes: ['the-code'] } });
  linkedin = new SpecLinkedInClient(sandbox);
});
afterEach(() => sandbox.stop());

const listWith = async (token: unknown) => verdict(await new SpecLinkedInClient(sandbox, String(token)).list());

describe('a refresh token', () => {
  it('gives an access token of 60 days', async () => {
    const { status, body } = await linkedin.oauth(REFRESH);
    expect([status, body]).toEqual([
      200,
      {
        access_token: 'AQX-sandbox-0001',
        expires_in: 5_184_000,
        refresh_token: 'sandbox-refresh-token',
        refresh_token_expires_in: expect.any(Number),
        scope: 'r_ads,rw_ads,rw_dmp_segments',
        token_type: 'Bearer',
      },
    ]);
    expect(await listWith(body['access_token'])).toEqual([200, undefined]);
    sandbox.linkedin.advanceClock(60 * DAY_MS);
    expect(await listWith(body['access_token'])).toEqual([401, 'EXPIRED_ACCESS_TOKEN']);
  });

  it('lives a year from the start, however often it is used', async () => {
    sandbox.linkedin.advanceClock(300 * DAY_MS);
    expect((await linkedin.oauth(REFRESH)).body['expires_in']).toBe(5_184_000);
    sandbox.linkedin.advanceClock(60 * DAY_MS);
    const { body } = await linkedin.oauth(REFRESH);
    expect(Math.round(Number(body['expires_in']) / 86_400)).toBe(5);
    expect(body['refresh_token_expires_in']).toBe(body['expires_in']);
    sandbox.linkedin.advanceClock(5 * DAY_MS);
    expect(await linkedin.oauth(REFRESH)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await listWith(body['access_token'])).toEqual([401, 'EXPIRED_ACCESS_TOKEN']);
  });

  it.each(['revoked', 'expired'])('that is %s gives nothing', async (state) => {
    sandbox.linkedin.setToken('sandbox-refresh-token', state);
    expect(await linkedin.oauth(REFRESH)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    sandbox.linkedin.reset();
    expect((await linkedin.oauth(REFRESH)).status).toBe(200);
  });

  it.each([
    [{ refresh_token: 'unknown' }, 400, 'invalid_grant'],
    [{ refresh_token: '' }, 400, 'invalid_request'],
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ client_id: 'wrong' }, 401, 'invalid_client'],
    [{ grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    [{ grant_type: 'toString' }, 400, 'unsupported_grant_type'],
  ])('with %j: %i %s', async (change, status, error) => {
    const reply = await linkedin.oauth({ ...REFRESH, ...change });
    expect([reply.status, reply.body['error']]).toEqual([status, error]);
    expect(reply.body['error_description']).toEqual(expect.any(String));
  });

  it('goes in the form of a POST alone', async () => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(REFRESH) };
    expect(await linkedin.oauth(REFRESH, json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const get = await fetch(`${sandbox.linkedin.origin}/oauth/v2/accessToken?grant_type=refresh_token`);
    expect(get.status).toBe(405);
  });
});

describe('an authorization code', () => {
  it('is good once, and gives a refresh token of its own', async () => {
    const form = { grant_type: 'authorization_code', code: 'the-code', redirect_uri: 'https://example.com/back' };
    const { body } = await linkedin.oauth(form);
    expect(body).toMatchObject({ refresh_token: 'AQW-sandbox-1', expires_in: 5_184_000 });
    expect(await listWith(body['access_token'])).toEqual([200, undefined]);
    const again = { grant_type: 'refresh_token', refresh_token: 'AQW-sandbox-1' };
    expect((await linkedin.oauth(again)).status).toBe(200);
    expect((await linkedin.oauth(form)).body['error']).toBe('invalid_grant');
    expect((await linkedin.oauth({ ...form, redirect_uri: '' })).body['error']).toBe('invalid_request');
  });
});

it('keeps every secret out of the log', async () => {
  await linkedin.oauth(REFRESH);
  const [request] = sandbox.linkedin.requests().requests;
  expect(JSON.stringify(request)).not.toMatch(/WPL_AP1|sandbox-refresh-token/);
  expect(request?.body).toMatchObject({ grant_type: 'refresh_token', client_id: '77sandboxclient' });
});
