import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, upload } from './support/upload.js';

const PLATFORMS = ['facebook', 'tiktok', 'klaviyo'] as const;
const TAGS = ['facebook/default', 'facebook/eu', 'tiktok/default', 'klaviyo/default'];

describe('one call to three platforms and two accounts of one of them', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(
      { FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555', SYNC_TIMEOUT_MS: '20000' },
      { klaviyo: { rateLimits: false } },
      PLATFORMS,
    );
  });
  afterAll(() => service.stop());
  afterEach(() => {
    for (const id of PLATFORMS) service.sandbox[id].clearFaults();
    service.sandbox.facebook.setToken('eu-token', 'valid');
  });

  const tagsOf = (results: Record<string, unknown>[] | undefined) =>
    results?.map(({ provider, tag }) => `${String(provider)}/${String(tag)}`).sort();

  it('answers with a result of each with sync=true', async () => {
    const users = [...TWO_USERS, { firstName: 'Nobody' }];
    const { status, body } = await upload(service.origin, { name: 'All', batch: batchOf(), users, query: 'sync=true' });
    expect(status).toBe(200);
    expect(tagsOf(body.results)).toEqual([...TAGS].sort());
    for (const result of body.results ?? []) {
      expect(result).toMatchObject({
        received: 3,
        accepted: 2,
        skipped: 1,
        rejected: 0,
        audienceId: expect.any(String),
      });
    }
    for (const id of PLATFORMS) {
      const audiences = service.sandbox[id].audiences().filter(({ name }) => name === 'blotout_All');
      expect(audiences).toHaveLength(id === 'facebook' ? 2 : 1);
      expect(audiences[0]).toMatchObject({ memberCount: 2, rowsReceived: 2 });
    }
  });

  it('answers {"success": true} at once without, however slow the platforms are', async () => {
    for (const id of PLATFORMS) service.sandbox[id].addFaults({ kind: 'delay', ms: 4_000 });
    const startedAt = Date.now();
    const { status, body } = await upload(service.origin, { name: 'Async', batch: batchOf(), users: TWO_USERS });
    expect([status, body]).toEqual([200, { success: true }]);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  it.each([
    ['tiktok', { kind: 'drop' as const }],
    ['klaviyo', { kind: 'timeout' as const }],
    ['facebook', { kind: 'status' as const, status: 503, body: {} }],
  ] as const)('serves the others without delay while %s is down', async (down, fault) => {
    service.sandbox[down].addFaults(fault);
    const users = manyUsers(20, down);
    const startedAt = Date.now();
    const { headers } = await upload(service.origin, {
      name: `Without ${down}`,
      batch: batchOf({ totalUsers: 20 }),
      users,
    });
    const session = await eventually(
      () => get(service.origin + headers.get('location')),
      ({ body }) =>
        (body.tags as { provider: string; accepted: number }[]).every(
          (tag) => tag.provider === down || tag.accepted === 20,
        ),
    );
    expect(Date.now() - startedAt).toBeLessThan(8_000);
    const ofDown = (session.body.tags as { provider: string; pending: number }[]).filter(
      ({ provider }) => provider === down,
    );
    expect(ofDown.length).toBeGreaterThan(0);
    expect(ofDown.every(({ pending }) => pending === 20)).toBe(true);
    expect(session.body.state).toBe('delivering');
  });

  it('serves the others when one account refuses its token, and says which', async () => {
    service.sandbox.facebook.setToken('eu-token', 'expired');
    const { status, body } = await upload(service.origin, {
      name: 'Refused',
      batch: batchOf(),
      users: TWO_USERS,
      query: 'sync=true',
    });
    expect(status).toBe(502);
    expect(body.errors).toMatchObject([
      { provider: 'facebook', tag: 'eu', code: 'credentials-rejected', retryable: false },
    ]);
    const served = body.results?.filter(({ accepted }) => accepted === 2);
    expect(tagsOf(served)).toEqual(['facebook/default', 'klaviyo/default', 'tiktok/default']);
  });

  it('goes to the platforms and accounts that channels names', async () => {
    const query = 'sync=true&channels=klaviyo,facebook/eu';
    const { body } = await upload(service.origin, { name: 'Channels', batch: batchOf(), users: TWO_USERS, query });
    expect(tagsOf(body.results)).toEqual(['facebook/eu', 'klaviyo/default']);
  });
});
