import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, people, SpecTwitterClient, verdict } from '../spec-twitter-client.js';

const AUDIENCES = `accounts/${ACCOUNT}/custom_audiences`;
const HOUR = 3_600_000;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;

beforeEach(async () => {
  sandbox = await startSandbox({ twitter: { matchRate: 1 } });
  twitter = new SpecTwitterClient(sandbox);
});
afterEach(() => sandbox.stop());

const names = async (query: Record<string, string> = {}) =>
  (await twitter.get(AUDIENCES, query)).body.data.map(({ name }) => name);

describe('a new audience', () => {
  it('comes back whole', async () => {
    const query = { name: 'VIP customers', description: 'tag 42' };
    const { status, body } = await twitter.call(AUDIENCES, { method: 'POST', query });
    expect(status).toBe(201);
    expect(body.request).toEqual({ params: { account_id: ACCOUNT, ...query } });
    expect(body.data).toEqual({
      id: expect.stringMatching(/^[a-z0-9]+$/),
      name: 'VIP customers',
      description: 'tag 42',
      audience_type: 'CRM',
      audience_size: null,
      targetable: false,
      targetable_types: ['CRM', 'EXCLUDED_CRM'],
      reasons_not_targetable: ['PROCESSING', 'TOO_SMALL'],
      permission_level: 'READ_WRITE',
      owner_account_id: ACCOUNT,
      partner_source: 'OTHER',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      updated_at: expect.any(String),
      deleted: false,
    });
  });

  it.each<[Record<string, string>, [number, string, string]]>([
    [{}, [400, 'MISSING_PARAMETER', 'name']],
    [{ name: '' }, [400, 'MISSING_PARAMETER', 'name']],
    [{ name: 'x'.repeat(256) }, [400, 'INVALID_PARAMETER', 'name']],
  ])('needs a name: %j', async (query, [status, code, parameter]) => {
    const { status: answered, body } = await twitter.call(AUDIENCES, { method: 'POST', query });
    expect([answered, body.errors]).toMatchObject([status, [{ code, parameter }]]);
  });

  it('needs a name of its own in the account', async () => {
    const id = await twitter.audience('VIP');
    const again = { method: 'POST', query: { name: 'VIP' } };
    expect(verdict(await twitter.call(AUDIENCES, again))).toEqual([400, 'INVALID_PARAMETER']);
    expect((await twitter.call(`accounts/abc1/custom_audiences`, again)).status).toBe(201);
    await twitter.call(`${AUDIENCES}/${id}`, { method: 'DELETE' });
    expect((await twitter.call(AUDIENCES, again)).status).toBe(201);
  });

  it('does not take a parameter twice', async () => {
    const reply = await twitter.call(AUDIENCES, { method: 'POST', query: { name: 'A' }, form: { name: 'B' } });
    expect(verdict(reply)).toEqual([400, 'INVALID_PARAMETER']);
  });
});

describe('the list', () => {
  beforeEach(async () => {
    for (const name of ['VIP', 'vip customers', 'Vip (old)', 'Other']) await twitter.audience(name);
  });

  it('is searched by the beginning of a name, in either case', async () => {
    expect(await names({ q: 'VIP' })).toEqual(['VIP', 'vip customers', 'Vip (old)']);
    expect(await names({ q: 'vip c' })).toEqual(['vip customers']);
    expect(await names({ q: 'customers' })).toEqual([]);
  });

  it('comes in pages', async () => {
    const first = await twitter.get(AUDIENCES, { count: '3' });
    expect(first.body.data).toHaveLength(3);
    const cursor = first.body.next_cursor ?? '';
    const second = await twitter.get(AUDIENCES, { count: '3', cursor });
    expect([second.body.data.map(({ name }) => name), second.body.next_cursor]).toEqual([['Other'], null]);
  });

  it('can be sorted, counted and narrowed down to ids', async () => {
    expect(await names({ sort_by: 'name-desc' })).toEqual(['vip customers', 'Vip (old)', 'VIP', 'Other']);
    const { body } = await twitter.get(AUDIENCES, { count: '1', with_total_count: 'true' });
    expect(body.total_count).toBe(4);
    const id = String(body.data[0]?.['id']);
    expect(await names({ custom_audience_ids: `${id},zzz` })).toEqual(['VIP']);
  });

  it.each<[Record<string, string>, string]>([
    [{ with_total_count: 'true', cursor: 'abc' }, 'EXCLUSIVE_PARAMETERS'],
    [{ count: '0' }, 'INVALID_PARAMETER'],
    [{ count: '1001' }, 'INVALID_PARAMETER'],
    [{ cursor: 'abc' }, 'INVALID_PARAMETER'],
    [{ q: '' }, 'INVALID_PARAMETER'],
    [{ q: 'x'.repeat(256) }, 'INVALID_PARAMETER'],
    [{ with_deleted: 'yes' }, 'INVALID_PARAMETER'],
    [{ sort_by: 'size' }, 'INVALID_PARAMETER'],
    [{ permission_scope: 'ALL' }, 'INVALID_PARAMETER'],
    [{ custom_audience_ids: 'a,'.repeat(200) + 'a' }, 'INVALID_PARAMETER'],
  ])('refuses %j', async (query, code) => {
    expect(verdict(await twitter.get(AUDIENCES, query))).toEqual([400, code]);
  });

  it('hides what was deleted unless it is asked for', async () => {
    const { body } = await twitter.get(AUDIENCES, { q: 'Other' });
    const id = String(body.data[0]?.['id']);
    expect((await twitter.call(`${AUDIENCES}/${id}`, { method: 'DELETE' })).body.data).toMatchObject({ deleted: true });
    expect(await names({ q: 'Other' })).toEqual([]);
    expect(await names({ q: 'Other', with_deleted: 'true' })).toEqual(['Other']);
    expect(verdict(await twitter.read(id))).toEqual([404, 'NOT_FOUND']);
    expect((await twitter.read(id, { with_deleted: 'true' })).body.data).toMatchObject({ id, deleted: true });
    expect(verdict(await twitter.add(id, people(1)))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('an audience', () => {
  it('changes in what is given', async () => {
    const id = await twitter.audience('VIP');
    await twitter.audience('Taken');
    const put = (query: Record<string, string>) => twitter.call(`${AUDIENCES}/${id}`, { method: 'PUT', query });
    expect((await put({ description: 'new' })).body.data).toMatchObject({ name: 'VIP', description: 'new' });
    expect((await put({ name: 'Renamed!', description: '' })).body.data).toMatchObject({
      name: 'Renamed!',
      description: null,
    });
    expect(verdict(await put({ name: 'Taken' }))).toEqual([400, 'INVALID_PARAMETER']);
    expect((await put({ name: 'Renamed!' })).status).toBe(200);
  });

  it('is of one account', async () => {
    const id = await twitter.audience();
    expect(verdict(await twitter.get(`accounts/abc1/custom_audiences/${id}`))).toEqual([404, 'NOT_FOUND']);
  });

  it('shows its size after the next run only', async () => {
    const id = await twitter.audience();
    await twitter.add(id, people(150));
    sandbox.twitter.advanceClock(6 * HOUR - 60_000);
    expect((await twitter.read(id)).body.data).toMatchObject({ audience_size: null, targetable: false });
    sandbox.twitter.advanceClock(60_000);
    expect((await twitter.read(id)).body.data).toMatchObject({
      audience_size: 150,
      targetable: true,
      reasons_not_targetable: [],
    });
    await twitter.add(id, people(10, 150));
    expect((await twitter.read(id)).body.data).toMatchObject({ audience_size: 150, targetable: true });
    sandbox.twitter.advanceClock(6 * HOUR);
    expect((await twitter.read(id)).body.data).toMatchObject({ audience_size: 160 });
  });

  it('is too small below 100 matched people', async () => {
    const id = await twitter.audience();
    await twitter.add(id, people(99));
    sandbox.twitter.advanceClock(6 * HOUR);
    expect((await twitter.read(id)).body.data).toMatchObject({
      audience_size: 99,
      targetable: false,
      reasons_not_targetable: ['TOO_SMALL'],
    });
  });

  it('is used by no campaign', async () => {
    const id = await twitter.audience();
    expect((await twitter.get(`${AUDIENCES}/${id}/targeted`)).body).toMatchObject({ data: [], next_cursor: null });
  });

  it('is used by the campaigns that it was told of, those that serve unless all are asked for', async () => {
    const id = await twitter.audience();
    const [serving, resting] = [
      { id: 'a1', name: null, servable: true },
      { id: 'a2', name: null, servable: false },
    ];
    const campaigns = [
      { campaign_id: 'c1', campaign_name: 'One', line_items: [serving, resting] },
      { campaign_id: 'c2', campaign_name: 'Two', line_items: [resting] },
    ];
    sandbox.twitter.patchAudience(id, { campaigns });
    const { body } = await twitter.get(`${AUDIENCES}/${id}/targeted`);
    expect(body).toMatchObject({ data: [{ campaign_id: 'c1', line_items: [serving] }] });
    const all = await twitter.get(`${AUDIENCES}/${id}/targeted`, { with_active: 'false' });
    expect(all.body).toMatchObject({ data: campaigns });
  });
});
