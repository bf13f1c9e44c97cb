import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { ACCOUNT, JANE, people, SpecTwitterClient, verdict } from './spec-twitter-client.js';

const AUDIENCES = `accounts/${ACCOUNT}/custom_audiences`;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  twitter = new SpecTwitterClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('the simulator as tests see it', () => {
  it('names the variables that point the service at it', () => {
    expect(sandbox.twitter.environment).toEqual({
      TWITTER_BASE_URL: sandbox.twitter.origin,
      TWITTER_CONSUMER_KEY: 'sandboxConsumerKey0001',
      TWITTER_CONSUMER_SECRET: 'sandboxConsumerSecret0001',
      TWITTER_ACCESS_TOKEN: '1528000001-SandboxToken0001',
      TWITTER_ACCESS_TOKEN_SECRET: 'sandboxTokenSecret0001',
      TWITTER_AD_ACCOUNT_ID: '18ce54d4x5t',
    });
  });

  it('shows its audiences, with what only this platform has', async () => {
    const id = await twitter.audience();
    await twitter.add(id, people(3));
    expect(sandbox.twitter.audiences({ members: true, offset: 1, limit: 1 })).toEqual([
      {
        id,
        name: 'Buyers',
        account: ACCOUNT,
        memberCount: 3,
        rowsReceived: 3,
        details: {
          audienceType: 'CRM',
          description: null,
          audienceSize: null,
          reasonsNotTargetable: ['PROCESSING', 'TOO_SMALL'],
          deleted: false,
        },
        members: [{ columns: { email: people(2)[1] }, timesReceived: 1 }],
      },
    ]);
  });

  it('keeps signatures out of its log', async () => {
    await twitter.get(AUDIENCES);
    const [request] = sandbox.twitter.requests().requests;
    expect(request?.headers['authorization']).toMatch(/^OAuth sha256:\w+$/);
  });

  it('lets an audience be changed from the outside', async () => {
    const id = await twitter.audience();
    const large = sandbox.twitter.patchAudience(id, { audienceSize: 1_470, reason: 'POLICY' });
    expect(large?.details).toMatchObject({ audienceSize: 1_470, reasonsNotTargetable: ['POLICY'] });
    sandbox.twitter.patchAudience(id, { miscount: 1 });
    expect((await twitter.add(id, people(3))).body.data).toEqual({ success_count: 2, total_count: 3 });
    sandbox.twitter.patchAudience(id, { audienceType: 'WEB' });
    expect(verdict(await twitter.add(id, [JANE]))).toEqual([403, 'ACTION_NOT_ALLOWED']);
    sandbox.twitter.patchAudience(id, { deleted: true });
    expect(verdict(await twitter.add(id, [JANE]))).toEqual([404, 'NOT_FOUND']);
    expect(sandbox.twitter.patchAudience('zzz', {})).toBeUndefined();
  });

  it.each([[{ flagged: true }], [{ miscount: -1 }], [{ deleted: false }], [{ reason: 7 }], [{ refuses: [7] }]])(
    'refuses the change %j',
    async (patch) => {
      const id = await twitter.audience();
      expect(() => sandbox.twitter.patchAudience(id, patch)).toThrow('that could become this');
    },
  );

  it('refuses a token state that there is not', () => {
    expect(() => sandbox.twitter.setToken('t', 'lost')).toThrow(/^state must be one of valid, revoked, /);
  });

  it('forgets everything', async () => {
    const id = await twitter.audience();
    sandbox.twitter.setToken(twitter.token, 'revoked');
    sandbox.twitter.reset();
    expect(sandbox.twitter.audiences()).toEqual([]);
    expect(await twitter.audience()).toBe(id);
  });

  it('answers a body that cannot be read in the envelope', async () => {
    const url = `${sandbox.twitter.origin}/12/${AUDIENCES}/abc/users`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: '[{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ code: 'INVALID_PARAMETER' }] });
  });
});
