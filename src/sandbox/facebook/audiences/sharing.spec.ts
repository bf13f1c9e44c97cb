import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { people, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;
let recipient: SpecGraphClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox({
    facebook: { accounts: ['1', '2', '3', '9'], businesses: { '9': '777' }, tokenAccounts: { recipient: ['2', '9'] } },
  });
  graph = new SpecGraphClient(sandbox);
  recipient = new SpecGraphClient(sandbox, 'recipient');
  id = await graph.audience({}, '1');
});
afterEach(() => sandbox.stop());

const share = (body: object, edge = 'adaccounts') => graph.call('POST', `${id}/${edge}`, body);
const shared = async () => (await graph.call('GET', `${id}/adaccounts?permissions=targeting`)).body['data'];

describe('sharing', () => {
  it.each(['adaccounts', 'ad_accounts'])('works on the edge %s, both ways', async (edge) => {
    const { body } = await share({ adaccounts: ['2'], permissions: 'targeting' }, edge);
    expect(body).toEqual({
      success: true,
      sharing_data: [{ ad_acct_id: '2', business_id: '5550001', audience_share_status: 'SHARED', errors: [] }],
    });
    expect(await shared()).toEqual([{ account_id: '2', id: 'act_2' }]);
    expect((await graph.call('DELETE', `${id}/${edge}`, { adaccounts: ['2'] })).body).toEqual({ success: true });
    expect(await shared()).toEqual([]);
    expect(refusal(await graph.call('DELETE', `${id}/${edge}`, { adaccounts: ['2'] }))).toEqual([400, 100, undefined]);
  });

  it('tells for each account what went wrong', async () => {
    await share({ adaccounts: ['2'] });
    const { status, body } = await share({ adaccounts: ['2', '3', '4', '1'] });
    expect(status).toBe(200);
    expect(body['sharing_data']).toEqual([
      expect.objectContaining({ ad_acct_id: '2', errors: ['The audience is already shared with this ad account'] }),
      expect.objectContaining({ ad_acct_id: '3', audience_share_status: 'SHARED', errors: [] }),
      expect.objectContaining({ ad_acct_id: '4', errors: ['The ad account does not exist'] }),
      expect.objectContaining({ ad_acct_id: '1', errors: ['The audience belongs to this ad account'] }),
    ]);
  });

  it('replaces the whole list when told', async () => {
    await share({ adaccounts: ['2'] });
    await share({ adaccounts: ['3'], replace: true });
    expect(await shared()).toEqual([{ account_id: '3', id: 'act_3' }]);
  });

  it('waits for the other business the first time', async () => {
    expect(refusal(await share({ adaccounts: ['9'] }))).toEqual([400, 100, undefined]);
    expect(refusal(await share({ adaccounts: ['9'], relationship_type: ['FRIEND'] }))).toEqual([400, 100, undefined]);
    const asked = await share({ adaccounts: ['9'], relationship_type: ['AGENCY'] });
    expect(asked.body['sharing_data']).toEqual([
      { ad_acct_id: '9', business_id: '777', audience_share_status: 'IN_PROGRESS', errors: [] },
    ]);
    expect(await shared()).toEqual([]);
    const info = async () => (await graph.call('GET', `${id}/shared_account_info`)).body['data'];
    expect(await info()).toMatchObject([{ account_id: '9', business_id: '777', sharing_status: 'IN_PROGRESS' }]);
    sandbox.facebook.patchAudience(id, { sharesApproved: true });
    expect(await info()).toMatchObject([{ account_id: '9', sharing_status: 'SHARED' }]);
    expect(await shared()).toEqual([{ account_id: '9', id: 'act_9' }]);
  });

  it('lets the recipient see, but not edit', async () => {
    expect(refusal(await recipient.call('GET', id))).toEqual([400, 100, 33]);
    await share({ adaccounts: ['2'] });
    const listed = await recipient.call('GET', 'act_2/customaudiences?fields=account_id,permission_for_actions');
    expect(listed.body['data']).toMatchObject([
      { id, account_id: '1', permission_for_actions: { can_edit: false, can_share: false, can_see_insight: true } },
    ]);
    expect(refusal(await recipient.call('POST', id, { name: 'mine' }))).toEqual([400, 200, undefined]);
    expect(refusal(await recipient.add(id, ['EMAIL'], people(1)))).toEqual([400, 200, undefined]);
    expect(refusal(await recipient.call('DELETE', id))).toEqual([400, 200, undefined]);
  });

  it('needs bare account ids and an audience that is not flagged', async () => {
    expect(refusal(await share({ adaccounts: ['act_2'] }))).toEqual([400, 100, undefined]);
    expect(refusal(await share({}))).toEqual([400, 100, undefined]);
    sandbox.facebook.patchAudience(id, { flagged: true });
    expect(refusal(await share({ adaccounts: ['2'] }))).toEqual([400, 100, 1713231]);
  });
});
