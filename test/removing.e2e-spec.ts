import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  membersOf,
  numbers,
  people,
  person,
  sent,
  SessionOfBatches,
  storedCounts,
  untilCounted,
  untilMirrored,
} from './support/mirrors.js';
import { startService, type TestService } from './support/service.js';
import { batchOf, eventually, upload } from './support/upload.js';

const PLATFORMS = ['facebook', 'klaviyo', 'google'] as const;
const SANDBOX = { facebook: { removalFloor: 0 }, klaviyo: { rateLimits: false, smsEnabled: false } };
/** Another tag of the account of the first. */
const TWIN = { FACEBOOK__TWIN__ACCESS_TOKEN: 'twin-token', FACEBOOK__TWIN__AD_ACCOUNT_ID: '1234567890' };

describe('mode=remove', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ SYNC_TIMEOUT_MS: '30000', ...TWIN }, SANDBOX, PLATFORMS);
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  const send = async (name: string, mode: string, users: readonly unknown[], channels = 'facebook/default') => {
    const session = await sent(service.origin, { name, mode, channels }, users);
    return { session, done: () => untilCounted(service.origin, session.location) };
  };
  const inFacebook = (name: string) => membersOf(service.sandbox, 'facebook', name);

  it.each(PLATFORMS)('takes out by any identifier what was added with others, on %s', async (platform) => {
    await (await send('Other', 'append', people(0, 9), `${platform}/default`)).done();
    const asked = [{ email: 'Person-1@Example.com' }, { edgeTagId: 'edge-2' }, { email: 'nobody@example.com' }];
    const { body } = await (await send('Other', 'remove', asked, `${platform}/default`)).done();
    expect(body.tags).toMatchObject([{ received: 3, removed: 2, rejected: 0, pending: 0 }]);
    expect(membersOf(service.sandbox, platform, 'Other')).toEqual([0, ...numbers(3, 9)]);
    const counts = (await storedCounts(service, 'Other')).find(({ provider }) => provider === platform);
    expect(counts).toMatchObject({ uploaded: 8, members: 8 });
  });

  it('tells the platform all that was added of somebody', async () => {
    await (await send('Whole', 'append', people(0, 1))).done();
    await (await send('Whole', 'remove', [{ email: 'person-1@example.com' }])).done();
    const [call] = service.sandbox.facebook.requests({ path: '*/users', method: 'DELETE' }).requests.slice(-1);
    expect(JSON.stringify(call!.body)).toContain('edge-1');
  });

  it('makes nothing where there is no audience, and is a success', async () => {
    const test = { name: 'Nowhere', batch: batchOf(), users: people(0, 2), query: 'mode=remove&sync=true' };
    const { status, body } = await upload(service.origin, test);
    expect([status, body.results]).toMatchObject([
      200,
      [{ accepted: 3 }, { accepted: 3 }, { accepted: 3 }, { accepted: 3 }],
    ]);
    for (const platform of PLATFORMS) {
      expect(service.sandbox[platform].audiences().filter(({ name }) => name === 'blotout_Nowhere')).toEqual([]);
    }
    expect(await storedCounts(service, 'Nowhere')).toEqual([]);
  });

  it('is for all batches of a session', async () => {
    const session = new SessionOfBatches(service.origin, { name: 'Modes', mode: 'remove', totalBatches: 2 });
    expect((await session.send(1, people(0, 1))).status).toBe(200);
    const { status, body } = await session.send(2, people(2, 3), { mode: 'mirror' });
    expect([status, body.code, body.errors?.[0]?.field]).toEqual([409, 'session-conflict', 'mode']);
    expect((await session.send(2, people(2, 3))).status).toBe(200);
  });

  it.each([
    ['append', 'remove', []],
    ['remove', 'append', [1]],
  ])('takes turns: %s, then %s while that is under way', async (first, second, members) => {
    const name = `Turns ${first}`;
    await (await send(name, 'append', [person(0)])).done();
    if (first === 'remove') await (await send(name, 'append', [person(1)])).done();
    const calls = () => service.sandbox.facebook.requests({ path: '*/users' }).total;
    const before = calls();
    service.sandbox.facebook.addFaults({ kind: 'delay', ms: 1_500, path: '*/users', nth: 1 });
    const one = await send(name, first, [person(1)]);
    await eventually(
      () => Promise.resolve(calls()),
      (now) => now > before,
    );
    const other = await send(name, second, [person(1)]);
    await Promise.all([one.done(), other.done()]);
    expect(inFacebook(name)).toEqual([0, ...members]);
    expect(await storedCounts(service, name)).toMatchObject([{ members: 1 + members.length }]);
  });

  it('and mirror treat two tags of one account as one audience', async () => {
    const mirror = async (users: readonly unknown[]) => {
      const { session, done } = await send('Twins', 'mirror', users, 'facebook');
      const { body } = await done();
      const leavers = await untilMirrored(service, session.location);
      return { accepted: (body.tags as { accepted: number }[]).map(({ accepted }) => accepted), leavers };
    };
    expect(await mirror(people(0, 9))).toEqual({ accepted: [10, 10], leavers: [] });
    expect(await mirror(people(5, 14))).toEqual({ accepted: [10, 10], leavers: [expect.any(String)] });
    expect(service.sandbox.facebook.audiences().filter(({ name }) => name === 'blotout_Twins')).toHaveLength(1);
    expect(inFacebook('Twins')).toEqual(numbers(5, 14));
    expect(await storedCounts(service, 'Twins')).toEqual([{ provider: 'facebook', uploaded: 10, members: 10 }]);
    await (await send('Twins', 'remove', people(5, 7), 'facebook')).done();
    expect(inFacebook('Twins')).toEqual(numbers(8, 14));
    expect(await storedCounts(service, 'Twins')).toEqual([{ provider: 'facebook', uploaded: 7, members: 7 }]);
  });

  it('takes out what the call gives without a members store, which refuses to mirror', async () => {
    const off = await startService({ MEMBERS: 'off' }, SANDBOX, ['facebook']);
    try {
      const added = await sent(off.origin, { name: 'Off', mode: 'append' }, people(0, 9));
      await untilCounted(off.origin, added.location);
      const refused = await new SessionOfBatches(off.origin, { name: 'Off' }).send(1, people(0, 4));
      expect([refused.status, refused.body.code]).toEqual([422, 'not-offered']);
      const removed = await sent(off.origin, { name: 'Off', mode: 'remove' }, people(0, 4));
      const { body } = await untilCounted(off.origin, removed.location);
      expect(body.tags).toMatchObject([{ received: 5, accepted: 5, removed: 0 }]);
      expect(membersOf(off.sandbox, 'facebook', 'Off')).toEqual(numbers(5, 9));
      expect(await storedCounts(off, 'Off')).toEqual([{ provider: 'facebook', uploaded: 5, members: 0 }]);
    } finally {
      await off.stop();
    }
  });
});
