import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, JANE, PHONE, SpecTwitterClient, verdict } from '../spec-twitter-client.js';

const LISTS = `accounts/${ACCOUNT}/do_not_reach_lists`;
const DAY = 86_400_000;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  twitter = new SpecTwitterClient(sandbox);
});
afterEach(() => sandbox.stop());

const create = async () => {
  const { body } = await twitter.call(LISTS, { method: 'POST', query: { description: 'opted out' } });
  return String(body.data['id']);
};
const change = (id: string, params: object, type = 'Update') =>
  twitter.call(`batch/${LISTS}/${id}/users`, { method: 'POST', json: [{ operation_type: type, params }] });
const inDays = (days: number) => `${new Date(sandbox.twitter.now() + days * DAY).toISOString().slice(0, 19)}Z`;
const size = async () => (await twitter.get(LISTS)).body.data[0]?.['list_size'];

describe('the do not reach list', () => {
  it('is one of an account, of a fixed name', async () => {
    const id = await create();
    expect((await twitter.get(LISTS)).body.data).toMatchObject([
      { id, name: 'Do Not Reach List', description: 'opted out', list_size: 0, deleted: false },
    ]);
    expect(verdict(await twitter.call(LISTS, { method: 'POST' }))).toEqual([403, 'ACTION_NOT_ALLOWED']);
    expect((await twitter.call(`${LISTS}/${id}`, { method: 'DELETE' })).body.data).toMatchObject({ deleted: true });
    expect((await twitter.get(LISTS)).body.data).toEqual([]);
    expect((await twitter.get(LISTS, { with_deleted: 'true' })).body.data).toHaveLength(1);
    expect((await twitter.call(LISTS, { method: 'POST' })).status).toBe(201);
  });

  it('takes people and answers with a list', async () => {
    const id = await create();
    const users = [{ email: [JANE] }, { phone_number: [PHONE] }];
    const { status, body } = await change(id, { users, expires_at: inDays(30) });
    expect([status, body]).toEqual([
      200,
      {
        data: [{ success_count: 2, total_count: 2 }],
        request: [{ params: { account_id: ACCOUNT, do_not_reach_list_id: id } }],
      },
    ]);
    expect(await size()).toBe(2);
    await change(id, { users: [{ email: [JANE] }] }, 'Delete');
    expect(await size()).toBe(1);
    sandbox.twitter.advanceClock(31 * DAY);
    expect(await size()).toBe(0);
  });

  it.each<[string, () => object]>([
    ['effective_at', () => ({ users: [{ email: [JANE] }], effective_at: inDays(1) })],
    ['a handle', () => ({ users: [{ handle: [JANE] }] })],
    ['13 months', () => ({ users: [{ email: [JANE] }], expires_at: inDays(398) })],
  ])('takes no %s', async (_, params) => {
    expect(verdict(await change(await create(), params()))).toEqual([400, 'INVALID_PARAMETER']);
  });

  it('must be there', async () => {
    expect(verdict(await change('zzz', { users: [{ email: [JANE] }] }))).toEqual([404, 'NOT_FOUND']);
  });
});
