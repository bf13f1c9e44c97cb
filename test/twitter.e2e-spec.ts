import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

const LIST = '*/custom_audiences';
const USERS = '*/users';
const HOUR = 3_600_000;

/** A second tag of the account that the sandbox has, which also sends plain ids. */
const PARTNER = {
  TWITTER__PARTNER__CONSUMER_KEY: 'sandboxConsumerKey0001',
  TWITTER__PARTNER__CONSUMER_SECRET: 'sandboxConsumerSecret0001',
  TWITTER__PARTNER__ACCESS_TOKEN: '1528000001-SandboxToken0001',
  TWITTER__PARTNER__ACCESS_TOKEN_SECRET: 'sandboxTokenSecret0001',
  TWITTER__PARTNER__AD_ACCOUNT_ID: '18ce54d4x5t',
  TWITTER__PARTNER__SEND_PARTNER_USER_ID: 'true',
  TWITTER__PARTNER__MEMBER_TTL_DAYS: '1',
};

/** What only X does: signed calls, unique names, an end for every member. */
describe('an audience on X', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(PARTNER, {}, ['twitter']);
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.twitter.clearFaults());

  const send = async (name: string, users: readonly object[], channels = 'twitter/default') => {
    const batch = batchOf({ totalUsers: users.length });
    const { status, body } = await upload(service.origin, {
      name,
      batch,
      users,
      query: `sync=true&channels=${channels}`,
    });
    return { status, results: body.results ?? [] };
  };
  const audiences = (name: string) =>
    service.sandbox.twitter.audiences({ members: true }).filter((one) => one.name === `blotout_${name}`);

  it('is found again when the answer to its creation was lost', async () => {
    service.sandbox.twitter.addFaults({ kind: 'drop-after', method: 'POST', path: LIST, times: 1 });
    expect(await send('Lost', manyUsers(3, 'lost'))).toMatchObject({ status: 200, results: [{ accepted: 3 }] });
    expect(audiences('Lost')).toMatchObject([{ memberCount: 3, rowsReceived: 3 }]);
  });

  it('is the one that has the name, even where the search did not show it', async () => {
    const first = await send('Taken', manyUsers(1, 'taken'));
    await service.database.query('delete from remote_audiences');
    const body = { data: [], next_cursor: null };
    service.sandbox.twitter.addFaults({ kind: 'status', method: 'GET', path: LIST, status: 200, body, times: 1 });
    const second = await send('Taken', manyUsers(2, 'taken-again'));
    expect(second).toMatchObject({
      status: 200,
      results: [{ accepted: 2, audienceId: first.results[0]?.['audienceId'] }],
    });
    expect(audiences('Taken')).toMatchObject([{ memberCount: 3 }]);
  });

  it('is shared by the tags of an account, each with its own identifiers', async () => {
    const users = [{ edgeTagId: 'edge-1', email: 'ada@example.com' }, { edgeTagId: 'edge-2' }];
    const { status, results } = await send('Shared', users, 'twitter');
    expect(status).toBe(200);
    const accepted = results.map(({ tag, accepted: count }) => [tag, count]).sort();
    expect(accepted).toEqual([
      ['default', 1],
      ['partner', 2],
    ]);
    const [audience, ...others] = audiences('Shared');
    expect(others).toEqual([]);
    expect(audience?.members?.map(({ columns }) => Object.keys(columns).sort())).toEqual(
      expect.arrayContaining([['email'], ['email', 'partner_user_id'], ['partner_user_id']]),
    );
  });

  it('takes 45,000 users in three requests of at most 2,500 operations and 5,000,000 bytes', async () => {
    service.sandbox.twitter.clearRequests();
    const users = manyUsers(45_000, 'many').map((user, at) => ({
      ...user,
      phone: `+1202555${1_000_000 + at}`.slice(0, 12),
    }));
    expect(await send('Many', users)).toMatchObject({ status: 200, results: [{ accepted: 45_000 }] });
    const { requests } = service.sandbox.twitter.requests({ path: USERS });
    const sizes = requests.map(({ body }) => (body as unknown[]).length);
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_500);
    expect(Math.max(...requests.map(({ bodyBytes }) => bodyBytes))).toBeLessThan(5_000_000);
    expect(audiences('Many')).toMatchObject([{ memberCount: 45_000, rowsReceived: 45_000 }]);
  });

  it('is filled although X’s clock is hours ahead of ours, and loses members whose time is up', async () => {
    await send('Later', [{ email: 'ada@example.com' }], 'twitter/partner');
    expect(audiences('Later')).toMatchObject([{ memberCount: 1 }]);
    service.sandbox.twitter.advanceClock(25 * HOUR);
    expect(audiences('Later')).toMatchObject([{ memberCount: 0 }]);
    expect(await send('Later', [{ email: 'grace@example.com' }], 'twitter/partner')).toMatchObject({ status: 200 });
    expect(audiences('Later')).toMatchObject([{ memberCount: 1 }]);
  });
});
