import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '../src/sandbox/fault.js';
import { manyUsers, startService, type TestService } from './support/service.js';
import { batchOf, eventually, get, post, untilState, upload } from './support/upload.js';

type Counts = Record<'received' | 'accepted' | 'skipped' | 'rejected' | 'pending', number>;

/** Three chunks for Facebook, with users that are skipped and users that lose an identifier in each. */
const USERS = manyUsers(25_000, 'counted').map((user, index) =>
  index % 1_000 === 7 ? { firstName: 'Nobody' } : index % 1_000 === 8 ? { ...user, phone: '12' } : user,
);
const SKIPPED = 25;

const somewhere = fc.record({ nth: fc.integer({ min: 1, max: 4 }), path: fc.constant('*/users') });
const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc
    .tuple(
      somewhere,
      fc.constantFrom(
        { kind: 'status' as const, status: 503, body: {} },
        { kind: 'status' as const, status: 413, body: 'too large' },
        { kind: 'rate-limit' as const, retryAfterSeconds: 1 },
        { kind: 'drop' as const },
        { kind: 'drop-after' as const },
        { kind: 'status' as const, status: 200, body: { num_received: 9, num_invalid_entries: 3, session_id: '1' } },
      ),
    )
    .map(([where, what]) => ({ ...where, ...what })),
  { minLength: 1, maxLength: 3 },
);

/** received = accepted + skipped + rejected + pending, per tag, at every moment. */
describe('counts', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(
      { FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555', SYNC_TIMEOUT_MS: '3000' },
      { klaviyo: { rateLimits: false, smsEnabled: false, jobMs: 6_000 } },
      ['facebook', 'klaviyo'],
    );
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.sandbox.facebook.clearFaults();
    service.sandbox.facebook.setToken('eu-token', 'valid');
  });

  async function send(name: string, users: unknown[], channels: string) {
    const parts = { name, batch: batchOf({ totalUsers: users.length }), users, query: `channels=${channels}` };
    const answer = await upload(service.origin, parts);
    expect(answer.status).toBe(200);
    return service.origin + answer.headers.get('location');
  }

  function expectSum({ received, accepted, skipped, rejected, pending }: Counts): void {
    expect(accepted + skipped + rejected + pending).toBe(received);
    expect(Math.min(accepted, skipped, rejected, pending)).toBeGreaterThanOrEqual(0);
  }

  /** Asks again and again until the session has this state; at each answer the sums hold and nothing went back. */
  async function watched(session: string, state: string): Promise<Counts[]> {
    const id = session.split('/').at(-1);
    const before = new Map<string, Counts>();
    const tags = await eventually(
      async () => {
        const [whole, parts] = await Promise.all([get(session), get(`${service.origin}/deliveries?session=${id}`)]);
        for (const one of parts.body.items as Counts[]) expectSum(one);
        const seen = whole.body.tags as (Counts & { tag: string })[];
        for (const now of seen) {
          expectSum(now);
          const last = before.get(now.tag);
          before.set(now.tag, now);
          if (!last) continue;
          expect(now.received).toBe(last.received);
          for (const count of ['accepted', 'skipped', 'rejected'] as const) {
            expect([count, now[count] >= last[count]]).toEqual([count, true]);
          }
        }
        return { seen, state: whole.body.state };
      },
      (answer) => answer.state === state,
      90_000,
    );
    return tags.seen;
  }

  it('add up and never go back while chunks fail and are sent again', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(faults, async (planned) => {
        service.sandbox.facebook.addFaults(...planned);
        const session = await send(`Counted ${++runs}`, USERS, 'facebook');
        const tags = await watched(session, 'completed');
        service.sandbox.facebook.clearFaults();
        const { body } = await get(session);
        for (const { tag, received, skipped, rejected, pending } of tags as (Counts & { tag: string })[]) {
          expect({ received, skipped, pending }).toEqual({ received: USERS.length, skipped: SKIPPED, pending: 0 });
          const refused = (body.rejections as { tag: string; field: string | null; users: number }[])
            .filter((one) => one.tag === tag && one.field === null)
            .reduce((sum, { users }) => sum + users, 0);
          expect(refused).toBe(skipped + rejected);
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  }, 300_000);

  it('tell of a failed delivery what was left unsent, and add up again after a retry by hand', async () => {
    const locked = { kind: 'error', code: 100, subcode: 1713228, status: 400 } as const;
    service.sandbox.facebook.addFaults({ ...locked, path: '*/users', nth: 2 });
    const session = await send('Left unsent', USERS, 'facebook/default');
    const [failed] = await watched(session, 'completed-with-errors');
    expect(failed).toMatchObject({ accepted: 10_000, skipped: SKIPPED, rejected: 0, pending: 14_975 });
    const { body } = await get(`${service.origin}/deliveries?session=${session.split('/').at(-1)}`);
    const [{ id }] = body.items as [{ id: string }];
    expect((await post(`${service.origin}/deliveries/${id}/retry`)).status).toBe(202);
    expect(await watched(session, 'completed')).toMatchObject([{ accepted: 24_975, skipped: SKIPPED, pending: 0 }]);
  });

  it('tell what a platform still decides, in the answer of sync=true and until it has decided', async () => {
    const users = [
      { email: 'ann@example.com' },
      { phone: '+12025550143' },
      { email: 'nonsense', phone: '+12025550144' },
      { firstName: 'Nobody' },
    ];
    const parts = { name: 'Undecided', batch: batchOf({ totalUsers: 4 }), users, query: 'sync=true&channels=klaviyo' };
    const { status, body, headers } = await upload(service.origin, parts);
    expect([status, body.results]).toEqual([
      200,
      [
        {
          ...{ provider: 'klaviyo', tag: 'default', audienceId: expect.any(String), state: 'processing' },
          ...{ received: 4, accepted: 0, skipped: 1, rejected: 0, pending: 3 },
        },
      ],
    ]);
    const tags = await watched(service.origin + headers.get('location'), 'completed');
    expect(tags).toMatchObject([{ received: 4, accepted: 1, skipped: 1, rejected: 2, pending: 0 }]);
  });

  it('count everybody again who is sent to a new audience, and nobody twice', async () => {
    const name = 'Recreated';
    await untilState(await send(name, manyUsers(3, 'before'), 'facebook/default'), 'completed');
    service.sandbox.facebook.addFaults({ kind: 'delay', ms: 1_500, path: '*/users' });
    const session = await send(name, USERS, 'facebook/default');
    await eventually(
      () => get(session),
      ({ body }) => (body.tags as Counts[])[0]!.accepted > 0,
    );
    const [audience] = service.sandbox.facebook.audiences().filter((one) => one.name === `blotout_${name}`);
    service.sandbox.facebook.patchAudience(audience!.id, { deleted: true });
    service.sandbox.facebook.clearFaults();
    const { body } = await eventually(
      async () => {
        const answer = await get(session);
        for (const tag of answer.body.tags as Counts[]) expectSum(tag);
        return answer;
      },
      (answer) => answer.body.state === 'completed',
    );
    expect(body.tags).toMatchObject([{ accepted: 24_975, skipped: SKIPPED, rejected: 0, pending: 0 }]);
  });
});
