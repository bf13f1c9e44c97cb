import { describe, expect, it } from '@jest/globals';
import { manyUsers } from '../support/service.js';
import type { ContractBench } from './describe-provider.js';

/** Every user arrives, once, in requests that the platform takes. */
export function describeDelivering(bench: ContractBench): void {
  const { facts, provider, simulator, send, audience } = bench;
  const rowsPerChunk = () => provider().limits.rowsPerChunk;
  const uploads = () => simulator().requests({ ...facts.uploads, bodies: false }).requests.length;

  describe('delivering', () => {
    it('looks an audience up or makes it once, however many batches come together', async () => {
      const name = 'Contract together';
      const users = (batch: number) => manyUsers(3, `together-${batch}`);
      const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((batch) => send(users(batch), name)));
      expect(answers.map(({ status, body }) => [status, body.errors])).toEqual(Array(6).fill([200, undefined]));
      expect(
        simulator()
          .audiences()
          .filter((one) => one.name === `blotout_${name}`),
      ).toHaveLength(1);
      expect(audience(name)).toMatchObject({ memberCount: 18, rowsReceived: 18 });
    });

    it('sends nothing for users that it cannot use, and says so', async () => {
      const before = uploads();
      const { status, body } = await send([facts.unmatchable]);
      expect(status).toBe(200);
      expect(body.results).toMatchObject([{ received: 1, accepted: 0, skipped: 1, rejected: 0 }]);
      expect(uploads()).toBe(before);
    });

    it.each([
      ['one user', () => 1, 1],
      ['as many as fit one request', rowsPerChunk, 1],
      ['one more than fit one request', () => rowsPerChunk() + 1, 2],
    ])('delivers %s', async (label, count, chunks) => {
      const before = uploads();
      const users = manyUsers(count(), label.replaceAll(' ', '-'));
      const { status, body, name } = await send(users);
      expect([status, body.results]).toMatchObject([200, [{ received: users.length, accepted: users.length }]]);
      expect(audience(name)).toMatchObject({ memberCount: users.length, rowsReceived: users.length });
      // One more would be one that the platform refused for its size.
      expect(uploads() - before).toBe(chunks);
    });

    it('loses and doubles nobody when the connection drops at any chunk', async () => {
      for (const nth of [1, 2]) {
        simulator().addFaults({ ...facts.uploads, kind: 'drop', nth });
        const users = manyUsers(rowsPerChunk() + 5, `dropped-${nth}`);
        const { status, name } = await send(users);
        expect([nth, status]).toEqual([nth, 200]);
        expect(audience(name)).toMatchObject({ memberCount: users.length, rowsReceived: users.length });
        simulator().clearFaults();
      }
    });

    it('doubles nobody when an answer is lost', async () => {
      simulator().addFaults({ ...facts.uploads, kind: 'drop-after', times: 1 });
      const users = manyUsers(5, 'lost-answer');
      const { status, name } = await send(users);
      expect(status).toBe(200);
      expect(audience(name)).toMatchObject({ memberCount: 5 });
    });
  });
}
