import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { manyUsers, startService, type TestService } from './support/service.js';
import { batchOf, get, upload } from './support/upload.js';

/** A platform that fails a whole request for the sake of single rows. */
describe('rows that a platform refuses a whole request for', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  it('are named, and the 9,997 others of 10,000 arrive, each once', async () => {
    const users = manyUsers(10_000, 'bad-row').map((user, index) => ({ ...user, edgeTagId: `edge-${index}` }));
    const bad = [17, 4_999, 9_999];
    service.sandbox.facebook.addFaults(
      ...bad.map((index) => ({
        kind: 'status' as const,
        status: 400,
        path: '*/users',
        bodyIncludes: createHash('sha256').update(users[index]!.email).digest('hex'),
        body: { error: { code: 100, message: 'Invalid parameter' } },
      })),
    );
    const batch = batchOf({ totalUsers: users.length });
    const { status, headers, body } = await upload(service.origin, {
      name: 'Three bad rows',
      batch,
      users,
      query: 'sync=true',
    });
    expect([status, body.results]).toMatchObject([
      200,
      [{ received: 10_000, accepted: 9_997, skipped: 0, rejected: 3 }],
    ]);
    const [audience] = service.sandbox.facebook.audiences();
    expect(audience).toMatchObject({ memberCount: 9_997, rowsReceived: 9_997 });

    const { body: rejections } = await get(`${service.origin}${headers.get('location')}/rejections`);
    expect(rejections.items).toMatchObject(
      bad.map((user) => ({ sequence: 1, user, tag: 'default', field: null, reason: 'refused-by-platform' })),
    );
  });
});
