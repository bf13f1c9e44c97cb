import { describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import { ServiceProcess } from '../support/service-process.js';
import { createTestDatabase } from '../support/test-database.js';
import { batchOf, upload } from '../support/upload.js';
import type { ContractBench } from './describe-provider.js';

/** Recognisable wherever they turn up. */
const PERSON = {
  edgeTagId: 'edge-tag-privacy-4711',
  email: 'privateperson@example.com',
  phone: '+12025550199',
  firstName: 'Quintessa',
  lastName: 'Abernethy',
  country: 'US',
  postalCode: '20599',
} as const;

/** What leaves the process, and what does not. */
export function describePrivacy({ facts, service, simulator, send }: ContractBench): void {
  const sentText = () => {
    const { requests } = simulator().requests({});
    return requests.map(({ path, query, body }) => JSON.stringify({ path, query, body })).join('\n');
  };

  describe('privacy', () => {
    it('lets plain values leave only where the platform wants them plain', async () => {
      simulator().clearRequests();
      const { body } = await send([PERSON]);
      expect(body.results).toMatchObject([{ accepted: 1 }]);
      const sent = sentText().toLowerCase();
      const leaked = (['edgeTagId', 'email', 'phone', 'firstName', 'lastName', 'postalCode'] as const).filter(
        (field) => !facts.plainFields.includes(field) && sent.includes(PERSON[field].replace(/^\+/, '').toLowerCase()),
      );
      expect(leaked).toEqual([]);
      const digest = hash('sha256', PERSON.email);
      expect(facts.plainFields.includes('email') ? sent.includes(PERSON.email) : sent.includes(digest)).toBe(true);
    });

    it('keeps the credential out of every address', async () => {
      await send([{ email: 'address@example.com' }]);
      const { requests } = simulator().requests({ bodies: false });
      expect(requests.length).toBeGreaterThan(0);
      const addresses = requests.map(({ path, query }) => `${path} ${JSON.stringify(query)}`).join('\n');
      expect(addresses).not.toContain(facts.credential);
      expect(addresses).not.toMatch(/sha256:/);
    });

    it('writes neither credential nor value to its log, whatever the platform refuses', async () => {
      const { env } = service();
      const own = await createTestDatabase();
      const logged = await ServiceProcess.start({ ...env, DATABASE_URL: own.url, LOG_LEVEL: 'trace' });
      const sendTo = () =>
        upload(logged.origin, { name: 'Logged', batch: batchOf(), users: [PERSON], query: 'sync=true' });
      try {
        expect((await sendTo()).status).toBe(200);
        for (const state of Object.keys(facts.credentialStates)) {
          simulator().setToken(facts.credential, state);
          expect((await sendTo()).status).toBe(502);
        }
      } finally {
        simulator().setToken(facts.credential, 'valid');
        await logged.stop();
        await own.drop();
      }
      expect(logged.log).toContain('Batch stored');
      // The country alone says nothing, and stands in every other word.
      const { edgeTagId, email, phone, firstName, lastName, postalCode } = PERSON;
      const secrets = [
        facts.credential,
        edgeTagId,
        email,
        hash('sha256', email),
        phone,
        firstName,
        lastName,
        postalCode,
      ];
      expect(secrets.filter((secret) => logged.log.includes(secret))).toEqual([]);
    });

    it('tells rejections by batch, row, edgeTagId, field and reason, and no other value', async () => {
      const { headers } = await send([
        PERSON,
        facts.unmatchable,
        { email: 'nonsense-4711', phone: PERSON.phone, country: 'US' },
      ]);
      const answer = await fetch(`${service().origin}${headers.get('location')}/rejections`);
      const text = await answer.text();
      const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
      const at = { sequence: 1, provider: facts.id, tag: 'default', count: 1 };
      const { edgeTagId = null } = facts.unmatchable as { edgeTagId?: string };
      expect(items).toContainEqual({ ...at, user: 1, edgeTagId, field: null, reason: 'no-usable-identifier' });
      expect(items).toContainEqual({ ...at, user: 2, edgeTagId: null, field: 'email', reason: 'invalid-format' });
      expect(text).not.toContain('4711');
    });
  });
}
