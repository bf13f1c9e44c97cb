import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxOptions } from '../../sandbox.js';
import { CUSTOMER, listsOf, people, refusal, type SpecGoogleClient, startGoogle } from '../spec-google-client.js';

let api: SpecGoogleClient;
afterEach(() => api.sandbox.stop());

const start = async (options: SandboxOptions['google'] = {}) => (api = await startGoogle(options));
const keys = (...uploadKeyTypes: string[]) => ({ ingestedUserListInfo: { uploadKeyTypes } });
const named = async (query: Record<string, string>) =>
  (((await api.lists(query)).body['userLists'] ?? []) as { displayName: string }[]).map(
    ({ displayName }) => displayName,
  );

describe('a new list', () => {
  it('is shown as it was made, with its defaults', async () => {
    await start();
    const { status, body } = await api.create({ integrationCode: 'aud_7f3' });
    expect([status, body]).toEqual([
      200,
      {
        name: `${listsOf()}/8765432109`,
        id: '8765432109',
        displayName: 'Buyers',
        description: 'From a spec',
        integrationCode: 'aud_7f3',
        membershipStatus: 'OPEN',
        membershipDuration: '46656000s',
        accessReason: 'OWNED',
        accountAccessStatus: 'ENABLED',
        sizeInfo: {},
        targetNetworkInfo: { eligibleForSearch: true },
        ingestedUserListInfo: {
          uploadKeyTypes: ['CONTACT_ID'],
          contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
        },
      },
    ]);
    expect((await api.call('GET', `${listsOf()}/8765432109`)).body).toEqual(body);
  });

  it.each<[object, string, string]>([
    [{ displayName: undefined }, 'display_name', 'REQUIRED_FIELD_MISSING'],
    [{ displayName: '  ' }, 'display_name', 'INVALID_DISPLAY_NAME'],
    [{ membershipDuration: '86401s' }, 'membership_duration', 'INVALID_ARGUMENT'],
    [{ membershipDuration: '0s' }, 'membership_duration', 'INVALID_ARGUMENT'],
    [{ membershipDuration: '46742400s' }, 'membership_duration', 'MEMBERSHIP_DURATION_TOO_LONG'],
    [{ ingestedUserListInfo: undefined }, 'ingested_user_list_info.upload_key_types', 'REQUIRED_FIELD_MISSING'],
    [keys('CONTACT_ID', 'USER_ID'), 'ingested_user_list_info.upload_key_types', 'REQUIRED_FIELD_MISSING'],
    [keys('PAIR_ID'), 'ingested_user_list_info.upload_key_types', 'UNSUPPORTED_USER_LIST_UPLOAD_KEY_TYPES'],
    [
      {
        ingestedUserListInfo: {
          uploadKeyTypes: ['CONTACT_ID'],
          contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_THIRD_PARTY_CREDIT_BUREAU' },
        },
      },
      'ingested_user_list_info.contact_id_info.data_source_type',
      'ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA',
    ],
  ])('is refused with %j', async (fields, field, reason) => {
    await start();
    expect(refusal(await api.create(fields))).toEqual([400, [`user_list.${field}`, reason]]);
    expect(api.sandbox.google.audiences()).toEqual([]);
  });

  it('has a name that no other list of its owner has', async () => {
    await start();
    await api.list('Buyers');
    expect(refusal(await api.create())).toEqual([400, ['user_list.display_name', 'DISPLAY_NAME_ALREADY_USED']]);
    expect((await api.call('POST', listsOf('77'), { displayName: 'Buyers', ...keys('CONTACT_ID') })).status).toBe(200);
  });

  it('is not made when it is only to be checked', async () => {
    await start();
    expect((await api.create({}, '?validateOnly=true')).status).toBe(200);
    expect((await api.create({ displayName: '' }, '?validateOnly=true')).status).toBe(400);
    expect(api.sandbox.google.audiences()).toEqual([]);
  });
});

describe('the lists of an account', () => {
  it('come in pages, whose tokens fit nothing else', async () => {
    await start();
    for (const name of ['A', 'B', 'C']) await api.list(name);
    const first = await api.lists({ pageSize: '2' });
    expect(first.body['userLists']).toHaveLength(2);
    const pageToken = String(first.body['nextPageToken']);
    const last = await api.lists({ pageSize: '2', pageToken });
    expect(last.body['userLists']).toMatchObject([{ displayName: 'C' }]);
    expect(last.body).not.toHaveProperty('nextPageToken');
    const others: Record<string, string>[] = [
      { pageSize: '3', pageToken },
      { pageSize: '2', pageToken, filter: 'id = 1' },
    ];
    for (const other of others) {
      expect(refusal(await api.lists(other))).toEqual([400, ['page_token', 'INVALID_PAGE_TOKEN']]);
    }
    expect(refusal(await api.lists({ pageToken: 'x' }))).toEqual([400, ['page_token', 'INVALID_PAGE_TOKEN']]);
  });

  it('come fifty at a time, and never more than a thousand', async () => {
    const lists = Array.from({ length: 1_001 }, (_, index) => ({ account: CUSTOMER, displayName: `List ${index}` }));
    await start({ lists });
    expect((await api.lists()).body['userLists']).toHaveLength(50);
    expect((await api.lists({ pageSize: '5000' })).body['userLists']).toHaveLength(1_000);
  });

  it('are nothing at all where there are none', async () => {
    await start();
    expect((await api.lists()).body).toEqual({});
  });

  it.each([
    ['display_name = "Buyers"', ['Buyers', 'Buyers']],
    ['displayName = "Buyers" AND accessReason = OWNED', ['Buyers']],
    ['display_name : "uyer"', ['Buyers', 'Buyers']],
    ['display_name != "Buyers"', ['Say "hi" \\o/']],
    ['display_name = "Say \\"hi\\" \\\\o/"', ['Say "hi" \\o/']],
    ['id > 8765432110', ['Say "hi" \\o/']],
    ['ingested_user_list_info.upload_key_types = "CONTACT_ID"', ['Say "hi" \\o/']],
    ['membership_status = CLOSED', []],
  ])('are found by %s', async (filter, expected) => {
    await start({
      lists: [
        { account: CUSTOMER, displayName: 'Buyers', accessReason: 'SHARED' },
        { account: CUSTOMER, displayName: 'Buyers' },
      ],
    });
    await api.list('Say "hi" \\o/');
    expect(await named({ filter })).toEqual(expected);
  });

  it.each([
    'name = "x"',
    'display_name',
    '"x" = display_name',
    'display_name = "x',
    'display_name = "x" OR id = 1',
    'display_name = "x" AND accessReason = OWNED',
    'display_name = "x" AND',
  ])('are not found by %s', async (filter) => {
    await start();
    expect(refusal(await api.lists({ filter }))).toEqual([400, ['filter', 'INVALID_FILTER']]);
  });
});

describe('a list', () => {
  const path = async () => `${listsOf()}/${await api.list()}`;

  it('changes in the fields of the mask, and in no other', async () => {
    await start();
    const list = await path();
    const body = { displayName: 'Fans', description: 'New', membershipDuration: '86400s' };
    const changed = await api.call('PATCH', `${list}?updateMask=displayName,membershipDuration`, body);
    expect(changed.body).toMatchObject({
      displayName: 'Fans',
      description: 'From a spec',
      membershipDuration: '86400s',
    });
  });

  it.each([
    ['ingestedUserListInfo', {}, 'user_list.ingestedUserListInfo', 'IMMUTABLE_FIELD_FOR_UPDATE'],
    ['color', {}, 'update_mask', 'INVALID_UPDATE_MASK'],
    ['displayName', { displayName: '' }, 'user_list.display_name', 'REQUIRED_FIELD_MISSING'],
    ['displayName', { displayName: 'Other' }, 'user_list.display_name', 'DISPLAY_NAME_ALREADY_USED'],
    ['membershipDuration', { membershipDuration: '1s' }, 'user_list.membership_duration', 'INVALID_ARGUMENT'],
  ])('does not change in %s to %j', async (mask, body, field, reason) => {
    await start();
    await api.list('Other');
    expect(refusal(await api.call('PATCH', `${await path()}?updateMask=${mask}`, body))).toEqual([
      400,
      [field, reason],
    ]);
  });

  it('is closed and opened again', async () => {
    await start();
    const list = await path();
    const set = async (membershipStatus: string) =>
      (await api.call('PATCH', `${list}?updateMask=membershipStatus`, { membershipStatus })).body['membershipStatus'];
    expect([await set('CLOSED'), await set('OPEN')]).toEqual(['CLOSED', 'OPEN']);
  });

  it('is gone once it is deleted', async () => {
    await start();
    const list = await path();
    expect((await api.call('DELETE', `${list}?validateOnly=true`)).body).toEqual({});
    expect((await api.call('DELETE', list)).body).toEqual({});
    expect(refusal(await api.call('GET', list))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await api.call('DELETE', list))).toEqual([404, 'NOT_FOUND']);
  });

  it('that is shared with the account is read only', async () => {
    await start({ lists: [{ account: CUSTOMER, displayName: 'Shared', accessReason: 'SHARED' }] });
    const shared = `${listsOf()}/8765432109`;
    expect((await api.call('GET', shared)).body).toMatchObject({ accessReason: 'SHARED', readOnly: true });
    expect(refusal(await api.call('DELETE', shared))).toEqual([403, 'OWNERSHIP_REQUIRED_FOR_UPDATE']);
  });

  it('shows sizes and a match rate after a while, counted as texts', async () => {
    await start({ matchRate: 1, sizeDelayMs: 60_000 });
    const id = await api.list();
    await api.ingested(id, people(200));
    const read = async () => (await api.call('GET', `${listsOf()}/${id}`)).body;
    expect(await read()).toMatchObject({ sizeInfo: {} });
    api.sandbox.google.advanceClock(60_000);
    expect(await read()).toMatchObject({
      sizeInfo: { youtubeMembersCount: '200', searchNetworkMembersCount: '160' },
      targetNetworkInfo: { eligibleForDisplay: true, eligibleForSearch: true },
      ingestedUserListInfo: { contactIdInfo: { matchRatePercentage: 100 } },
    });
  });
});

describe('access to an account', () => {
  const login = (account: string) => ({ 'login-account': `accountTypes/GOOGLE_ADS/accounts/${account}` });
  const manager = { accountsOf: { 'spec-refresh-token': ['99'] }, managerOf: { [CUSTOMER]: '50', '50': '99' } };

  it.each<[Record<string, string>, number]>([
    [{}, 403],
    [login('99'), 200],
    [login('50'), 403],
    [login('12'), 403],
    [{ 'login-customer-id': '99' }, 403],
    [{ 'login-account': '99' }, 400],
  ])('goes through the manager that the header names: %j', async (headers, status) => {
    await start(manager);
    expect((await api.call('GET', listsOf(), undefined, headers)).status).toBe(status);
  });

  it.each(['accountTypes/GOOGLE_ADS/accounts/12-3/userLists', 'accountTypes/DISPLAY/accounts/1/userLists'])(
    'needs a name like accountTypes/GOOGLE_ADS/accounts/1: %s',
    async (path) => {
      await start();
      expect(refusal(await api.call('GET', path))).toEqual([400, ['name', 'INVALID_RESOURCE_NAME']]);
    },
  );
});
