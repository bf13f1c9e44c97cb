import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { CallContext } from '../../contract/audience-provider.js';
import { AccessTokens, type FreshToken } from '../../kit/oauth/access-tokens.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { LinkedInClient } from '../linkedin.client.js';
import { LinkedInTag } from '../linkedin.config.js';
import { credentialsOf, LinkedInAccess } from './linkedin.access.js';

const DAY_MS = 86_400_000;
const TOKEN_PATH = '/oauth/v2/accessToken';
const ctx: CallContext = { deliveryId: 'd1', signal: new AbortController().signal };

const CREDENTIALS = {
  clientId: '77sandboxclient',
  clientSecret: 'WPL_AP1.sandbox',
  refreshToken: 'sandbox-refresh-token',
};

let sandbox: Sandbox;
let http: PlatformHttp;
let tokens: AccessTokens;

beforeEach(async () => {
  // No token works but those that are given out.
  sandbox = await startSandbox({ linkedin: { acceptedTokens: [] } });
  http = new PlatformHttp(new HttpService());
  tokens = new LocalAccessTokens();
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

function tagWith(values: Partial<LinkedInTag> = {}): LinkedInTag {
  const { origin } = sandbox.linkedin;
  const settings = { adAccountId: '512345678', baseUrl: origin, tokenUrl: origin + TOKEN_PATH, ...CREDENTIALS };
  return Object.assign(new LinkedInTag(), settings, values);
}

const find = (values?: Partial<LinkedInTag>) =>
  new LinkedInClient(tagWith(values), http, tokens).findAudience('Buyers', ctx);
const refreshes = () => sandbox.linkedin.requests({ path: TOKEN_PATH }).requests;
const calls = () => sandbox.linkedin.requests({ path: '/rest/*' }).requests.map(({ status }) => status);

describe('a refresh token', () => {
  it('gives the access token of all calls, of all tags with the same credentials', async () => {
    await Promise.all([find(), find(), find({ adAccountId: '9' })]);
    await find();
    expect(refreshes()).toHaveLength(1);
    expect(refreshes()[0]).toMatchObject({ method: 'POST', query: {}, body: { grant_type: 'refresh_token' } });
    expect(calls()).toEqual(Array(8).fill(200));
  });

  it.each(['expired', 'revoked', 'invalid'])(
    'gives another one, once, where it is %s before its time',
    async (state) => {
      await find();
      sandbox.linkedin.setToken('AQX-sandbox-0001', state);
      sandbox.linkedin.clearRequests();
      await Promise.all([find(), find(), find()]);
      expect(refreshes()).toHaveLength(1);
      const statuses = calls();
      expect(statuses.filter((status) => status === 200)).toHaveLength(6);
      expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(1);
    },
  );

  it('is asked once for a call: a second refusal is the answer', async () => {
    sandbox.linkedin.addFaults({ kind: 'error', code: 65600, path: '/rest/*' });
    await expect(find()).rejects.toMatchObject({
      code: 'credentials-rejected',
      platformCode: '401/INVALID_ACCESS_TOKEN',
    });
    expect([refreshes().length, calls()]).toEqual([2, [401, 401]]);
  });

  it('that lacks permission is not asked again', async () => {
    sandbox.linkedin.addFaults({ kind: 'error', code: 100, path: '/rest/*' });
    await expect(find()).rejects.toMatchObject({ code: 'permission-denied' });
    expect([refreshes().length, calls()]).toEqual([1, [403]]);
  });

  it.each(['expired', 'revoked'])('that is %s has the member agree again', async (state) => {
    sandbox.linkedin.setToken('sandbox-refresh-token', state);
    await expect(find()).rejects.toMatchObject({
      code: 'credentials-rejected',
      platformCode: '400/invalid_grant',
      message: 'LinkedIn: the refresh token has ended or was revoked: the member has to agree again (REFRESH_TOKEN)',
    });
    expect(calls()).toEqual([]);
    sandbox.linkedin.setToken('sandbox-refresh-token', 'valid');
    await expect(find()).resolves.toBeUndefined();
  });

  it('of another app is refused as such, without a word of the secret', async () => {
    const error: unknown = await find({ clientSecret: 'WPL_AP1.wrong' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'credentials-rejected', platformCode: '401/invalid_client' });
    expect(String(error)).not.toContain('WPL_AP1');
  });

  it('cannot be asked while the endpoint is away, which passes', async () => {
    sandbox.linkedin.addFaults({ kind: 'status', status: 503, path: TOKEN_PATH, times: 1 });
    await expect(find()).rejects.toMatchObject({ code: 'platform-unavailable' });
    await expect(find()).resolves.toBeUndefined();
  });
});

describe('LinkedInAccess', () => {
  /** Hands on what it is asked with. */
  class WatchedTokens extends AccessTokens {
    key = '';
    fresh?: FreshToken;

    async get(key: string, refresh: (signal: AbortSignal) => Promise<FreshToken>): Promise<string> {
      this.key = key;
      this.fresh = await refresh(ctx.signal);
      return this.fresh.token;
    }
  }

  const daysLeft = ({ fresh }: WatchedTokens) => ((fresh?.expiresAt.getTime() ?? 0) - Date.now()) / DAY_MS;

  it('renews a token five days before it ends, and one that ends sooner some hours before', async () => {
    const watched = new WatchedTokens();
    const access = new LinkedInAccess(tagWith(), http, watched);
    await access.token(ctx.signal);
    expect(daysLeft(watched)).toBeCloseTo(55, 1);
    sandbox.linkedin.advanceClock(353 * DAY_MS);
    await access.token(ctx.signal);
    expect(daysLeft(watched)).toBeCloseTo(11, 1);
  });

  it('names its token by a digest of the credentials', async () => {
    const watched = new WatchedTokens();
    await new LinkedInAccess(tagWith(), http, watched).token(ctx.signal);
    expect(watched.key).toMatch(/^linkedin\/[0-9a-f]{64}$/);
    const others = [{ clientId: 'x' }, { clientSecret: 'x' }, { refreshToken: 'x' }, { accessToken: 'x' }];
    const digests = [{}, { adAccountId: '9' }, ...others].map((change) => credentialsOf(tagWith(change)));
    expect(new Set(digests).size).toBe(5);
    expect(digests[0]).toBe(digests[1]);
  });
});
