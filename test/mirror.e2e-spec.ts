import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LeaversService } from '../src/membership/leavers.service.js';
import {
  membersOf,
  numbers,
  people,
  person,
  rowsTo,
  sent,
  SessionOfBatches,
  storedCounts,
  untilCounted,
  untilMirrored,
} from './support/mirrors.js';
import { startService, type TestService } from './support/service.js';
import { eventually, get, post } from './support/upload.js';

/** The second and the third decide later about what they have taken. */
const PLATFORMS = ['facebook', 'klaviyo', 'google', 'linkedin'] as const;
const CONFLICT = { kind: 'error', code: 100, subcode: 1713228, status: 400 } as const;

describe('a mirror', () => {
  let service: TestService;

  beforeAll(async () => {
    const sandbox = {
      facebook: { removalFloor: 0 },
      klaviyo: { rateLimits: false, smsEnabled: false },
      linkedin: { warmUpMs: 0 },
    };
    service = await startService({ SYNC_TIMEOUT_MS: '30000' }, sandbox, PLATFORMS);
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  const mirror = (name: string, users: readonly unknown[], channels = 'facebook') =>
    sent(service.origin, { name, channels }, users);
  const done = async (session: SessionOfBatches) => {
    const { body } = await untilCounted(service.origin, session.location);
    return { tags: body.tags as Record<string, unknown>[], leavers: await untilMirrored(service, session.location) };
  };
  const inFacebook = (name: string) => membersOf(service.sandbox, 'facebook', name);
  /** Whether anybody leaves now; it is done every second anyway. */
  const leaversOf = async ({ location }: SessionOfBatches) => {
    await service.app.get(LeaversService).run();
    return service.database.query(
      `select leavers, done_at from mirrors where session = '${location.split('/').at(-1)}'`,
    );
  };
  const stillOpen = [{ leavers: null, done_at: null }];

  it.each(PLATFORMS)('sends only who is new or changed, and takes out who left, on %s', async (platform) => {
    await done(await mirror('Daily', people(0, 59), platform));
    expect([membersOf(service.sandbox, platform, 'Daily'), rowsTo(service.sandbox, platform, 'Daily')]).toEqual([
      numbers(0, 59),
      60,
    ]);

    const next = [...people(10, 54), ...people(55, 59, { firstName: 'Changed' }), ...people(60, 69)];
    const { tags, leavers } = await done(await mirror('Daily', next, platform));
    expect(tags).toMatchObject([{ received: 60, accepted: 60, unchanged: 45, added: 10 }]);
    expect([membersOf(service.sandbox, platform, 'Daily'), rowsTo(service.sandbox, platform, 'Daily')]).toEqual([
      numbers(10, 69),
      75,
    ]);
    expect(leavers).toHaveLength(1);
    const { body } = await get(`${service.origin}/sessions/${leavers[0]}`);
    expect(body).toMatchObject({ mode: 'remove', origin: 'leavers', state: 'completed' });
    expect(body.tags).toMatchObject([{ provider: platform, received: 10, accepted: 10, removed: 10 }]);
    expect((await storedCounts(service, 'Daily')).find(({ provider }) => provider === platform)).toMatchObject({
      uploaded: 60,
      members: 60,
    });
  });

  it('takes nobody out while a batch is missing, in whatever order and however often the others come', async () => {
    await done(await mirror('Orders', people(0, 29)));
    const session = new SessionOfBatches(service.origin, { name: 'Orders', channels: 'facebook', totalBatches: 3 });
    await session.send(3, people(20, 24));
    await session.send(1, people(25, 29));
    expect((await session.send(3, people(20, 24))).headers.get('idempotent-replay')).toBe('true');
    await untilCounted(service.origin, session.location, 'receiving');
    expect(await leaversOf(session)).toMatchObject(stillOpen);
    expect(inFacebook('Orders')).toEqual(numbers(0, 29));
    await session.send(2, people(30, 34));
    await done(session);
    expect(inFacebook('Orders')).toEqual(numbers(20, 34));
    expect(rowsTo(service.sandbox, 'facebook', 'Orders')).toBe(35);
  });

  it('takes nobody out when a delivery failed, until it is retried by hand', async () => {
    await done(await mirror('Failing', people(0, 9)));
    service.sandbox.facebook.addFaults({ ...CONFLICT, path: '*/users' });
    const session = await mirror('Failing', people(5, 14));
    await untilCounted(service.origin, session.location, 'completed-with-errors');
    service.sandbox.facebook.clearFaults();
    expect(await leaversOf(session)).toMatchObject(stillOpen);
    expect(inFacebook('Failing')).toEqual(numbers(0, 9));
    const { body } = await get(`${service.origin}/deliveries?session=${session.location.split('/').at(-1)}`);
    const [{ id }] = body.items as [{ id: string }];
    expect((await post(`${service.origin}/deliveries/${id}/retry`)).status).toBe(202);
    await done(session);
    expect(inFacebook('Failing')).toEqual(numbers(5, 14));
  });

  it('keeps those whom a session brings that begins while it is under way', async () => {
    await done(await mirror('Between', people(0, 9)));
    const session = new SessionOfBatches(service.origin, { name: 'Between', channels: 'facebook', totalBatches: 2 });
    await session.send(1, people(10, 12));
    const append = await sent(service.origin, { name: 'Between', mode: 'append', channels: 'facebook' }, [
      person(3),
      person(20),
    ]);
    await untilCounted(service.origin, append.location);
    await session.send(2, people(13, 14));
    await done(session);
    expect(inFacebook('Between')).toEqual([3, 10, 11, 12, 13, 14, 20]);
  });

  it('that completes after a younger one takes nobody of that one out', async () => {
    await done(await mirror('Overtaken', people(0, 9)));
    const older = new SessionOfBatches(service.origin, { name: 'Overtaken', channels: 'facebook', totalBatches: 2 });
    await older.send(1, people(10, 14));
    await done(await mirror('Overtaken', people(20, 29)));
    expect(inFacebook('Overtaken')).toEqual(numbers(20, 29));
    await older.send(2, people(15, 19));
    const { leavers } = await done(older);
    expect(leavers).toEqual([]);
    expect(inFacebook('Overtaken')).toEqual(numbers(15, 29));
  });

  it('of which nothing was accepted takes nobody out', async () => {
    await done(await mirror('Empty', people(0, 9)));
    const { tags, leavers } = await done(await mirror('Empty', [{ firstName: 'Nobody' }]));
    expect([tags, leavers]).toMatchObject([[{ accepted: 0, skipped: 1 }], []]);
    expect(inFacebook('Empty')).toEqual(numbers(0, 9));
  });

  it('takes nobody out of an audience that only some of its batches were for', async () => {
    await done(await mirror('Parts', people(0, 9), 'facebook,linkedin'));
    const session = new SessionOfBatches(service.origin, { name: 'Parts', totalBatches: 2 });
    await session.send(1, people(5, 9), { channels: 'facebook,linkedin' });
    await session.send(2, people(10, 14), { channels: 'facebook' });
    await untilCounted(service.origin, session.location);
    expect(await leaversOf(session)).toHaveLength(2);
    await eventually(
      () => Promise.resolve(inFacebook('Parts')),
      (members) => members.length === 10,
    );
    expect(inFacebook('Parts')).toEqual(numbers(5, 14));
    expect(membersOf(service.sandbox, 'linkedin', 'Parts')).toEqual(numbers(0, 9));
  });

  it('keeps whom it has brought, though the platform can make nothing of what is known of them now', async () => {
    await done(await mirror('Spoilt', people(0, 9), 'google'));
    const { tags } = await done(await mirror('Spoilt', [...people(1, 9), person(0, { email: 'spoilt' })], 'google'));
    expect(tags).toMatchObject([{ accepted: 9, unchanged: 9, skipped: 1 }]);
    expect(membersOf(service.sandbox, 'google', 'Spoilt')).toEqual(numbers(0, 9));
  });

  it.each(PLATFORMS)('keeps an address on %s that somebody left who comes under another id', async (platform) => {
    const moved = [person(0, { edgeTagId: 'another' }), person(1)];
    await done(await mirror('Devices', people(0, 2), platform));
    const { tags, leavers } = await done(await mirror('Devices', moved, platform));
    expect(tags).toMatchObject([{ accepted: 2, added: 1, unchanged: 1 }]);
    const { body } = await get(`${service.origin}/sessions/${leavers[0]}`);
    expect(body.tags).toMatchObject([{ received: 2, accepted: 2, removed: 2 }]);
    expect(membersOf(service.sandbox, platform, 'Devices')).toEqual([0, 1]);
  });

  it('sends all again to the audience that takes the place of one that was deleted on the platform', async () => {
    await done(await mirror('Deleted', people(0, 19)));
    const [audience] = service.sandbox.facebook.audiences().filter(({ name }) => name === 'blotout_Deleted');
    service.sandbox.facebook.addFaults({ kind: 'delay', ms: 500, path: '*/users', method: 'POST', nth: 1 });
    const session = await mirror('Deleted', [...people(5, 19), ...people(20, 21)]);
    service.sandbox.facebook.patchAudience(audience!.id, { deleted: true });
    const { tags } = await done(session);
    expect(tags).toMatchObject([{ received: 17, accepted: 17, added: 17, unchanged: 0, deliveries: { succeeded: 1 } }]);
    expect(inFacebook('Deleted')).toEqual(numbers(5, 21));
    expect(await storedCounts(service, 'Deleted')).toEqual([{ provider: 'facebook', uploaded: 17, members: 17 }]);
  });

  it('sends those too whom it took for unchanged, when they are gone by the time', async () => {
    const { linkedin } = service.sandbox;
    await done(await mirror('Vanished', people(0, 9), 'linkedin'));
    const calls = () => linkedin.requests({ path: '*/users' }).total;
    const before = calls();
    linkedin.addFaults({ kind: 'delay', ms: 700, path: '*/users', nth: 1 });
    const session = await mirror('Vanished', people(0, 10), 'linkedin');
    // The call is under way: by now it is decided who need not be sent.
    await eventually(
      () => Promise.resolve(calls()),
      (now) => now > before,
    );
    await service.database.query(`delete from members where audience = (select number from custom_audiences
      where name = 'blotout_Vanished')`);
    const { tags } = await done(session);
    linkedin.clearFaults();
    expect(tags).toMatchObject([{ received: 11, accepted: 11, added: 11, unchanged: 0 }]);
    expect(rowsTo(service.sandbox, 'linkedin', 'Vanished')).toBe(10 + 1 + 11);
  });
});
