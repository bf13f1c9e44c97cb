import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../src/app.setup.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, post, type TestAnswer, upload } from './support/upload.js';

/** What stops one account holds up its own deliveries alone, loses none of them, and ends by itself or by hand. */
describe('a tag that is stopped', () => {
  let service: TestService;
  let uploads = 0;

  beforeAll(async () => {
    service = await startService({ FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555' });
    service.sandbox.facebook.setToken('eu-token', 'valid');
  });
  afterAll(() => service.stop());
  afterEach(async () => {
    service.sandbox.facebook.clearFaults();
    service.sandbox.facebook.setToken('sandbox-token', 'valid');
    await resume();
    await eventually(
      () => service.database.query(`select 1 from deliveries where state not in ('succeeded', 'failed')`),
      (open) => open.length === 0,
    );
  });

  const resume = () => post(`${service.origin}/providers/facebook/tags/default/resume`);
  const retry = () => post(`${service.origin}/providers/facebook/tags/default/retry`);

  async function start(users: unknown = TWO_USERS, query = 'channels=facebook/default') {
    const name = `Stopped ${(uploads += 1)}`;
    const { status, headers, body } = await upload(service.origin, { name, batch: batchOf(), users, query });
    return { name, status, body, session: service.origin + headers.get('location') };
  }
  const tagOf = ({ body }: TestAnswer) => (body.tags as Record<string, unknown>[])[0]!;
  const until = (session: string, holds: (answer: TestAnswer) => boolean) => eventually(() => get(session), holds);
  const completed = (session: string) => until(session, ({ body }) => body.state === 'completed');
  const waits = (session: string, code: string) =>
    until(session, (answer) => (tagOf(answer).lastError as { code: string } | null)?.code === code);
  const audience = (name: string) => service.sandbox.facebook.audiences().find((one) => one.name === `blotout_${name}`);
  const shown = async (tag = 'default') => {
    const { body } = await get(`${service.origin}/providers`);
    const facebook = (body.items as { id: string; tags: Record<string, unknown>[] }[]).find(
      ({ id }) => id === 'facebook',
    );
    return facebook!.tags.find((one) => one.tag === tag)!;
  };
  const metric = async (name: string) => {
    const text = await (await fetch(`${service.origin}/metrics`)).text();
    return text.split('\n').find((line) => line.startsWith(name) && line.includes('tag="default"'));
  };
  const calls = () => service.sandbox.facebook.requests({ bodies: false }).total;

  it.each([
    ['expired', 'credentials-rejected'],
    ['revoked', 'credentials-rejected'],
    ['no-permission', 'permission-denied'],
    ['tos-unsigned', 'terms-not-accepted'],
  ])('holds the deliveries of a token that is %s, says so, and lets them go on by hand', async (state, code) => {
    service.sandbox.facebook.setToken('sandbox-token', state);
    const first = await start();
    const waiting = tagOf(await waits(first.session, code));
    expect(waiting).toMatchObject({
      deliveries: { waiting: 1 },
      received: 2,
      pending: 2,
      accepted: 0,
      lastError: { nextAttemptAt: null },
    });
    expect(await shown()).toMatchObject({
      health: 'stopped',
      lastErrorCode: code,
      stopped: { code, message: expect.stringMatching(/\w/), since: expect.any(String), nextTryAt: expect.any(String) },
    });
    expect(await shown('eu')).not.toHaveProperty('stopped');
    expect(await metric('audience_tag_stopped')).toMatch(/ 1$/);

    const before = calls();
    const second = await start();
    await waits(second.session, code);
    // Nothing is asked of an account that refuses: the second delivery made no call.
    expect(calls()).toBe(before);

    service.sandbox.facebook.setToken('sandbox-token', 'valid');
    const { status, body } = await resume();
    expect([status, body]).toEqual([200, { provider: 'facebook', tag: 'default', resumed: 2 }]);
    for (const { name, session } of [first, second]) {
      await completed(session);
      expect(audience(name)).toMatchObject({ memberCount: 2, rowsReceived: 2 });
    }
    expect(await shown()).toMatchObject({ health: 'ok' });
    expect(await metric('audience_tag_stopped')).toMatch(/ 0$/);
  });

  it('delivers to the other tags meanwhile, and answers sync calls at once', async () => {
    service.sandbox.facebook.setToken('sandbox-token', 'expired');
    const sync = await start(TWO_USERS, 'sync=true&channels=facebook');
    expect([sync.status, sync.body.errors]).toMatchObject([
      502,
      [{ provider: 'facebook', tag: 'default', code: 'credentials-rejected', retryable: true }],
    ]);
    expect(sync.body.results).toMatchObject([{ accepted: 0 }, { tag: 'eu', accepted: 2 }]);
    const again = await start(TWO_USERS, 'sync=true&channels=facebook/default');
    expect([again.status, again.body.errors]).toMatchObject([502, [{ code: 'credentials-rejected' }]]);
  });

  it('lets one delivery try when the time has come, which frees the others', async () => {
    service.sandbox.facebook.setToken('sandbox-token', 'expired');
    const all = [await start(), await start(), await start()];
    for (const { session } of all) await waits(session, 'credentials-rejected');
    const dueNow = () => service.database.query(`update tag_health set probe_at = now() where tag = 'default'`);

    // A try in vain leaves the others where they are.
    const before = calls();
    await dueNow();
    const tried = await eventually(
      shown,
      ({ stopped }) => Date.parse((stopped as Stop).nextTryAt) > Date.now() + 1_000,
    );
    expect(tried.health).toBe('stopped');
    await eventually(
      () => service.database.query(`select count(*)::int as held from deliveries where held`),
      ([row]) => row!.held === 3,
    );
    expect(calls() - before).toBe(1);

    service.sandbox.facebook.setToken('sandbox-token', 'valid');
    await dueNow();
    for (const { session } of all) await completed(session);
  });

  it('tries at once when a worker starts, which may have the new token', async () => {
    service.sandbox.facebook.setToken('sandbox-token', 'revoked');
    const { session } = await start();
    await waits(session, 'credentials-rejected');
    service.sandbox.facebook.setToken('new-token', 'valid');
    const mended = await createApp({ env: { ...service.env, FACEBOOK_ACCESS_TOKEN: 'new-token' } });
    await mended.listen(0, '127.0.0.1');
    // Whichever of the two processes tries: one with the old token stops the tag again, one with the new one frees it.
    await eventually(
      async () => {
        await service.database.query(`update tag_health set probe_at = now() where stopped_at is not null`);
        return get(session);
      },
      ({ body }) => body.state === 'completed',
    );
    await mended.close();
  });

  it('goes on after a token that expires in the middle of a delivery, from the last checkpoint', async () => {
    service.sandbox.facebook.addFaults({ kind: 'delay', ms: 1_000, path: '*/users' });
    const { name, session } = await start(manyUsers(25_000));
    await until(session, (answer) => tagOf(answer).accepted === 10_000);
    service.sandbox.facebook.setToken('sandbox-token', 'expired');
    expect(tagOf(await waits(session, 'credentials-rejected'))).toMatchObject({ accepted: 10_000, pending: 15_000 });
    service.sandbox.facebook.setToken('sandbox-token', 'valid');
    service.sandbox.facebook.clearFaults();
    await resume();
    expect(tagOf(await completed(session))).toMatchObject({ accepted: 25_000, pending: 0 });
    expect(audience(name)).toMatchObject({ memberCount: 25_000, rowsReceived: 25_000 });
  });

  it('fails its deliveries when they are too old, keeps them listed, and retries all of them by tag', async () => {
    service.sandbox.facebook.setToken('sandbox-token', 'expired');
    const all = [await start(), await start()];
    for (const { session } of all) await waits(session, 'credentials-rejected');
    await service.database.query(
      `update deliveries set queued_at = now() - interval '2 days', due_at = now() where held`,
    );
    await service.database.query(
      `update queue.job set start_after = now() where state = 'created' and name = 'deliveries/facebook/default'`,
    );
    for (const { session } of all) await until(session, ({ body }) => body.state === 'completed-with-errors');
    const { body } = await get(`${service.origin}/deliveries?state=failed&tag=facebook/default`);
    expect(body.items).toMatchObject(
      all.map(() => ({ state: 'failed', error: { code: 'credentials-rejected', retryable: true } })),
    );

    service.sandbox.facebook.setToken('sandbox-token', 'valid');
    await resume();
    const retried = await retry();
    expect([retried.status, retried.body]).toMatchObject([202, { queued: 2, lost: 0 }]);
    for (const { session, name } of all) {
      await completed(session);
      expect(audience(name)).toMatchObject({ memberCount: 2, rowsReceived: 2 });
    }
  });

  it('is tried sparingly while the platform is down, and recovers by itself', async () => {
    service.sandbox.facebook.addFaults({ kind: 'status', status: 503, path: '*', body: 'down' });
    const all = await Promise.all(Array.from({ length: 12 }, () => start()));
    const stopped = await eventually(shown, ({ health }) => health === 'stopped');
    expect(stopped).toMatchObject({ stopped: { code: 'platform-unavailable' } });
    await eventually(
      () => service.database.query(`select count(*)::int as held from deliveries where held`),
      ([row]) => row!.held === 12,
    );
    const before = calls();
    await eventually(shown, ({ stopped: stop }) => Date.parse((stop as Stop).nextTryAt) < Date.now());
    await eventually(
      () => Promise.resolve(calls()),
      (now) => now > before,
    );
    service.sandbox.facebook.clearFaults();
    for (const { name, session } of all) {
      await completed(session);
      expect(audience(name)).toMatchObject({ memberCount: 2 });
    }
    // Twelve deliveries, and not one call each while it was down.
    expect(calls() - before).toBeGreaterThan(12);
    expect(await shown()).toMatchObject({ health: 'ok' });
  });

  it.each(['resume', 'retry'])('does not know a tag that is not configured: %s', async (action) => {
    const { status, body } = await post(`${service.origin}/providers/facebook/tags/nowhere/${action}`);
    expect([status, body.code]).toEqual([404, 'tag-not-found']);
  });
});

interface Stop {
  readonly nextTryAt: string;
}
