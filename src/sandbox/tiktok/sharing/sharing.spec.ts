import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';

const FRIEND = '7180000000000000002';
const STRANGER = '7190000000000000003';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: { businesses: { [STRANGER]: '6990000000000000002' }, generalRate: { perSecond: 1000 } },
  });
  tiktok = new SpecTikTokClient(sandbox);
  id = await tiktok.segment();
});
afterEach(() => sandbox.stop());

const share = (values: object = {}) =>
  tiktok.post('/dmp/custom_audience/share/', {
    advertiser_id: ADVERTISER,
    custom_audience_ids: [id],
    shared_advertiser_ids: [FRIEND],
    ...values,
  });
const log = async () => {
  const query = { advertiser_id: ADVERTISER, custom_audience_id: id };
  const { body } = await tiktok.get('/dmp/custom_audience/share/log/', query);
  return (body.data['list'] as { shared_advertiser_id: string }[]).map((entry) => entry.shared_advertiser_id);
};
const cancel = () =>
  tiktok.post('/dmp/custom_audience/share/cancel/', {
    advertiser_id: ADVERTISER,
    custom_audience_id: id,
    shared_advertiser_id: FRIEND,
  });

describe('sharing', () => {
  it('lets the other ad account see the audience, until it is stopped', async () => {
    expect(verdict(await share())).toEqual([200, 0]);
    expect(await log()).toEqual([FRIEND]);
    const seen = await tiktok.get('/dmp/custom_audience/list/', { advertiser_id: FRIEND });
    expect(seen.body.data['list']).toMatchObject([{ audience_id: id, is_creator: false, shared: true }]);
    expect(verdict(await cancel())).toEqual([200, 0]);
    expect(await log()).toEqual([]);
    expect(verdict(await cancel())).toEqual([200, 40002]);
  });

  it.each<[string, object, number]>([
    ['with another business', { shared_advertiser_ids: [FRIEND, STRANGER] }, 40002],
    ['of nothing', { custom_audience_ids: [] }, 40002],
    ['with eleven', { shared_advertiser_ids: Array.from({ length: 11 }, (_, at) => String(at + 1)) }, 40002],
    ['of an audience that is not there', { custom_audience_ids: ['1'] }, 40007],
    ['by somebody else', { advertiser_id: FRIEND }, 40001],
  ])('%s is refused, and shares nothing', async (_, values, code) => {
    expect(verdict(await share(values))).toEqual([200, code]);
    expect(await log()).toEqual([]);
  });

  it('is refused twice, and to a token that may only read', async () => {
    await share();
    expect(verdict(await share())).toEqual([200, 40002]);
    sandbox.tiktok.setToken('spec-token', 'read-only');
    expect(verdict(await share())).toEqual([200, 40001]);
  });
});

describe('the log of ad groups', () => {
  const applied = (advertiser = ADVERTISER) =>
    tiktok.get('/dmp/custom_audience/apply/log/', {
      advertiser_id: advertiser,
      custom_audience_ids: JSON.stringify([id]),
    });

  it('shows those that the sandbox was told of, to the owner', async () => {
    const use = { adgroup_id: '170', adgroup_name: 'Spring', usage_mode: 'Exclude' };
    sandbox.tiktok.patchAudience(id, { adGroups: [use] });
    const { body } = await applied();
    expect(body.data).toMatchObject({
      list: [{ audience_id: id, ...use }],
      page_info: { page: 1, page_size: 10, total_number: 1, total_page: 1 },
    });
    expect(verdict(await applied(FRIEND))).toEqual([200, 40001]);
  });
});
