import { afterEach, describe, expect, it } from '@jest/globals';
import { type ApiAnswer, SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
afterEach(() => api.sandbox.stop());

const limits = ({ headers }: ApiAnswer) =>
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) => headers.get(name));
const many = (count: number, call: () => Promise<ApiAnswer>) => Promise.all(Array.from({ length: count }, call));
const statuses = (answers: readonly ApiAnswer[]) => answers.map(({ status }) => status).sort();

describe('the limits', () => {
  it('are told with every answer', async () => {
    api = await startKlaviyo({ rateLimits: true });
    expect(limits(await api.get('lists'))).toEqual(['75, 75;w=1, 750;w=60', '74', '0', null]);
    const created = await api.post('lists', 'list', { name: 'Buyers' });
    expect(limits(created)).toEqual(['10, 10;w=1, 150;w=60, 150;w=86400', '9', '0', null]);
    expect(limits(await api.get('lists/NOPE01'))).toEqual(['75, 75;w=1, 750;w=60', '74', '0', null]);
    expect(limits(await api.get('accounts'))).toEqual(['1, 1;w=1, 15;w=60', '0', '0', null]);
  });

  it('refuse what is more than the burst, with nothing but the time to wait', async () => {
    api = await startKlaviyo({ rateLimits: true });
    const answers = await many(3, () => api.get('accounts'));
    expect(statuses(answers)).toEqual([200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429) as ApiAnswer;
    expect(limits(refused)).toEqual([null, null, null, '1']);
    expect(refused.body).toMatchObject({
      errors: [
        {
          status: 429,
          code: 'throttled',
          title: 'Request was throttled.',
          detail: 'Request was throttled. Expected available in 1 second.',
        },
      ],
    });
    api.sandbox.klaviyo.advanceClock(1000);
    expect((await api.get('accounts')).status).toBe(200);
  });

  it('refuse what is more than a minute may have', async () => {
    api = await startKlaviyo({ rateLimits: true });
    for (let call = 0; call < 15; call += 1) {
      expect((await api.get('accounts')).status).toBe(200);
      api.sandbox.klaviyo.advanceClock(1000);
    }
    const refused = await api.get('accounts');
    const wait = Number(refused.headers.get('retry-after'));
    expect([refused.status, wait > 30 && wait <= 45]).toEqual([429, true]);
    api.sandbox.klaviyo.advanceClock(wait * 1000);
    expect((await api.get('accounts')).status).toBe(200);
  });

  it('count every endpoint on its own, and all keys of an account together', async () => {
    api = await startKlaviyo({ rateLimits: true, keyAccounts: { pk_eu: 'EUACC1' } });
    await api.get('accounts');
    const answers = await Promise.all([
      new SpecKlaviyoClient(api.sandbox, 'pk_other').get('accounts'),
      new SpecKlaviyoClient(api.sandbox, 'pk_eu').get('accounts'),
      api.get('lists'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([429, 200, 200]);
  });

  it('are stricter for a count of members', async () => {
    api = await startKlaviyo({ rateLimits: true });
    const id = await api.list();
    const count = () => api.get(`lists/${id}`, { 'additional-fields[list]': 'profile_count' });
    const answers = await many(3, count);
    expect(statuses(answers)).toEqual([200, 429, 429]);
    expect(limits(await api.get(`lists/${id}`))[0]).toBe('75, 75;w=1, 750;w=60');
    const [segment] = await many(1, () =>
      api.get('segments/NOPE01', { 'additional-fields[segment]': 'profile_count' }),
    );
    expect(segment && limits(segment)[0]).toBe('1, 1;w=1, 15;w=60');
  });

  it('have other sizes for other calls', async () => {
    api = await startKlaviyo({ rateLimits: true });
    const sizes: [string, string, string][] = [
      ['POST', 'segments', '1, 1;w=1, 15;w=60, 100;w=86400'],
      ['PATCH', 'segments/NOPE01', '1, 1;w=1, 15;w=60, 100;w=86400'],
      ['DELETE', 'segments/NOPE01', '3, 3;w=1, 60;w=60'],
      ['PATCH', 'lists/NOPE01', '10, 10;w=1, 150;w=60'],
      ['POST', 'profile-bulk-import-jobs', '10, 10;w=1, 150;w=60'],
      ['GET', 'profile-bulk-import-jobs/nope', '10, 10;w=1, 150;w=60'],
      ['POST', 'profiles', '75, 75;w=1, 750;w=60'],
      ['POST', 'data-privacy-deletion-jobs', '3, 3;w=1, 60;w=60'],
    ];
    for (const [method, path, size] of sizes)
      expect([path, limits(await api.call(method, path))[0]]).toEqual([path, size]);
  });
});

describe('the daily caps', () => {
  it('let 150 lists be made in a day', async () => {
    api = await startKlaviyo({ rateLimits: true });
    for (let made = 0; made < 150; made += 10) {
      expect(statuses(await many(10, () => api.post('lists', 'list', { name: `List ${made}` })))).toEqual(
        Array.from({ length: 10 }, () => 201),
      );
      api.sandbox.klaviyo.advanceClock(10_000);
    }
    const refused = await api.post('lists', 'list', { name: 'one too many' });
    const wait = Number(refused.headers.get('retry-after'));
    expect([refused.status, wait > 86_000 && wait <= 86_400]).toEqual([429, true]);
    api.sandbox.klaviyo.advanceClock(wait * 1000);
    expect((await api.post('lists', 'list', { name: 'next day' })).status).toBe(201);
  });

  it('can be set for segments', async () => {
    api = await startKlaviyo({ rateLimits: true, dailyCaps: { segmentCreate: 1, segmentPatch: 1 } });
    const create = () => api.call('POST', 'segments', {});
    const change = () => api.call('PATCH', 'segments/NOPE01', {});
    for (const call of [create, change]) {
      expect([400, 404]).toContain((await call()).status);
      api.sandbox.klaviyo.advanceClock(2000);
      expect(Number((await call()).headers.get('retry-after'))).toBeGreaterThan(80_000);
    }
  });

  it('are switched off with all limits', async () => {
    api = await startKlaviyo({ rateLimits: false, dailyCaps: { listCreate: 1 } });
    const answers = await many(20, () => api.post('lists', 'list', { name: 'Buyers' }));
    expect(statuses(answers)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(limits(answers[0] as ApiAnswer)).toEqual([null, null, null, null]);
  });
});
