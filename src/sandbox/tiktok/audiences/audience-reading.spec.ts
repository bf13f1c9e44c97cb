import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, JANE, lines, people, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';

const OTHER = '7170000000000000002';
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const DAY_MS = 86_400_000;

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({ tiktok: { matchRate: 1, minimumSize: 1, generalRate: { perSecond: 1000 } } });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

const list = (query: Record<string, string> = {}) =>
  tiktok.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER, ...query });
const get = (query: Record<string, string>) =>
  tiktok.get('/dmp/custom_audience/get/', { advertiser_id: ADVERTISER, ...query });
const names = async (query: Record<string, string> = {}) =>
  ((await list(query)).body.data['list'] as { name: string }[]).map(({ name }) => name);

describe('the list of audiences', () => {
  it('shows an audience as the platform does', async () => {
    const id = await tiktok.segment('Buyers');
    const { body } = await list();
    expect(body.data).toEqual({
      list: [
        {
          audience_id: id,
          name: 'Buyers',
          audience_type: 'Partner',
          calculate_type: 'MULTIPLE_TYPES',
          cover_num: 0,
          is_valid: false,
          is_creator: true,
          shared: false,
          is_expiring: false,
          create_time: expect.stringMatching(TIME),
          expired_time: expect.stringMatching(TIME),
        },
      ],
      page_info: { page: 1, page_size: 10, total_number: 1, total_page: 1 },
    });
  });

  it('comes in pages, newest first', async () => {
    for (let at = 1; at <= 11; at += 1) await tiktok.segment(`S${at}`);
    expect(await names()).toEqual(['S11', 'S10', 'S9', 'S8', 'S7', 'S6', 'S5', 'S4', 'S3', 'S2']);
    expect(await names({ page: '2' })).toEqual(['S1']);
    expect(await names({ page: '3' })).toEqual([]);
    expect(await names({ page: '3', page_size: '5' })).toEqual(['S1']);
    expect((await list({ page: '3', page_size: '5' })).body.data['page_info']).toEqual({
      page: 3,
      page_size: 5,
      total_number: 11,
      total_page: 3,
    });
    expect((await list({ page_size: '100' })).body.data['page_info']).toMatchObject({ total_page: 1 });
  });

  it('has no filter by name, but one by ids as JSON', async () => {
    const first = await tiktok.segment('First');
    await tiktok.segment('Second');
    expect(await names({ name: 'First' })).toEqual(['Second', 'First']);
    expect(await names({ custom_audience_ids: JSON.stringify([first]) })).toEqual(['First']);
  });

  it('includes what others share, and nothing else of theirs', async () => {
    const shared = await tiktok.segment('Shared', OTHER);
    await tiktok.segment('Theirs', OTHER);
    await tiktok.segment('Mine');
    expect(await names()).toEqual(['Mine']);
    sandbox.tiktok.patchAudience(shared, { sharedWith: [ADVERTISER] });
    expect((await list()).body.data['list']).toMatchObject([
      { name: 'Mine', is_creator: true, shared: false },
      { name: 'Shared', is_creator: false, shared: true },
    ]);
    expect(verdict(await tiktok.map(shared, [[JANE]]))).toEqual([200, 40001]);
  });

  it.each([
    [{ page: '0' }],
    [{ page: 'x' }],
    [{ page_size: '0' }],
    [{ page_size: '101' }],
    [{ custom_audience_ids: '7410987654321000001' }],
    [{ custom_audience_ids: '7410987654321000001,7410987654321000002' }],
    [{ custom_audience_ids: '[]' }],
    [{ custom_audience_ids: '[7410987654321000001]' }],
    [{ custom_audience_ids: JSON.stringify(people(101).map((_, at) => String(at))) }],
    [{ advertiser_id: 'act_1' }],
  ])('refuses %j', async (query) => {
    expect(verdict(await list(query))).toEqual([200, 40002]);
  });
});

describe('the details of audiences', () => {
  it('have other names than the list, and a history', async () => {
    const id = await tiktok.segment('Buyers');
    expect((await get({ custom_audience_ids: JSON.stringify([id]) })).body.data).toEqual({
      list: [
        {
          audience_details: {
            audience_id: id,
            name: 'Buyers',
            type: 'Partner',
            audience_sub_type: 'NORMAL',
            calculate_type: 'MULTIPLE_TYPES',
            cover_num: 0,
            is_valid: false,
            is_expiring: false,
            is_auto_refresh: false,
            is_creator: true,
            shared: false,
            owner_id: ADVERTISER,
            create_time: expect.stringMatching(TIME),
            expired_time: expect.stringMatching(TIME),
            msg: null,
            error_msg: null,
            rule: '{"inclusions": null, "exclusions": null}',
            lookalike_spec: null,
          },
          audience_history: [
            {
              action: 'create',
              action_detail: '0',
              editor: 'open_api',
              msg: null,
              opt_time: expect.stringMatching(TIME),
            },
          ],
        },
      ],
    });
  });

  it('show as much history as asked for', async () => {
    const id = await tiktok.segment();
    await tiktok.map(id, [[JANE]]);
    sandbox.tiktok.advanceClock(2000);
    const ids = JSON.stringify([id]);
    const newest = (await get({ custom_audience_ids: ids, history_size: '1' })).body.data['list'];
    expect(newest).toMatchObject([{ audience_history: [{ action: 'update', action_detail: '1' }] }]);
    expect((newest as { audience_history: object[] }[])[0]?.audience_history).toHaveLength(1);
    for (const history_size of ['0', '101']) {
      expect(verdict(await get({ custom_audience_ids: ids, history_size }))).toEqual([200, 40002]);
    }
  });

  it.each([[{}], [{ custom_audience_ids: '[]' }], [{ custom_audience_ids: '["x"]' }], [{ custom_audience_ids: '7' }]])(
    'are refused for %j',
    async (query) => {
      expect(verdict(await get(query as Record<string, string>))).toEqual([200, 40002]);
    },
  );

  it('leave unknown ids out, or refuse them where told to', async () => {
    const query = { custom_audience_ids: '["7410987654321000999"]' };
    expect((await get(query)).body).toMatchObject({ code: 0, data: { list: [] } });
    await sandbox.stop();
    sandbox = await startSandbox({ tiktok: { unknownIds: 'refuse' } });
    tiktok = new SpecTikTokClient(sandbox);
    expect((await get(query)).body).toMatchObject({ code: 40007, data: {} });
  });
});

describe('the end of an audience', () => {
  const shown = async (id: string) => (await tiktok.details(id)).audience_details;

  it('comes a year after the last change of a segment', async () => {
    const id = await tiktok.segment();
    await tiktok.map(id, [[JANE]]);
    sandbox.tiktok.advanceClock(304 * DAY_MS);
    expect(await shown(id)).toMatchObject({ is_valid: true, is_expiring: false });
    sandbox.tiktok.advanceClock(2 * DAY_MS);
    expect(await shown(id)).toMatchObject({ is_valid: true, is_expiring: true });
    await tiktok.map(id, [[JANE]]);
    expect(await shown(id)).toMatchObject({ is_expiring: false });
    sandbox.tiktok.advanceClock(366 * DAY_MS);
    expect(await shown(id)).toMatchObject({ is_valid: false, cover_num: 0, is_expiring: false });
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 40002]);
  });

  it('comes after the days given at its creation, whatever changes', async () => {
    const id = await tiktok.fileAudience(lines(people(2)), { retention_in_days: 2 });
    sandbox.tiktok.advanceClock(DAY_MS);
    expect(verdict(await tiktok.update(id, { custom_audience_name: 'Renamed' }))).toEqual([200, 0]);
    sandbox.tiktok.advanceClock(DAY_MS);
    expect(await shown(id)).toMatchObject({ is_valid: false, cover_num: 0 });
    expect(verdict(await tiktok.update(id, { custom_audience_name: 'Again' }))).toEqual([200, 40002]);
    const remove = { advertiser_id: ADVERTISER, custom_audience_ids: [id] };
    expect(verdict(await tiktok.post('/dmp/custom_audience/delete/', remove))).toEqual([200, 0]);
  });
});
