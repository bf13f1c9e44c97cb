import { describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
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

    it('tells rejections by batch, row, field and reason, and no value', async () => {
      const { headers } = await send([
        PERSON,
        facts.unmatchable,
        { email: 'nonsense-4711', phone: PERSON.phone, country: 'US' },
      ]);
      const answer = await fetch(`${service().origin}${headers.get('location')}/rejections`);
      const text = await answer.text();
      const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
      const at = { sequence: 1, provider: facts.id, tag: 'default', count: 1 };
      expect(items).toContainEqual({ ...at, user: 1, field: null, reason: 'no-usable-identifier' });
      expect(items).toContainEqual({ ...at, user: 2, field: 'email', reason: 'invalid-format' });
      expect(text).not.toContain('4711');
    });
  });
}
