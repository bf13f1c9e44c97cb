import { describe, expect, it } from '@jest/globals';
import { manyUsers } from '../support/service.js';
import { batchOf, eventually, get, post, upload } from '../support/upload.js';
import type { ContractBench } from './describe-provider.js';

interface DeliveryView {
  readonly id: string;
  readonly state: string;
  readonly accepted: number;
  readonly pending: number;
  readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean } | null;
}

/** Each way a platform fails gives the promised class, is retried or not, and is told. */
export function describeFailing({ facts, service, simulator, audience }: ContractBench): void {
  let uploads = 0;

  /** Posts a batch and gives a way to look at its one delivery. */
  async function start(): Promise<{ name: string; delivery: () => Promise<DeliveryView> }> {
    const name = `Contract failing ${(uploads += 1)}`;
    const users = manyUsers(3, `failing-${uploads}`);
    const { headers } = await upload(service().origin, { name, batch: batchOf({ totalUsers: 3 }), users });
    const session = headers.get('location')!.replace('/sessions/', '');
    const list = `${service().origin}/deliveries?session=${session}`;
    return { name, delivery: async () => ((await get(list)).body.items as DeliveryView[])[0]! };
  }

  const until = (delivery: () => Promise<DeliveryView>, holds: (seen: DeliveryView) => boolean) =>
    eventually(delivery, holds, 45_000);

  describe('failing', () => {
    it.each([
      ['a 500', 'uploads', { kind: 'status', status: 500, body: {} }],
      ['a 503 at the look-up', 'lookups', { kind: 'status', status: 503, body: {} }],
      ['an HTML page', 'uploads', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }],
      ['a dropped connection', 'uploads', { kind: 'drop' }],
      ['a dropped connection at the look-up', 'lookups', { kind: 'drop' }],
    ] as const)('waits and delivers after %s', async (_, calls, fault) => {
      simulator().addFaults({ ...facts[calls], times: 1, ...fault });
      const { name, delivery } = await start();
      const waiting = await until(delivery, ({ error }) => error !== null);
      expect(waiting.error).toMatchObject({ code: 'platform-unavailable', retryable: true });
      const done = await until(delivery, ({ state }) => state === 'succeeded');
      expect(done).toMatchObject({ accepted: 3, pending: 0, error: null });
      expect(audience(name)).toMatchObject({ memberCount: 3, rowsReceived: 3 });
    });

    it('waits as long as a rate limit says', async () => {
      simulator().addFaults({ ...facts.uploads, kind: 'rate-limit', retryAfterSeconds: 5, times: 1 });
      const startedAt = Date.now();
      const { name, delivery } = await start();
      const waiting = await until(delivery, ({ error }) => error !== null);
      expect(waiting.error).toMatchObject({ code: 'rate-limited', retryable: true });
      await until(delivery, ({ state }) => state === 'succeeded');
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(5_000);
      expect(audience(name)).toMatchObject({ memberCount: 3, rowsReceived: 3 });
    });

    it.each(Object.entries(facts.credentialStates))(
      'stops the tag with a credential that is %s as %s, and delivers once it is mended and resumed',
      async (state, code) => {
        simulator().setToken(facts.credential, state);
        const { name, delivery } = await start();
        const held = await until(delivery, ({ error }) => error !== null);
        simulator().setToken(facts.credential, 'valid');
        expect(held).toMatchObject({ state: 'waiting', accepted: 0, pending: 3, error: { code, retryable: true } });
        expect(held.error?.message).toMatch(/\w{3}/);
        expect(held.error?.message).not.toContain(facts.credential);
        const { body } = await post(`${service().origin}/providers/${facts.id}/tags/default/resume`);
        expect(body).toMatchObject({ resumed: 1 });
        await until(delivery, (seen) => seen.state === 'succeeded');
        expect(audience(name)).toMatchObject({ memberCount: 3, rowsReceived: 3 });
      },
    );
  });
}
