import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { ADVERTISER, SpecTikTokClient, verdict } from './spec-tiktok-client.js';

const APP = { app_id: '7000000000000000001', secret: 'sandbox-secret' };
const OTHER = '7170000000000000002';

let sandbox: Sandbox;
let anyone: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: { acceptedTokens: [], authCodes: { 'code-1': [ADVERTISER], 'code-2': [ADVERTISER, OTHER] } },
  });
  anyone = new SpecTikTokClient(sandbox, 'none');
});
afterEach(() => sandbox.stop());

const exchange = (code: string, values: object = {}) =>
  anyone.post('/oauth2/access_token/', { ...APP, auth_code: code, ...values });
const tokenFor = async (code: string) => String((await exchange(code)).body.data['access_token']);

describe('authorization', () => {
  it('gives a token that works for the ad accounts of the code', async () => {
    const { body } = await exchange('code-1');
    expect(body).toMatchObject({
      code: 0,
      message: 'OK',
      data: { access_token: expect.any(String), advertiser_ids: [ADVERTISER], scope: [3, 30, 31, 32] },
    });
    expect(Object.keys(body.data).sort()).toEqual(['access_token', 'advertiser_ids', 'scope']);
    const owner = new SpecTikTokClient(sandbox, String(body.data['access_token']));
    expect(verdict(await owner.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER }))).toEqual([200, 0]);
    expect(verdict(await owner.get('/dmp/custom_audience/list/', { advertiser_id: OTHER }))).toEqual([200, 40001]);
  });

  it('takes a code once, and for an hour', async () => {
    expect(verdict(await exchange('code-1'))).toEqual([200, 0]);
    expect(verdict(await exchange('code-1'))).toEqual([200, 40110]);
    expect(verdict(await exchange('code-9'))).toEqual([200, 40110]);
    sandbox.tiktok.advanceClock(3_600_000);
    expect(verdict(await exchange('code-2'))).toEqual([200, 40110]);
  });

  it('takes JSON of the right app only', async () => {
    expect(verdict(await exchange('code-1', { secret: 'wrong' }))).toEqual([200, 40101]);
    expect((await exchange('code-1', { app_id: undefined })).body).toMatchObject({
      code: 40002,
      message: 'Missing required field(s): app_id.',
    });
    const form = await anyone.send('/oauth2/access_token/', {
      method: 'POST',
      body: new URLSearchParams({ ...APP, auth_code: 'code-1' }),
    });
    expect(verdict(form)).toEqual([200, 40002]);
    expect(verdict(await exchange('code-1'))).toEqual([200, 0]);
  });

  it('has no refresh', async () => {
    const token = await tokenFor('code-1');
    expect(verdict(await anyone.post('/oauth2/refresh_token/', { ...APP, refresh_token: token }))).toEqual([
      200, 40107,
    ]);
  });

  it('ends with a revocation', async () => {
    const token = await tokenFor('code-2');
    const revoked = await anyone.post('/oauth2/revoke_token/', { ...APP, access_token: token });
    expect(revoked.body).toMatchObject({
      code: 0,
      data: { app_id: '7000000000000000001', advertiser_ids: [ADVERTISER, OTHER] },
    });
    const owner = new SpecTikTokClient(sandbox, token);
    expect(verdict(await owner.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER }))).toEqual([200, 40105]);
  });

  it('keeps its secrets out of the log', async () => {
    await exchange('code-1');
    const log = JSON.stringify(sandbox.tiktok.requests());
    expect(log).not.toContain('code-1');
    expect(log).not.toContain('sandbox-secret');
  });
});

describe('the ad accounts of a token', () => {
  it('are listed and described', async () => {
    const owner = new SpecTikTokClient(sandbox, await tokenFor('code-2'));
    expect((await owner.get('/oauth2/advertiser/get/', APP)).body.data).toEqual({
      list: [
        { advertiser_id: ADVERTISER, advertiser_name: 'Sandbox advertiser 0001' },
        { advertiser_id: OTHER, advertiser_name: 'Sandbox advertiser 0002' },
      ],
    });
    const info = await owner.get('/advertiser/info/', { advertiser_ids: JSON.stringify([OTHER]) });
    expect(info.body.data).toEqual({
      list: [{ advertiser_id: OTHER, name: 'Sandbox advertiser 0002', status: 'STATUS_ENABLE' }],
    });
    const foreign = await owner.get('/advertiser/info/', { advertiser_ids: '["7170000000000000009"]' });
    expect(verdict(foreign)).toEqual([200, 40001]);
  });
});
