import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, refusals, SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;

beforeEach(async () => {
  api = await startKlaviyo({
    keyScopes: { pk_lists: ['lists:read', 'lists:write'] },
    keyAccounts: { pk_eu: 'EUACC1' },
  });
});
afterEach(() => api.sandbox.stop());

async function get(headers: Record<string, string>) {
  const response = await fetch(`${api.sandbox.klaviyo.origin}/api/accounts/`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const key = { authorization: 'Klaviyo-API-Key pk_spec' };
const revision = { revision: '2026-07-15' };

describe('keys', () => {
  it.each([
    ['no header', {}, 'not_authenticated'],
    ['another scheme', { authorization: 'Basic pk_spec' }, 'not_authenticated'],
    ['a scheme without a key', { authorization: 'Klaviyo-API-Key' }, 'not_authenticated'],
    ['a bearer that is no key', { authorization: 'Bearer abc' }, 'not_authenticated'],
    ['a public key', { authorization: 'Klaviyo-API-Key AbC123' }, 'authentication_failed'],
  ])('refuses %s', async (_, authorization, code) => {
    const { status, headers, text } = await get({ ...authorization, ...revision });
    const { errors } = JSON.parse(text) as { errors: object[] };
    expect([status, headers.get('content-type')]).toEqual([401, 'application/vnd.api+json']);
    expect(errors).toEqual([expect.objectContaining({ status: 401, code, source: { pointer: '/data/' } })]);
  });

  it('answers a revoked key in the envelope', async () => {
    api.sandbox.klaviyo.setToken('pk_spec', 'revoked');
    expect((await api.get('accounts')).body).toEqual({
      errors: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          status: 401,
          code: 'authentication_failed',
          title: 'Incorrect authentication credentials.',
          detail: 'Incorrect authentication credentials.',
          source: { pointer: '/data/' },
          links: {},
          meta: {},
        },
      ],
    });
    api.sandbox.klaviyo.setToken('pk_spec', 'valid');
    expect((await api.get('accounts')).status).toBe(200);
  });

  it('meets the network in front of the platform', async () => {
    const asBearer = await get({ authorization: 'Bearer pk_spec', ...revision });
    expect([asBearer.status, asBearer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    api.sandbox.klaviyo.setToken('pk_spec', 'challenged');
    const { status, headers, text } = await get({ ...key, ...revision });
    expect([status, headers.get('content-type'), headers.get('cf-mitigated')]).toEqual([
      403,
      'text/html; charset=utf-8',
      'challenge',
    ]);
    expect(text).toMatch(/^<!DOCTYPE html>/);
  });

  it.each([
    ['no-scopes', 'GET', 'lists', 403],
    ['read-only', 'GET', 'lists', 200],
    ['read-only', 'DELETE', 'lists/ABCDEF', 403],
    ['no-segments', 'GET', 'segments', 403],
    ['no-segments', 'GET', 'lists', 200],
  ])('gives a key that is %s for %s %s the answer %i', async (state, method, path, status) => {
    api.sandbox.klaviyo.setToken('pk_spec', state);
    const answer = await api.call(method, path);
    expect(answer.status).toBe(status);
    if (status === 403) expect(refusals(answer)).toEqual([403, ['permission_denied', '/data/']]);
  });

  it('keeps a key to its scopes and its account', async () => {
    const narrow = new SpecKlaviyoClient(api.sandbox, 'pk_lists');
    const id = await narrow.list();
    expect(refusals(await narrow.import(id, []))).toEqual([403, ['permission_denied', '/data/']]);
    expect((await api.get(`lists/${id}`)).status).toBe(200);
    const eu = new SpecKlaviyoClient(api.sandbox, 'pk_eu');
    expect((await eu.get(`lists/${id}`)).status).toBe(404);
    expect((await eu.get('accounts')).body).toMatchObject({ data: [{ type: 'account', id: 'EUACC1' }] });
  });
});

describe('the revision', () => {
  it.each([
    [undefined, 400],
    ['', 400],
    ['latest', 400],
    ['2026-02-30', 400],
    ['2026-07-15', 200],
    ['2026-07-15.pre', 200],
    ['2020-01-15', 200],
  ])('answers %s with %i', async (value, status) => {
    const answer = await get({ ...key, ...(value === undefined ? {} : { revision: value }) });
    expect(answer.status).toBe(status);
    if (status === 400) {
      expect(JSON.parse(answer.text)).toMatchObject({
        errors: [{ code: 'invalid', source: { parameter: 'revision' } }],
      });
    }
  });

  it('is gone after two years for a caller that does not fall forward', async () => {
    const optOut = { ...key, ...revision, 'x-klaviyo-revision-fall-forward-opt-out': '1' };
    const day = 86_400_000;
    const daysLeft = (Date.parse('2028-07-15') - api.sandbox.klaviyo.now()) / day;
    api.sandbox.klaviyo.advanceClock((daysLeft - 1) * day);
    expect((await get(optOut)).status).toBe(200);
    api.sandbox.klaviyo.advanceClock(day);
    expect((await get({ ...key, ...revision })).status).toBe(200);
    const { status, text } = await get(optOut);
    expect([status, JSON.parse(text)]).toMatchObject([410, { errors: [{ code: 'gone' }] }]);
  });
});

describe('paths and media types', () => {
  it('takes trailing slashes, and knows no other path', async () => {
    expect((await api.call('GET', 'lists/')).status).toBe(200);
    const unknown = await api.call('GET', 'lists/A/flows');
    expect([unknown.status, detailOf(unknown)]).toEqual([404, 'No valid revisions found for method']);
  });

  it('refuses a method that a path does not have', async () => {
    expect(refusals(await api.call('PUT', 'lists'))).toEqual([405, ['method_not_allowed', '/data/']]);
  });

  it.each([
    ['application/vnd.api+json', 201],
    ['application/json', 201],
    ['application/vnd.api+json; charset=utf-8', 201],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/ld+json', 415],
  ])('answers a body of the type %s with %i', async (type, status) => {
    const body = { data: { type: 'list', attributes: { name: 'Buyers' } } };
    const answer = await api.call('POST', 'lists', body, { 'content-type': type });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/vnd.api+json']);
  });

  it('refuses what is no JSON, and parameters it does not know', async () => {
    const headers = { ...key, ...revision, 'content-type': 'application/json' };
    const url = `${api.sandbox.klaviyo.origin}/api/lists`;
    const broken = await fetch(url, { method: 'POST', headers, body: '{"data":' });
    expect([broken.status, await broken.json()]).toMatchObject([400, { errors: [{ source: { pointer: '/data' } }] }]);
    expect(refusals(await api.get('lists', { name: 'x' }))).toEqual([400, ['invalid', 'name']]);
  });
});

describe('resources', () => {
  it.each([
    [undefined, [['/data']]],
    [{}, [['/data']]],
    [{ data: [] }, [['/data']]],
    [{ data: {} }, [['/data/type'], ['/data/attributes']]],
    [{ data: { type: 'segment', attributes: { name: 'x' } } }, [['/data/type']]],
    [{ data: { type: 'list', attributes: {} } }, [['/data/attributes/name']]],
    [{ data: { type: 'list', attributes: { name: ' ' } } }, [['/data/attributes/name']]],
    [
      { data: { type: 'list', attributes: { name: 1, note: 'x' } } },
      [['/data/attributes/name'], ['/data/attributes/note']],
    ],
    [
      { data: { type: 'list', attributes: { name: 'x', opt_in_process: 'never' } } },
      [['/data/attributes/opt_in_process']],
    ],
  ])('refuses %j at %j', async (body, pointers) => {
    expect(refusals(await api.call('POST', 'lists', body))).toEqual([400, ...pointers.map(([at]) => ['invalid', at])]);
    expect(api.sandbox.klaviyo.audiences()).toEqual([]);
  });

  it('demands the id of the path in the body of a change', async () => {
    const id = await api.list();
    const change = (data: object) =>
      api.call('PATCH', `lists/${id}`, { data: { attributes: { name: 'New' }, ...data } });
    expect(refusals(await change({ type: 'list' }))).toEqual([400, ['invalid', '/data/id']]);
    expect(refusals(await change({ type: 'list', id: 'ABCDEF' }))).toEqual([400, ['invalid', '/data/id']]);
    expect((await change({ type: 'list', id })).body).toMatchObject({ data: { attributes: { name: 'New' } } });
  });
});
