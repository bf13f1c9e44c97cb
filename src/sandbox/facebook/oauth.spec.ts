import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { refusal, SpecGraphClient } from './spec-graph-client.js';

const PLAIN_PROOF = '86c194fbbd8bc05e650c14557cd5c18edf49d7eda32b7f387ae77c0ab3ac349d';
/** Of the second 1795219200. */
const TIMED_PROOF = '17a8067c342ce18d18cc35ff7da35c89dd6823195efec0664c44f45b605caab5';

let sandbox: Sandbox;
let graph: SpecGraphClient;

async function start(requireAppSecretProof: boolean): Promise<void> {
  sandbox = await startSandbox({ facebook: { appSecrets: { EAAtoken: 'app-secret-123' }, requireAppSecretProof } });
  graph = new SpecGraphClient(sandbox, 'EAAtoken');
}
beforeEach(() => start(false));
afterEach(() => sandbox.stop());

describe('appsecret_proof', () => {
  it('accepts the plain proof and refuses another', async () => {
    expect((await graph.call('GET', `me?appsecret_proof=${PLAIN_PROOF}`)).status).toBe(200);
    const wrong = await graph.call('GET', `me?appsecret_proof=${PLAIN_PROOF.toUpperCase()}`);
    expect(wrong.body.error).toMatchObject({
      code: 100,
      type: 'GraphMethodException',
      message: 'Invalid appsecret_proof provided in the API argument',
    });
    expect((await graph.call('GET', 'me')).status).toBe(200);
  });

  it('accepts a time-stamped proof for five minutes', async () => {
    const call = () => graph.call('GET', `me?appsecret_proof=${TIMED_PROOF}&appsecret_time=1795219200`);
    sandbox.facebook.advanceClock(1795219200_000 + 290_000 - Date.now());
    expect((await call()).status).toBe(200);
    sandbox.facebook.advanceClock(20_000);
    expect(refusal(await call())).toEqual([400, 100, undefined]);
  });

  it('is demanded when the app says so', async () => {
    await sandbox.stop();
    await start(true);
    expect((await graph.call('GET', 'me')).body.error.message).toBe(
      'API calls from the server require an appsecret_proof argument',
    );
    expect((await graph.call('GET', `me?appsecret_proof=${PLAIN_PROOF}`)).status).toBe(200);
  });
});

describe('token exchange', () => {
  const path = (secret = 'app-secret-123') =>
    `oauth/access_token?grant_type=fb_exchange_token&client_id=1&client_secret=${secret}&fb_exchange_token=EAAtoken`;

  it('gives a new token that works', async () => {
    const { body } = await graph.call('GET', path());
    expect(body).toEqual({
      access_token: expect.stringMatching(/^EAA.+/),
      token_type: 'bearer',
      expires_in: 5183944,
    });
    expect((await new SpecGraphClient(sandbox, body['access_token'] as string).call('GET', 'me')).status).toBe(200);
    expect((await graph.call('GET', 'me')).status).toBe(200);
  });

  it('refuses a wrong secret, a missing part and an expired token', async () => {
    expect(refusal(await graph.call('GET', path('other')))).toEqual([400, 1, undefined]);
    expect(refusal(await graph.call('GET', 'oauth/access_token?grant_type=fb_exchange_token'))).toEqual([
      400,
      100,
      undefined,
    ]);
    sandbox.facebook.setToken('EAAtoken', 'expired');
    expect(refusal(await graph.call('GET', path()))).toEqual([400, 190, 463]);
  });
});

describe('debug_token and the ad account', () => {
  it('tells whether a token is alive', async () => {
    const app = new SpecGraphClient(sandbox, '4711|app-secret-123');
    expect((await app.call('GET', 'debug_token?input_token=EAAtoken')).body).toEqual({
      data: {
        app_id: '4711',
        type: 'SYSTEM_USER',
        is_valid: true,
        expires_at: 0,
        data_access_expires_at: 0,
        scopes: ['ads_management', 'ads_read'],
      },
    });
    sandbox.facebook.setToken('EAAtoken', 'expired');
    expect((await app.call('GET', 'debug_token?input_token=EAAtoken')).body).toMatchObject({
      data: { is_valid: false },
    });
  });

  it('tells the accepted terms', async () => {
    const { body } = await graph.call('GET', 'act_1234567890?fields=tos_accepted,user_tos_accepted');
    expect(body).toEqual({
      tos_accepted: { custom_audience_tos: 1, web_custom_audience_tos: 1 },
      user_tos_accepted: { custom_audience_tos: 1 },
      id: 'act_1234567890',
    });
  });
});
