import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customAudienceRow } from './support/custom-audience-row.js';
import { manyUsers, startService, type TestService } from './support/service.js';

const PLATFORMS = ['facebook', 'tiktok'] as const;
// Facebook lets nobody out of an audience that would have fewer than a hundred.
const USERS = manyUsers(200, 'member');

describe('taking users out of a custom audience', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ SYNC_TIMEOUT_MS: '30000' }, {}, PLATFORMS);
  });
  afterAll(() => service.stop());

  const remove = async (method: string, path: string, body: string | FormData) => {
    const headers: Record<string, string> = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(`${service.origin}/custom-audiences/${path}`, { method, body, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it.each(PLATFORMS)('takes a list, then a file of users out on %s', async (provider) => {
    const id = await customAudienceRow(service, 'Removals', { provider });
    const members = () => service.sandbox[provider].audiences().find(({ name }) => name === 'Removals')?.memberCount;
    await remove('POST', `${id}/users?sync=true`, JSON.stringify({ users: USERS }));
    expect(members()).toBe(200);

    const list = await remove('DELETE', `${id}/users?sync=true`, JSON.stringify({ users: USERS.slice(0, 30) }));
    expect([list.status, list.body]).toMatchObject([200, { received: 30, results: [{ accepted: 30 }] }]);
    expect(members()).toBe(170);

    const form = new FormData();
    // Half of them are out already, which does no harm.
    const rows = USERS.slice(15, 45).map(({ email }) => email);
    form.set('file', new Blob([`email\n${rows.join('\n')}\n`], { type: 'text/csv' }), 'leavers.csv');
    const file = await remove('POST', `${id}/uploads?mode=remove&sync=true`, form);
    expect([file.status, file.body]).toMatchObject([200, { received: 30 }]);
    expect(members()).toBe(155);
  });
});
