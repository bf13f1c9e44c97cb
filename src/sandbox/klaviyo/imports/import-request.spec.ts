import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, profile, refusals, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
let list: string;
beforeEach(async () => {
  api = await startKlaviyo();
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const DATA = '/data/attributes/profiles/data';
const people = (count: number, extra: object = {}) =>
  Array.from({ length: count }, (_, index) => profile({ email: `p${index}@example.com`, ...extra }));
const nothingStored = async () => {
  api.sandbox.klaviyo.advanceClock(10_000);
  expect(await api.members(`lists/${list}`)).toEqual([]);
  expect((await api.get('profiles')).body).toMatchObject({ data: [] });
  expect((await api.get('profile-bulk-import-jobs')).body).toMatchObject({ data: [] });
};

describe('the size of an import', () => {
  it('is 10,000 profiles at most', async () => {
    expect((await api.import(list, people(10_000))).status).toBe(202);
    expect(refusals(await api.import(list, people(10_001)))).toEqual([400, ['invalid', DATA]]);
  });

  it('is one profile at least', async () => {
    expect(refusals(await api.import(list, []))).toEqual([400, ['invalid', DATA]]);
    await nothingStored();
  });

  it('is 5,000,000 bytes at most', async () => {
    const head = JSON.stringify({
      data: {
        type: 'profile-bulk-import-job',
        attributes: { profiles: { data: people(100, { first_name: 'x'.repeat(49_000) }) } },
      },
    });
    const post = (bytes: number) =>
      fetch(`${api.sandbox.klaviyo.origin}/api/profile-bulk-import-jobs`, {
        method: 'POST',
        headers: {
          authorization: 'Klaviyo-API-Key pk_spec',
          revision: '2026-07-15',
          'content-type': 'application/vnd.api+json',
        },
        // Blanks count as well: the limit is one of the body, not of what it says.
        body: head.padEnd(bytes, ' '),
      });
    const refused = await post(5_000_001);
    expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ code: 'invalid' }] }]);
    await nothingStored();
    expect((await post(5_000_000)).status).toBe(202);
  });

  it('is 100,000 bytes a profile at most', async () => {
    const bytes = JSON.stringify(profile({ email: 'ann@example.com', first_name: '' })).length;
    const row = (size: number) => profile({ email: 'ann@example.com', first_name: 'é'.repeat((size - bytes) / 2) });
    const even = bytes % 2 === 0 ? 100_000 : 99_999;
    expect((await api.import(list, [row(even)])).status).toBe(202);
    const refused = await api.import(list, [profile({ email: 'bob@example.com' }), row(even + 2)]);
    expect(refusals(refused)).toEqual([400, ['invalid', `${DATA}/1`]]);
  });
});

describe('one malformed row', () => {
  it('refuses the whole import, and every one is named', async () => {
    const refused = await api.import(list, [
      profile({ email: 'ann@example.com' }),
      profile({ email: 'not an address' }),
      profile({ first_name: 'Nobody' }),
      profile({ email: 'bob@example.com', first_name: 7, anonymous_id: 'x' }),
      { type: 'user', attributes: { email: 'cyd@example.com' } },
      { type: 'profile' },
    ]);
    const at = (pointer: string) => ['invalid', `${DATA}/${pointer}`];
    expect(refusals(refused)).toEqual([
      400,
      at('1/attributes/email'),
      at('2/attributes'),
      at('3/attributes/first_name'),
      at('3/attributes/anonymous_id'),
      at('4/type'),
      at('5'),
    ]);
    await nothingStored();
  });

  it('is told in the envelope', async () => {
    const { body } = await api.import(list, [profile({ email: 'x' })]);
    expect(body).toEqual({
      errors: [
        {
          id: expect.any(String),
          status: 400,
          code: 'invalid',
          title: 'Invalid input.',
          detail: 'Invalid email address',
          source: { pointer: `${DATA}/0/attributes/email` },
          links: {},
          meta: {},
        },
      ],
    });
  });

  it.each([
    ['josé@example.com'],
    ['user@münchen.de'],
    ['a@localhost'],
    ['a@b'],
    ['a..b@example.com'],
    ['.a@example.com'],
    ['a b@example.com'],
    [' a@example.com'],
    ['Jane <jane@example.com>'],
    ['a@example.com,b@example.com'],
    ['x@example.com.'],
    ['a@example.c'],
    [`${'a'.repeat(65)}@example.com`],
    [`a@${'b'.repeat(250)}.com`],
  ])('can be the address %s', async (email) => {
    const refused = await api.import(list, [profile({ email })]);
    expect(refusals(refused)).toEqual([400, ['invalid', `${DATA}/0/attributes/email`]]);
  });

  it.each([
    ['Jane.Doe@Example.COM'],
    ['jane.doe+promo@gmail.com'],
    ["o'brien@example.ie"],
    ['user@xn--mnchen-3ya.de'],
    [`${'a'.repeat(64)}@example.com`],
  ])('is not the address %s', async (email) => {
    expect((await api.import(list, [profile({ email })])).status).toBe(202);
  });

  it.each([
    [{ location: { postcode: '1' } }, 'location/postcode'],
    [{ location: { zip: 2115 } }, 'location/zip'],
    [{ location: 'Boston' }, 'location'],
    [{ properties: [] }, 'properties'],
    [{ external_id: 'x'.repeat(256) }, 'external_id'],
    [{ subscriptions: {} }, 'subscriptions'],
  ])('can have %j', async (attributes, pointer) => {
    const refused = await api.import(list, [profile({ email: 'ann@example.com', ...attributes })]);
    expect(refusals(refused)).toEqual([400, ['invalid', `${DATA}/0/attributes/${pointer}`]]);
  });

  it('needs one identifier, whichever', async () => {
    for (const attributes of [
      { email: 'a@example.com' },
      { phone_number: '+14155552671' },
      { external_id: 'x' },
      { _kx: 'x' },
    ]) {
      expect((await api.import(list, [profile(attributes)])).status).toBe(202);
    }
    expect((await api.import(list, [{ type: 'profile', id: 'x', attributes: {} }])).status).toBe(202);
    for (const attributes of [{}, { email: null }, { phone_number: '' }]) {
      const refused = await api.import(list, [profile({ first_name: 'Ann', ...attributes })]);
      expect(refused.status).toBe(400);
    }
  });
});

describe('the lists of an import', () => {
  it('must exist', async () => {
    const refused = await api.import('NOPE01', people(1));
    expect([refusals(refused), detailOf(refused)]).toEqual([
      [400, ['invalid', '/data']],
      'List ID NOPE01 does not exist.',
    ]);
    await nothingStored();
  });

  it('may be none', async () => {
    await api.imported(undefined, { email: 'ann@example.com' });
    expect(await api.profile('ann@example.com')).toMatchObject({ email: 'ann@example.com' });
    expect(await api.members(`lists/${list}`)).toEqual([]);
  });

  it('are resource identifiers', async () => {
    const lists = { data: [{ type: 'segment', id: list }] };
    const body = (type: string, relationships: unknown) => ({
      data: { type, attributes: { profiles: { data: people(1) } }, relationships },
    });
    const post = (sent: object) => api.call('POST', 'profile-bulk-import-jobs', sent);
    expect(refusals(await post(body('profile-bulk-import-job', { lists })))).toEqual([
      400,
      ['invalid', '/data/relationships/lists/data/0/type'],
    ]);
    expect(refusals(await post(body('import', {})))).toEqual([400, ['invalid', '/data/type']]);
  });
});
