import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

describe('the segment on the platform', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  const names = () => service.sandbox.facebook.audiences({}).map((audience) => audience.name);
  const send = (test: { name: string; type?: string; query?: string; batch?: unknown }) =>
    upload(service.origin, { batch: batchOf(), users: TWO_USERS, ...test, query: `sync=true&${test.query ?? ''}` });

  it('has the prefix and the name verbatim, or the name alone with disablePrefix', async () => {
    await send({ name: '  Très "VIP" 日本 & co ' });
    await send({ name: 'Alone', query: 'disablePrefix=true' });
    expect(names()).toEqual(['blotout_  Très "VIP" 日本 & co ', 'Alone']);
  });

  it('is looked up and not made again, in other sessions and for the other type', async () => {
    service.sandbox.facebook.reset();
    const answers = [
      await send({ name: 'Same' }),
      await send({ name: 'Same' }),
      await send({ name: 'Same', type: 'primary' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(names()).toEqual(['blotout_Same']);
  });

  it('is made once when many batches come together', async () => {
    const sends = Array.from({ length: 8 }, () => send({ name: 'Together' }));
    expect((await Promise.all(sends)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(names().filter((name) => name === 'blotout_Together')).toHaveLength(1);
  });

  it('is made anew when the platform has lost it, and all users of the batch go there', async () => {
    await send({ name: 'Lost' });
    const lost = service.sandbox.facebook.audiences({}).find(({ name }) => name === 'blotout_Lost')!;
    service.sandbox.facebook.patchAudience(lost.id, { deleted: true });
    const answer = await send({ name: 'Lost' });
    expect(answer.body.results).toMatchObject([{ accepted: 2 }]);
    expect(answer.body.results?.[0]?.audienceId).not.toBe(lost.id);
    expect(service.sandbox.facebook.audiences({}).find(({ name }) => name === 'blotout_Lost')).toMatchObject({
      memberCount: 2,
    });
  });
});
