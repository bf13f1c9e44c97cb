import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, untilState, upload } from './support/upload.js';

const PLATFORMS = ['facebook', 'tiktok', 'klaviyo', 'google', 'linkedin', 'twitter'] as const;
const TAGS = [...PLATFORMS.map((id) => `${id}/default`), 'facebook/eu'];

describe('one call to six platforms and two accounts of one of them', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(
      { FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555', SYNC_TIMEOUT_MS: '20000' },
      { klaviyo: { rateLimits: false }, linkedin: { warmUpMs: 0 } },
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

  it('answers with a true result of each with sync=true, and tells later what was decided later', async () => {
    const users = [...TWO_USERS, { firstName: 'Nobody' }];
    const test = { name: 'All', batch: batchOf({ totalUsers: 3 }), users, query: 'sync=true' };
    const { status, headers, body } = await upload(service.origin, test);
    expect(status).toBe(200);
    expect(tagsOf(body.results)).toEqual([...TAGS].sort());
    const done = { received: 3, accepted: 2, skipped: 1, rejected: 0, audienceId: expect.any(String) };
    for (const result of body.results ?? []) {
      const isOpen = result.state === 'processing';
      expect(result).toMatchObject(isOpen ? { ...done, accepted: 0, pending: 2 } : done);
      // These say at once what became of the users.
      if (['facebook', 'tiktok', 'linkedin', 'twitter'].includes(String(result.provider))) expect(isOpen).toBe(false);
    }
    const session = await untilState(service.origin + headers.get('location'), 'completed');
    expect(session.body.tags).toMatchObject(TAGS.map(() => ({ ...done, pending: 0, lastError: null })));
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
    expect(Date.now() - startedAt).toBeLessThan(20_000);
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
      { provider: 'facebook', tag: 'eu', code: 'credentials-rejected', retryable: true },
    ]);
    const served = body.results?.filter(({ accepted }) => accepted === 2);
    expect(tagsOf(served)).toEqual(
      expect.arrayContaining(['facebook/default', 'linkedin/default', 'tiktok/default', 'twitter/default']),
    );
  });

  it('goes to the platforms and accounts that channels names', async () => {
    const query = 'sync=true&channels=klaviyo,facebook/eu';
    const { body } = await upload(service.origin, { name: 'Channels', batch: batchOf(), users: TWO_USERS, query });
    expect(tagsOf(body.results)).toEqual(['facebook/eu', 'klaviyo/default']);
  });
});
