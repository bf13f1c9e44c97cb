import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../src/app.setup.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, post, upload } from './support/upload.js';

const CHUNK = 10_000;

/** Ways back that are easy to get wrong. */
describe('a delivery finds its way back', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  const audiences = (name: string) =>
    service.sandbox.facebook.audiences().filter((one) => one.name === `blotout_${name}`);
  const until = (
    location: string | null,
    holds: (tag: { accepted: number; lastError: { code: string } | null }) => boolean,
  ) =>
    eventually(
      () => get(service.origin + location),
      ({ body }) => holds((body.tags as { accepted: number; lastError: { code: string } | null }[])[0]!),
    );
  const completed = (location: string | null) =>
    eventually(
      () => get(service.origin + location),
      ({ body }) => body.state === 'completed',
    );

  it('sends all users to the new audience when another delivery has replaced the lost one in between', async () => {
    const name = 'Replaced in between';
    service.sandbox.facebook.addFaults({ kind: 'status', status: 503, path: '*/users', nth: 2, body: {} });
    const users = manyUsers(CHUNK + 5_000, 'replaced');
    const { headers } = await upload(service.origin, { name, batch: batchOf({ totalUsers: users.length }), users });
    await until(headers.get('location'), ({ accepted, lastError }) => accepted === CHUNK && lastError !== null);

    const [lost] = audiences(name);
    service.sandbox.facebook.patchAudience(lost!.id, { deleted: true });
    const other = await upload(service.origin, { name, batch: batchOf(), users: TWO_USERS, query: 'sync=true' });
    expect(other.body.results).toMatchObject([{ accepted: 2 }]);

    await completed(headers.get('location'));
    const [found] = audiences(name).filter(({ id }) => id !== lost!.id);
    expect(found).toMatchObject({ memberCount: users.length + 2 });
  });

  it('goes back to large chunks after one that passed for too large', async () => {
    service.sandbox.facebook.addFaults({ kind: 'status', status: 413, path: '*/users', times: 3, body: 'too large' });
    const users = manyUsers(1_000, 'grown');
    const { headers } = await upload(service.origin, { name: 'Grown', batch: batchOf({ totalUsers: 1_000 }), users });
    await completed(headers.get('location'));
    const { requests } = service.sandbox.facebook.requests({ path: `*/${audiences('Grown')[0]!.id}/users` });
    const sizes = requests.map(({ body }) => (body as { payload?: { data: unknown[] } }).payload?.data.length);
    expect(sizes).toEqual([1_000, 500, 250, 125, 250, 500, 125]);
    expect(audiences('Grown')).toMatchObject([{ memberCount: 1_000, rowsReceived: 1_000 }]);
  });

  it('is not taken up by a second job while its time has not come', async () => {
    service.sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/users', times: 1, retryAfterSeconds: 60 });
    const { headers } = await upload(service.origin, { name: 'Not due', batch: batchOf(), users: TWO_USERS });
    const { body } = await until(headers.get('location'), ({ lastError }) => lastError?.code === 'rate-limited');
    const queue = 'deliveries/facebook/default';
    await service.database.query(`
      insert into queue.job (name, data, policy, retry_limit, expire_seconds, deletion_seconds, keep_until)
      select name, data, policy, retry_limit, expire_seconds, deletion_seconds, keep_until
      from queue.job where name = '${queue}' and state = 'created'`);
    const jobs = () =>
      service.database.query(
        `select 1 from queue.job where name = '${queue}' and state in ('created', 'active') and start_after <= now()`,
      );
    await eventually(jobs, (open) => open.length === 0);
    const list = await get(`${service.origin}/deliveries?session=${body.id as string}`);
    expect(list.body.items).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    await post(`${service.origin}/deliveries/${(list.body.items as { id: string }[])[0]!.id}/cancel`);
    await service.database.query('update tag_budgets set blocked_until = null');
  });

  it('shows of two failures one, whole', async () => {
    const name = 'Two failures';
    const refuse = (error_subcode?: number) =>
      service.sandbox.facebook.addFaults({
        kind: 'status',
        status: 400,
        path: '*/users',
        times: 1,
        body: { error: { code: 100, error_subcode, message: 'Not like this' } },
      });
    const users = TWO_USERS.slice(0, 1);
    const batch = batchOf({ totalBatches: 2, totalUsers: 2 });
    refuse();
    const first = await upload(service.origin, { name, batch, users });
    await until(first.headers.get('location'), ({ lastError }) => lastError !== null);
    refuse(1713230);
    await upload(service.origin, { name, batch: { ...batch, sequence: 2 }, users });
    const { body } = await until(
      first.headers.get('location'),
      ({ lastError }) => lastError?.code === 'audience-blocked',
    );
    expect(body.tags).toMatchObject([
      { deliveries: { failed: 2 }, lastError: { message: expect.stringMatching(/appeal/i), nextAttemptAt: null } },
    ]);
  });

  it('answers a batch again whose account was taken out of the configuration since', async () => {
    const test = {
      name: 'Taken out',
      batch: batchOf(),
      users: TWO_USERS,
      query: 'sync=true&channels=facebook/default',
    };
    const first = await upload(service.origin, test);
    const { FACEBOOK_ACCESS_TOKEN: _token, FACEBOOK_AD_ACCOUNT_ID: _account, ...env } = service.env;
    const later = await createApp({ env });
    await later.listen(0, '127.0.0.1');
    const again = await upload(await later.getUrl(), test);
    await later.close();
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('idempotent-replay')).toBe('true');
  });

  it.each([
    ['a year 0', { batch: { ...batchOf(), pullDate: '0000-01-01' }, users: TWO_USERS }, 'batch.pullDate'],
    ['brackets without end', { batch: batchOf(), users: '['.repeat(2_000_000) }, 'users'],
  ])('refuses %s at once', async (_, test, field) => {
    const startedAt = Date.now();
    const { status, body } = await upload(service.origin, { name: 'Refused', ...test });
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });
});
