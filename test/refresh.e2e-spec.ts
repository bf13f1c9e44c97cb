import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MembersSource } from '../src/custom-audiences/membership/members-source.js';
import type { MemberSlice } from '../src/membership/membership.service.js';
import { customAudienceRow } from './support/custom-audience-row.js';
import { rowCounts } from './support/row-counts.js';
import { manyUsers, startService, type TestService } from './support/service.js';

describe('a refresh', () => {
  let service: TestService;
  let stored: MemberSlice[] = [];
  let breaks = false;

  beforeAll(async () => {
    service = await startService({ SYNC_TIMEOUT_MS: '30000' });
    // The store itself has tests of its own: here, what is stored is what the test says.
    const source = service.app.get(MembersSource, { strict: false });
    Object.defineProperty(source, 'isOn', { value: true });
    Object.defineProperty(source, 'slices', {
      value: async function* () {
        for (const slice of stored) yield await Promise.resolve(slice);
        if (breaks) throw new Error('The store broke');
      },
    });
  });
  afterAll(() => service.stop());

  const sliceOf = (users: object[]) => ({ json: Buffer.from(JSON.stringify(users)), count: users.length });
  const refresh = async (id: string, query = '') => {
    const answer = await fetch(`${service.origin}/custom-audiences/${id}/refresh${query}`, { method: 'POST' });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('sends all stored members as one session', async () => {
    stored = [sliceOf(manyUsers(40, 'one')), sliceOf(manyUsers(2, 'two'))];
    const id = await customAudienceRow(service, 'Refreshed');
    const { status, body } = await refresh(id, '?sync=true');
    expect([status, body]).toMatchObject([200, { received: 42, results: [{ received: 42, accepted: 42 }] }]);
    expect(service.sandbox.facebook.audiences()).toMatchObject([{ name: 'Refreshed', memberCount: 42 }]);
    const [session] = await service.database.query(`select mode, origin, draft, total_batches from sessions`);
    expect(session).toEqual({ mode: 'append', origin: 'refresh', draft: false, total_batches: 2 });
  });

  it('of nobody is refused', async () => {
    stored = [];
    const { status, body } = await refresh(await customAudienceRow(service, 'Empty'));
    expect([status, body.code]).toEqual([422, 'no-members-stored']);
  });

  it('that cannot read all of them leaves nothing', async () => {
    stored = [sliceOf(manyUsers(5))];
    breaks = true;
    const id = await customAudienceRow(service, 'Broken');
    const before = await rowCounts(service.database);
    expect((await refresh(id)).status).toBe(500);
    expect(await rowCounts(service.database)).toEqual(before);
  });
});
