import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, people, SpecTwitterClient, verdict } from '../spec-twitter-client.js';

const PARTNER = '18ce54aymz3';
const STRANGER = '18ce5other';

let sandbox: Sandbox;
let twitter: SpecTwitterClient;
let permissions: string;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox({
    twitter: { businesses: { [STRANGER]: 'another', generous: 'third' }, sharesOutsideBusiness: ['generous'] },
  });
  twitter = new SpecTwitterClient(sandbox);
  id = await twitter.audience();
  permissions = `accounts/${ACCOUNT}/custom_audiences/${id}/permissions`;
});
afterEach(() => sandbox.stop());

const grant = (account: string, level = 'READ_ONLY', path = permissions) =>
  twitter.call(path, { method: 'POST', query: { granted_account_id: account, permission_level: level } });

describe('sharing', () => {
  it('lets another account of the business see and read, not change', async () => {
    const { status, body } = await grant(PARTNER);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      custom_audience_id: id,
      granted_account_id: PARTNER,
      permission_level: 'READ_ONLY',
      deleted: false,
    });
    const shared = await twitter.get(`accounts/${PARTNER}/custom_audiences`, { permission_scope: 'SHARED' });
    expect(shared.body.data).toMatchObject([{ id, permission_level: 'READ_ONLY', owner_account_id: ACCOUNT }]);
    expect((await twitter.get(`accounts/${PARTNER}/custom_audiences`)).body.data).toEqual([]);
    expect((await twitter.get(`accounts/${PARTNER}/custom_audiences/${id}`)).status).toBe(200);
    const users = [{ operation_type: 'Update', params: { users: [{ email: people(1) }] } }];
    expect(verdict(await twitter.users(id, users, PARTNER))).toEqual([404, 'NOT_FOUND']);
  });

  it('is granted once to an account, is listed, and ends', async () => {
    const first = await grant(PARTNER);
    const second = await grant(PARTNER, 'READ_WRITE');
    const permissionId = String(first.body.data['id']);
    expect(second.body.data).toMatchObject({ id: permissionId, permission_level: 'READ_WRITE' });
    expect((await twitter.get(permissions)).body).toMatchObject({ data: [{ id: permissionId }], next_cursor: null });
    expect((await twitter.get(permissions, { granted_account_ids: STRANGER })).body.data).toEqual([]);
    const revoke = () => twitter.call(`${permissions}/${permissionId}`, { method: 'DELETE' });
    expect((await revoke()).body.data).toMatchObject({ id: permissionId, deleted: true });
    expect(verdict(await revoke())).toEqual([404, 'NOT_FOUND']);
    expect((await twitter.get(`accounts/${PARTNER}/custom_audiences/${id}`)).status).toBe(404);
  });

  it('stays in the business, unless the owner has the feature', async () => {
    expect(verdict(await grant(STRANGER))).toEqual([403, 'ACTION_NOT_ALLOWED']);
    const theirs = await twitter.audience('Theirs', 'generous');
    const reply = await grant(PARTNER, 'READ_ONLY', `accounts/generous/custom_audiences/${theirs}/permissions`);
    expect(reply.status).toBe(201);
  });

  it('is for the owner alone', async () => {
    await grant(PARTNER, 'READ_WRITE');
    const path = `accounts/${PARTNER}/custom_audiences/${id}/permissions`;
    expect(verdict(await grant(ACCOUNT, 'READ_ONLY', path))).toEqual([404, 'NOT_FOUND']);
  });

  it.each<[Record<string, string>, string]>([
    [{ permission_level: 'READ_ONLY' }, 'MISSING_PARAMETER'],
    [{ granted_account_id: PARTNER }, 'MISSING_PARAMETER'],
    [{ granted_account_id: PARTNER, permission_level: 'ALL' }, 'INVALID_PARAMETER'],
  ])('refuses %j', async (query, code) => {
    expect(verdict(await twitter.call(permissions, { method: 'POST', query }))).toEqual([400, code]);
  });
});
