import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type SandboxOptions } from '../../sandbox.js';
import { refusal, type SpecGoogleClient, startGoogle } from '../spec-google-client.js';

const EMAIL = 'robot@spec-project.iam.gserviceaccount.com';
const SCOPE = 'https://www.googleapis.com/auth/datamanager';
const HOUR = 3_600;

let api: SpecGoogleClient;
afterEach(() => api.sandbox.stop());

const start = async (options: SandboxOptions['google'] = {}) => {
  api = await startGoogle(options);
  return api;
};

describe('a refresh token', () => {
  it('gets access tokens that work, a new one each time', async () => {
    await start();
    const { status, body } = await api.token();
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ya29\.[\w-]+$/),
      expires_in: 3599,
      scope: `${SCOPE} https://www.googleapis.com/auth/adwords`,
      token_type: 'Bearer',
    });
    expect((await api.token()).body['access_token']).not.toBe(body['access_token']);
    expect((await api.lists()).status).toBe(200);
  });

  it.each([
    [{ client_id: 'nobody' }, 401, 'invalid_client'],
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ client_secret: null }, 401, 'invalid_client'],
    [{ refresh_token: null }, 400, 'invalid_request'],
    [{ refresh_token: 'unknown' }, 400, 'invalid_grant'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ grant_type: null }, 400, 'unsupported_grant_type'],
  ])('is refused with %j', async (parts, status, error) => {
    await start({ refreshTokens: ['spec-refresh-token'] });
    const answer = await api.token(parts);
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
    expect(answer.body).toHaveProperty('error_description');
  });

  it('comes as a form, and in nothing else', async () => {
    await start();
    const body = JSON.stringify({ grant_type: 'refresh_token' });
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    expect(await api.send('/token', json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('ends with its revocation, and so do its access tokens', async () => {
    await start();
    expect((await api.lists()).status).toBe(200);
    api.sandbox.google.setToken(api.credential, 'revoked');
    expect((await api.lists()).status).toBe(401);
    expect((await api.token()).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Token has been expired or revoked.',
    });
    api.sandbox.google.setToken(api.credential, 'valid');
    expect((await api.lists()).status).toBe(200);
  });
});

describe('an access token', () => {
  it('expires after its time, and not before', async () => {
    await start({ tokenLifetimeSeconds: 60 });
    expect((await api.lists()).status).toBe(200);
    api.sandbox.google.advanceClock(55_000);
    expect((await api.lists()).status).toBe(200);
    api.sandbox.google.advanceClock(10_000);
    const late = await api.lists();
    expect(refusal(late)).toEqual([401, 'ACCESS_TOKEN_EXPIRED']);
    expect(late.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it.each([
    [{}, 'CREDENTIALS_MISSING'],
    [{ authorization: 'Bearer ya29.unknown' }, 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
    [{ authorization: 'ya29.unknown' }, 'CREDENTIALS_MISSING'],
  ])('counts in its header, as it was given: %j', async (headers: Record<string, string>, reason) => {
    await start();
    const answer = await api.send('/v1/requestStatus:retrieve?requestId=x', { headers });
    expect(refusal(answer)).toEqual([401, reason]);
  });

  it.each([
    ['other-scope', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    ['api-disabled', 'SERVICE_DISABLED'],
    ['no-access', 'PERMISSION_DENIED'],
    ['not-allowlisted', 'NOT_ALLOWLISTED'],
  ])('of a credential that is %s is refused', async (state, reason) => {
    await start({ credentials: { 'spec-refresh-token': state as 'no-access' } });
    const answer = await api.lists();
    expect(refusal(answer)).toEqual([403, reason]);
    expect(answer.body).toMatchObject({ error: { code: 403, status: 'PERMISSION_DENIED' } });
  });

  it('is in no log, nor is what it was got with', async () => {
    await start();
    await api.lists();
    const log = JSON.stringify(api.sandbox.google.requests());
    expect(log).not.toMatch(/ya29|spec-refresh-token|GOCSPX/);
    expect(log).toContain('Bearer sha256:');
  });
});

describe('a service account', () => {
  let privateKey: KeyObject;
  let publicKey: string;

  beforeAll(() => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    privateKey = pair.privateKey;
    publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  });

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  async function ask(change: object = {}, head: object = {}, key: KeyObject = privateKey) {
    await start({ serviceAccounts: [{ clientEmail: EMAIL, publicKey, privateKeyId: 'k1', project: 'spec-project' }] });
    const now = Math.floor(api.sandbox.google.now() / 1000);
    const aud = `${api.sandbox.google.origin}/token`;
    const claims = { iss: EMAIL, scope: SCOPE, aud, iat: now, exp: now + HOUR, ...change };
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...head })}.${part(claims)}`;
    const signature = createSign('RSA-SHA256').update(signed).sign(key).toString('base64url');
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const body = new URLSearchParams({ grant_type, assertion: `${signed}.${signature}` });
    return api.send('/token', { method: 'POST', body });
  }

  it('gets an access token for a signed assertion', async () => {
    const { status, body } = await ask();
    expect([status, body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^ya29\./), expires_in: 3599, token_type: 'Bearer' },
    ]);
    const authorization = `Bearer ${String(body['access_token'])}`;
    const lists = `/v1/accountTypes/GOOGLE_ADS/accounts/1/userLists`;
    expect((await api.send(lists, { headers: { authorization } })).status).toBe(200);
    expect(JSON.stringify(api.sandbox.google.requests())).not.toContain('eyJ');
  });

  it.each<[string, object, object, string]>([
    ['another audience', { aud: 'https://example.com/token' }, {}, 'invalid_grant'],
    ['more than an hour', { exp: Date.now() / 1000 + 2 * HOUR }, {}, 'invalid_grant'],
    ['yesterday', { iat: Date.now() / 1000 - 25 * HOUR, exp: Date.now() / 1000 - 24 * HOUR }, {}, 'invalid_grant'],
    ['an account that is not there', { iss: 'nobody@example.com' }, {}, 'invalid_grant'],
    ['another algorithm', {}, { alg: 'none' }, 'invalid_grant'],
    ['a key that was deleted', {}, { kid: 'k0' }, 'invalid_grant'],
    ['no scope', { scope: undefined }, {}, 'invalid_scope'],
    ['a scope that does not exist', { scope: 'datamanager' }, {}, 'invalid_scope'],
  ])('is refused with %s', async (_, claims, head, error) => {
    expect(await ask(claims, head)).toMatchObject({ status: 400, body: { error } });
  });

  it('is refused with the signature of another key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    expect((await ask({}, {}, other)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Invalid JWT Signature.',
    });
  });

  it('takes an audience of the real endpoint, as key files name it', async () => {
    expect((await ask({ aud: 'https://oauth2.googleapis.com/token' })).status).toBe(200);
  });
});
