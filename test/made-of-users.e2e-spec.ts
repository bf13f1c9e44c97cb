import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService } from './support/service.js';
import { batchOf, eventually, get, newSessionId, upload } from './support/upload.js';

/** Audiences that a platform makes out of users and of nothing else: TikTok's customer files. */
describe('an audience made of its first users', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(
      { TIKTOK_ROUTE: 'file' },
      { tiktok: { processingMs: 1_000, minimumSize: 10, matchRate: 1 } },
      ['tiktok'],
    );
  });
  afterAll(() => service.stop());

  const files = () => service.sandbox.tiktok.requests({ path: '*/file/upload/' }).requests.length;

  it('is created with the chunk that comes first, which is not uploaded again', async () => {
    const users = manyUsers(1_500, 'first');
    const batch = batchOf({ totalUsers: users.length });
    const { status, body } = await upload(service.origin, { name: 'Files', batch, users, query: 'sync=true' });
    expect([status, body.results]).toMatchObject([
      200,
      [{ accepted: 1_500, rejected: 0, audienceId: expect.any(String) }],
    ]);
    expect(files()).toBe(1);
    const [audience] = await eventually(
      () => Promise.resolve(service.sandbox.tiktok.audiences()),
      ([one]) => one?.memberCount === 1_500,
    );
    expect(audience).toMatchObject({ name: 'blotout_Files', rowsReceived: 1_500 });
  });

  it('is created once when several batches come together, and the others wait for it', async () => {
    const session = { sessionId: newSessionId(), totalBatches: 3, totalUsers: 60 };
    const answers = await Promise.all(
      [1, 2, 3].map((sequence) =>
        upload(service.origin, {
          name: 'Together',
          batch: { ...session, sequence },
          users: manyUsers(20, `together-${sequence}`),
        }),
      ),
    );
    const location = service.origin + answers[0]!.headers.get('location')!;
    const waiting = await eventually(
      () => get(location),
      ({ body }) => JSON.stringify(body).includes('being processed'),
    );
    expect(waiting.body.tags).toMatchObject([
      { accepted: 20, pending: 40, lastError: { code: 'platform-unavailable' } },
    ]);
    expect(service.sandbox.tiktok.audiences().filter(({ name }) => name === 'blotout_Together')).toHaveLength(1);
  });

  it('is looked up, not made again, when the answer to its creation is lost', async () => {
    service.sandbox.tiktok.addFaults({ kind: 'drop-after', path: '*/custom_audience/create/', times: 1 });
    const users = manyUsers(20, 'lost');
    const { headers } = await upload(service.origin, { name: 'Lost', batch: batchOf({ totalUsers: 20 }), users });
    const { body } = await eventually(
      () => get(service.origin + headers.get('location')!),
      (answer) => answer.body.state === 'completed',
    );
    expect(body.tags).toMatchObject([{ accepted: 20, rejected: 0 }]);
    const made = service.sandbox.tiktok.audiences().filter(({ name }) => name === 'blotout_Lost');
    expect(made).toMatchObject([{ memberCount: 20 }]);
  });
});
