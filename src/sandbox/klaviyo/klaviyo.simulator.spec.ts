import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idOf, memberOf, profile, refusals, SpecKlaviyoClient, startKlaviyo } from './spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
beforeEach(async () => {
  api = await startKlaviyo();
});
afterEach(() => api.sandbox.stop());

const audiences = () => api.sandbox.klaviyo.audiences({ members: true });

describe('what a test sees', () => {
  it('is the list with its members, segments and imports', async () => {
    const list = await api.list('blotout_VIP');
    const segment = await api.segment([memberOf(list)]);
    const row = { email: 'ann@example.com', location: { zip: '02115' }, properties: { blotout_profit: 12.5 } };
    const job = await api.imported(list, row, { email: 'bob@example.com' });
    await api.imported(list, row);
    expect(audiences()).toEqual([
      {
        id: list,
        name: 'blotout_VIP',
        account: 'SNDBX1',
        memberCount: 2,
        rowsReceived: 3,
        details: {
          optInProcess: 'double_opt_in',
          segments: [{ id: segment, name: 'Segment', isActive: true, isProcessing: false, memberCount: 2 }],
          imports: [
            { id: job, status: 'complete', total: 2, completed: 2, failed: 0 },
            { id: expect.any(String), status: 'complete', total: 1, completed: 1, failed: 0 },
          ],
        },
        members: [
          { columns: row, timesReceived: 2 },
          { columns: { email: 'bob@example.com' }, timesReceived: 1 },
        ],
      },
    ]);
    const [page] = api.sandbox.klaviyo.audiences({ members: true, offset: 1, limit: 1 });
    expect(page?.members).toEqual([{ columns: { email: 'bob@example.com' }, timesReceived: 1 }]);
    expect(api.sandbox.klaviyo.audiences()[0]).not.toHaveProperty('members');
  });

  it('can be changed from the outside', async () => {
    const list = await api.list();
    const segment = await api.segment([memberOf(list)]);
    const { klaviyo } = api.sandbox;
    expect(klaviyo.patchAudience(list, { segmentsActive: false })?.details['segments']).toMatchObject([
      { isActive: false },
    ]);
    expect((await api.get(`segments/${segment}`)).body).toMatchObject({ data: { attributes: { is_active: false } } });
    for (const patch of [{ color: 1 }, { failRows: -1 }, { deleted: false }]) {
      expect(() => klaviyo.patchAudience(list, patch)).toThrow(`a list has no ${Object.keys(patch)[0]}`);
    }
    expect(klaviyo.patchAudience('NOPE01', {})).toBeUndefined();
    klaviyo.patchAudience(list, { deleted: true });
    expect((await api.get(`lists/${list}`)).status).toBe(404);
  });

  it('hides keys, and names the variables that lead here', async () => {
    await api.list();
    const [logged] = api.sandbox.klaviyo.requests().requests;
    expect(logged?.headers['authorization']).toMatch(/^Klaviyo-API-Key sha256:[0-9a-f]{12}$/);
    expect(logged?.body).toEqual({ data: { type: 'list', attributes: { name: 'Buyers' } } });
    const { environment, origin } = api.sandbox.klaviyo;
    expect(environment).toEqual({
      KLAVIYO_BASE_URL: origin,
      KLAVIYO_API_KEY: expect.stringMatching(/^pk_[a-z0-9]{34}$/),
    });
    const withKey = new SpecKlaviyoClient(api.sandbox, environment['KLAVIYO_API_KEY']);
    expect((await withKey.get('accounts')).status).toBe(200);
  });

  it('is gone after a reset', async () => {
    await api.imported(await api.list(), { email: 'ann@example.com' });
    api.sandbox.klaviyo.setToken('pk_spec', 'revoked');
    api.sandbox.klaviyo.reset();
    expect(audiences()).toEqual([]);
    expect((await api.get('profiles')).body).toMatchObject({ data: [] });
  });
});

describe('faults', () => {
  it('are told in the envelope', async () => {
    const { klaviyo } = api.sandbox;
    klaviyo.addFaults(
      { kind: 'rate-limit', retryAfterSeconds: 7, times: 1 },
      { kind: 'rate-limit', times: 1 },
      { kind: 'error', code: 503, times: 1 },
      { kind: 'error', code: 403, message: 'Not you.', times: 1 },
      { kind: 'status', status: 403, body: '<html></html>', headers: { 'cf-mitigated': 'challenge' }, times: 1 },
    );
    const limited = await api.get('lists');
    expect([refusals(limited), limited.headers.get('retry-after')]).toEqual([[429, ['throttled', '/data/']], '7']);
    expect(limited.headers.get('content-type')).toContain('application/vnd.api+json');
    const silent = await api.get('lists');
    expect([silent.status, silent.headers.get('retry-after')]).toEqual([429, null]);
    expect(refusals(await api.get('lists'))).toEqual([503, ['error', '/data/']]);
    expect((await api.get('lists')).body).toMatchObject({
      errors: [{ code: 'permission_denied', detail: 'Not you.' }],
    });
    const page = await api.get('lists');
    expect([page.status, page.headers.get('content-type'), page.body]).toEqual([
      403,
      'text/html; charset=utf-8',
      '<html></html>',
    ]);
    expect((await api.get('lists')).status).toBe(200);
  });

  it('lose the answer to a write that was applied', async () => {
    api.sandbox.klaviyo.addFaults({ kind: 'drop-after', method: 'POST', times: 2 });
    await expect(api.list('Buyers')).rejects.toThrow('fetch failed');
    const [found] = audiences();
    await expect(api.import(found?.id, [profile({ email: 'ann@example.com' })])).rejects.toThrow('fetch failed');
    await api.imported(found?.id, { email: 'ann@example.com' });
    expect(audiences()).toMatchObject([
      { name: 'Buyers', memberCount: 1, rowsReceived: 2, members: [{ timesReceived: 2 }] },
    ]);
  });
});

describe('a full import', () => {
  it('of 10,000 rows is stored within seconds, again and again', async () => {
    const list = await api.list();
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      profile({
        email: `person-${index}@example.com`,
        phone_number: `+1415555${String(index).padStart(4, '0')}`,
        first_name: 'Jane',
        last_name: 'Doe',
        location: { country: 'United States', zip: '94105' },
        properties: { blotout_edge_tag_id: `tag-${index}`, blotout_profit: index, blotout_currency: 'USD' },
      }),
    );
    const startedAt = performance.now();
    for (let round = 0; round < 3; round += 1) {
      expect(idOf(await api.import(list, rows))).toMatch(/^[\w-]+$/);
      api.sandbox.klaviyo.advanceClock(10_000);
    }
    expect(audiences()).toMatchObject([{ memberCount: 10_000, rowsReceived: 30_000 }]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
