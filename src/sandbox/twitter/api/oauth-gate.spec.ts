import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, PHONE, SpecTwitterClient, type TwitterCall, verdict } from '../spec-twitter-client.js';
import { SAMPLE } from '../twitter-options.js';

const AUDIENCES = `accounts/${ACCOUNT}/custom_audiences`;
const MINUTE = 60;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  twitter = new SpecTwitterClient(sandbox);
});
afterEach(() => sandbox.stop());

const secondsFromNow = (seconds: number) => String(Math.floor(sandbox.twitter.now() / 1000) + seconds);

describe('a signature', () => {
  it.each<[string, TwitterCall]>([
    ['over nothing but the header', {}],
    ['over an awkward query', { query: { q: "Spring Sale (VIP) + Café!'*~" } }],
    ['over a form', { method: 'POST', form: { name: 'Spring Sale (VIP) + Café' } }],
  ])('%s is taken', async (_, call) => {
    const { status } = await twitter.call(AUDIENCES, call);
    expect([200, 201]).toContain(status);
  });

  it('leaves a JSON body out', async () => {
    const id = await twitter.audience();
    const operations = [{ operation_type: 'Update', params: { users: [{ phone_number: [PHONE] }] } }];
    expect((await twitter.users(id, operations)).status).toBe(200);
  });

  it.each<[string, TwitterCall | (() => TwitterCall)]>([
    ['no header', { authorization: '' }],
    ['a bearer token', { authorization: 'Bearer abc' }],
    ['a header that is not well-formed', { authorization: 'OAuth oauth_token=abc' }],
    ['a wrong consumer secret', { secrets: { consumer: 'other', token: SAMPLE.tokenSecret } }],
    ['a wrong token secret', { secrets: { consumer: SAMPLE.consumerSecret, token: 'other' } }],
    ['an unknown consumer key', { oauth: { oauth_consumer_key: 'other' } }],
    ['an unknown token', { oauth: { oauth_token: '1-other' } }],
    ['no token', { oauth: { oauth_token: null } }],
    ['no nonce', { oauth: { oauth_nonce: null } }],
    ['another method', { oauth: { oauth_signature_method: 'HMAC-SHA256' } }],
    ['another version', { oauth: { oauth_version: '2.0' } }],
    ['a signature of something else', { oauth: { oauth_signature: 'fHrXRAVbDsoTKS8U3kdaW4DUxQ0=' } }],
    ['a time of six minutes ago', () => ({ oauth: { oauth_timestamp: secondsFromNow(-6 * MINUTE) } })],
    ['a time in six minutes', () => ({ oauth: { oauth_timestamp: secondsFromNow(6 * MINUTE) } })],
    ['a time that is none', { oauth: { oauth_timestamp: 'now' } }],
  ])('with %s is refused', async (_, call) => {
    const reply = await twitter.call(AUDIENCES, typeof call === 'function' ? call() : call);
    expect(verdict(reply)).toEqual([401, 'UNAUTHORIZED_ACCESS']);
  });

  it('may be four minutes old', async () => {
    const oauth = { oauth_timestamp: secondsFromNow(-4 * MINUTE) };
    expect((await twitter.call(AUDIENCES, { oauth })).status).toBe(200);
  });

  it('is good for one call', async () => {
    const oauth = { oauth_nonce: 'once', oauth_timestamp: secondsFromNow(0) };
    expect((await twitter.call(AUDIENCES, { oauth })).status).toBe(200);
    expect(verdict(await twitter.call(AUDIENCES, { oauth }))).toEqual([401, 'UNAUTHORIZED_ACCESS']);
  });

  it('covers the query that was really sent', async () => {
    const { authorization } = await signedFor({ q: 'a b' });
    const send = async (query: string) =>
      (await fetch(`${sandbox.twitter.origin}/12/${AUDIENCES}?${query}`, { headers: { authorization } })).status;
    expect(await send('q=a+b')).toBe(401);
    expect(await send('q=a%20c')).toBe(401);
    expect(await send('q=a%20b')).toBe(200);
  });
});

/** The header of a call as a client would send it, which the simulator has not seen yet. */
async function signedFor(query: Record<string, string>): Promise<{ authorization: string }> {
  const original = globalThis.fetch;
  let authorization = '';
  globalThis.fetch = (_url, init) => {
    authorization = (init?.headers as Record<string, string>)['authorization'] ?? '';
    return Promise.resolve(new Response('{}'));
  };
  try {
    await twitter.call(AUDIENCES, { query });
  } finally {
    globalThis.fetch = original;
  }
  return { authorization };
}

describe('a token', () => {
  const codes = async () => {
    const { token } = twitter;
    sandbox.twitter.setToken(token, 'valid');
    const id = await twitter.audience(`Buyers ${Math.random()}`);
    return async (state: string) => {
      sandbox.twitter.setToken(token, state);
      const replies = [
        await twitter.get(AUDIENCES),
        await twitter.call(`${AUDIENCES}/${id}`, { method: 'PUT', query: { description: 'x' } }),
        await twitter.add(id, [PHONE]),
      ];
      return replies.map((reply) => verdict(reply)[1]);
    };
  };
  const APP = 'UNAUTHORIZED_CLIENT_APPLICATION';
  const USER = 'CURRENT_USER_SUSPENDED';

  it.each([
    ['valid', [undefined, undefined, undefined]],
    ['revoked', ['UNAUTHORIZED_ACCESS', 'UNAUTHORIZED_ACCESS', 'UNAUTHORIZED_ACCESS']],
    ['not-approved', [APP, APP, APP]],
    ['not-allow-listed', [undefined, undefined, APP]],
    ['read-only', [undefined, 'ACTION_NOT_ALLOWED', 'ACTION_NOT_ALLOWED']],
    ['suspended', [USER, USER, USER]],
  ])('that is %s', async (state, expected) => {
    expect(await (await codes())(state)).toEqual(expected);
  });

  it('tells what its user may do', async () => {
    const path = `accounts/${ACCOUNT}/authenticated_user_access`;
    const { body } = await twitter.get(path);
    expect(body).toEqual({
      data: { user_id: '1528000001', permissions: ['ACCOUNT_ADMIN', 'TWEET_COMPOSER'] },
      request: { params: { account_id: ACCOUNT } },
    });
    sandbox.twitter.setToken(twitter.token, 'read-only');
    expect((await twitter.get(path)).body.data).toMatchObject({ permissions: ['ANALYST'] });
  });
});

describe('an account', () => {
  it('that is unknown is forbidden, not missing', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({
      twitter: {
        accounts: [ACCOUNT, 'abc1'],
        tokens: { '2-other': 'other-secret' },
        tokenAccounts: { '2-other': ['abc1', 'abc2'] },
      },
    });
    const ours = new SpecTwitterClient(sandbox);
    const other = new SpecTwitterClient(sandbox, '2-other', 'other-secret');
    const codeFor = async (client: SpecTwitterClient, account: string) =>
      verdict(await client.get(`accounts/${account}/custom_audiences`));
    expect(await codeFor(ours, ACCOUNT)).toEqual([200, undefined]);
    expect(await codeFor(ours, 'abc3')).toEqual([403, 'ACCOUNT_NOT_FOUND']);
    expect(await codeFor(other, 'abc1')).toEqual([200, undefined]);
    expect(await codeFor(other, ACCOUNT)).toEqual([403, 'ACCOUNT_NOT_FOUND']);
    expect(await codeFor(other, 'abc2')).toEqual([403, 'ACCOUNT_NOT_FOUND']);
    expect((await other.get('accounts')).body.data).toMatchObject([{ id: 'abc1', approval_status: 'ACCEPTED' }]);
  });
});
