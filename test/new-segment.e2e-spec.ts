import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

/** LinkedIn's segments take no users for some seconds after they were made. */
describe('an audience that cannot be filled at once', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({}, {}, ['linkedin']);
  });
  afterAll(() => service.stop());

  it('is filled within the wait of the call that had it made, and made once', async () => {
    const users = [...TWO_USERS, { email: 'jane@example.com', firstName: 'Jane', country: 'usa' }];
    const answer = await upload(service.origin, { name: 'New', batch: batchOf(), users, query: 'sync=true' });
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
    expect(answer.body.results).toMatchObject([
      { provider: 'linkedin', received: 3, accepted: 3, skipped: 0, rejected: 0 },
    ]);
    const { linkedin } = service.sandbox;
    expect(linkedin.audiences({ members: true })).toMatchObject([
      {
        name: 'blotout_New',
        memberCount: 3,
        rowsReceived: 3,
        members: [{}, {}, { columns: { firstName: 'Jane', country: 'US' } }],
      },
    ]);
    const statuses = linkedin.requests({ path: '*/users' }).requests.map(({ status }) => status);
    expect([statuses[0], statuses.at(-1)]).toEqual([404, 200]);
  });
});
