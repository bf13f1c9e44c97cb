import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fault } from '../src/sandbox/fault.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, post, type TestAnswer, upload } from './support/upload.js';

const graphError = (code: number, error_subcode?: number) => ({
  error: { code, error_subcode, message: 'Not like this' },
});

/** What each failure of a platform does, as the session shows it. */
describe('a platform that fails', () => {
  let service: TestService;
  let uploads = 0;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.sandbox.facebook.clearFaults();
    service.sandbox.facebook.setToken('sandbox-token', 'valid');
  });

  /** Posts one batch to an audience of its own and returns where its session is. */
  async function start(users: unknown = TWO_USERS): Promise<{ name: string; session: string }> {
    const name = `Failing ${(uploads += 1)}`;
    const { status, headers } = await upload(service.origin, { name, batch: batchOf(), users });
    expect(status).toBe(200);
    return { name, session: service.origin + headers.get('location') };
  }

  const tagOf = ({ body }: TestAnswer) => (body.tags as Record<string, unknown>[])[0]!;
  const until = (session: string, state: string) =>
    eventually(
      () => get(session),
      ({ body }) => body.state === state,
    );
  const untilError = (session: string, code: string) =>
    eventually(
      () => get(session),
      (answer) => (tagOf(answer).lastError as { code: string } | null)?.code === code,
    );
  const audience = (name: string) =>
    service.sandbox.facebook.audiences({ members: true }).find((one) => one.name === `blotout_${name}`);

  it.each<[string, Fault]>([
    ['a 500', { kind: 'status', status: 500, path: '*/users', times: 2, body: { error: { code: 2, message: 'x' } } }],
    ['an HTML page', { kind: 'status', status: 502, path: '*/users', times: 1, body: '<html>Bad gateway</html>' }],
    ['a dropped connection', { kind: 'drop', path: '*/users', times: 1 }],
    ['a 500 at the look-up', { kind: 'status', status: 503, path: '*/customaudiences', times: 1 }],
  ])('waits and delivers after %s', async (_, fault) => {
    service.sandbox.facebook.addFaults(fault);
    const { name, session } = await start();
    const waiting = tagOf(await untilError(session, 'platform-unavailable'));
    expect(waiting).toMatchObject({ pending: 2, accepted: 0, lastError: { nextAttemptAt: expect.any(String) } });
    const done = tagOf(await until(session, 'completed'));
    expect(done).toMatchObject({ received: 2, accepted: 2, pending: 0, lastError: null });
    expect(audience(name)).toMatchObject({ memberCount: 2, rowsReceived: 2 });
  });

  it('sends a chunk again whose answer was lost, which the platform’s set makes harmless', async () => {
    service.sandbox.facebook.addFaults({ kind: 'drop-after', path: '*/users', times: 1 });
    const { name, session } = await start();
    await until(session, 'completed');
    expect(audience(name)).toMatchObject({ memberCount: 2 });
    const sent = service.sandbox.facebook.requests({ path: `*/${audience(name)!.id}/users` });
    expect(sent.requests.map(({ status, appliedStatus }) => status ?? appliedStatus)).toEqual([200, 200]);
  });

  it('waits as long as a 429 asks, and makes no call of that account meanwhile', async () => {
    service.sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/users', times: 1, retryAfterSeconds: 6 });
    const { session } = await start();
    const limited = tagOf(await untilError(session, 'rate-limited'));
    expect(limited).toMatchObject({ lastError: { nextAttemptAt: expect.any(String) } });
    const providers = await get(`${service.origin}/providers`);
    expect(JSON.stringify(providers.body)).toContain('"health":"throttled"');

    const calls = () => service.sandbox.facebook.requests().total;
    const before = calls();
    const other = await start();
    await untilError(other.session, 'rate-limited');
    expect(calls()).toBe(before);
    await until(session, 'completed');
    await until(other.session, 'completed');
  });

  it.each<[string, Fault]>([
    ['a bad request', { kind: 'status', status: 400, path: '*/users', body: graphError(100) }],
    ['a locked audience', { kind: 'status', status: 400, path: '*/users', body: graphError(100, 1713230) }],
  ])('fails with the platform’s reason after %s, and delivers when retried', async (_, fault) => {
    service.sandbox.facebook.addFaults(fault);
    const { name, session } = await start();
    const failed = await until(session, 'completed-with-errors');
    expect(tagOf(failed)).toMatchObject({ pending: 2, lastError: { nextAttemptAt: null } });
    const list = await get(`${service.origin}/deliveries?session=${failed.body.id as string}`);
    const [delivery] = list.body.items as { id: string; error: unknown }[];
    expect(delivery?.error).toMatchObject({ retryable: false, message: expect.stringMatching(/\w/) });
    service.sandbox.facebook.clearFaults();
    expect((await post(`${service.origin}/deliveries/${delivery!.id}/retry`)).status).toBe(202);
    await until(session, 'completed');
    expect(audience(name)).toMatchObject({ memberCount: 2, rowsReceived: 2 });
  });

  it('halves a chunk that the platform calls too large, and delivers all of it once', async () => {
    service.sandbox.facebook.addFaults({ kind: 'status', status: 413, path: '*/users', times: 1, body: 'too large' });
    const { name, session } = await start(manyUsers(9));
    await until(session, 'completed');
    expect(audience(name)).toMatchObject({ memberCount: 9, rowsReceived: 9 });
    const sizes = service.sandbox.facebook
      .requests({ path: '*/users' })
      .requests.map(({ body }) => (body as { payload?: { data: unknown[] } }).payload?.data.length)
      .slice(-3);
    expect(sizes).toEqual([9, 5, 4]);
  });

  it('counts what the platform could not use, without inventing which', async () => {
    const answer = {
      audience_id: '1',
      session_id: '1',
      num_received: 2,
      num_invalid_entries: 1,
      invalid_entry_samples: {},
    };
    service.sandbox.facebook.addFaults({ kind: 'status', status: 200, path: '*/users', times: 1, body: answer });
    const { session } = await start();
    expect(tagOf(await until(session, 'completed'))).toMatchObject({
      received: 2,
      accepted: 1,
      rejected: 1,
      skipped: 0,
    });
    const { body } = await get(`${session}/rejections`);
    expect(body.items).toEqual([
      {
        sequence: 1,
        user: null,
        edgeTagId: null,
        provider: 'facebook',
        tag: 'default',
        field: null,
        reason: 'refused-by-platform',
        count: 1,
      },
    ]);
  });
});
