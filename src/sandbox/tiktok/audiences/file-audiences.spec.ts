import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, lines, people, SpecTikTokClient, type TikTokReply, verdict } from '../spec-tiktok-client.js';

const OTHER = '7170000000000000002';
const CREATE = '/dmp/custom_audience/create/';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: { matchRate: 1, processingMs: 60_000, generalRate: { perSecond: 1000 } },
  });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

const settle = () => sandbox.tiktok.advanceClock(60_000);
const details = async (id: string) => (await tiktok.details(id)).audience_details;
const append = async (id: string, digests: string[], action?: string): Promise<TikTokReply> =>
  tiktok.update(id, { file_paths: [await tiktok.path(lines(digests))], ...(action && { action }) });

/** An audience of `count` people whose files have been matched. */
async function settled(count = 1500): Promise<string> {
  const id = await tiktok.fileAudience(lines(people(count)));
  settle();
  return id;
}

describe('creating an audience of files', () => {
  const create = (values: object) =>
    tiktok.post(CREATE, {
      advertiser_id: ADVERTISER,
      custom_audience_name: 'Buyers',
      calculate_type: 'EMAIL_SHA256',
      ...values,
    });

  it('takes several files and shows their people after the processing time', async () => {
    const paths = [await tiktok.path(lines(people(900))), await tiktok.path(lines(people(900, 600)))];
    const { body } = await create({ file_paths: paths, retention_in_days: 180 });
    expect(body).toMatchObject({ code: 0, data: { custom_audience_id: '7410987654321000001' } });
    sandbox.tiktok.advanceClock(50_000);
    expect(await details('7410987654321000001')).toMatchObject({ cover_num: 0, is_valid: false, error_msg: null });
    sandbox.tiktok.advanceClock(10_000);
    expect(await details('7410987654321000001')).toMatchObject({
      cover_num: 1500,
      is_valid: true,
      type: 'Customer File Audience',
      calculate_type: 'EMAIL_SHA256',
    });
    expect(sandbox.tiktok.audiences()).toMatchObject([{ memberCount: 1500, rowsReceived: 1800 }]);
  });

  it.each([
    [{}, 40002],
    [{ file_paths: [] }, 40002],
    [{ file_paths: Array.from({ length: 501 }, (_, at) => String(at).padStart(16, '0')) }, 40002],
    [{ file_paths: ['0123456789abcde'] }, 40002],
    [{ file_paths: '0123456789abcdef' }, 40002],
    [{ file_paths: ['0123456789abcdef', '0123456789abcdef'] }, 40002],
    [{ file_paths: ['0123456789abcdef'] }, 40905],
  ])('refuses the files in %j', async (values, code) => {
    expect(verdict(await create(values))).toEqual([200, code]);
  });

  it.each([
    [{ custom_audience_name: '' }, 40002],
    [{ custom_audience_name: 'n'.repeat(129) }, 40002],
    [{ retention_in_days: 0 }, 40002],
    [{ retention_in_days: 366 }, 40002],
    [{ retention_in_days: '180' }, 40002],
    [{ audience_sub_type: 'OTHER' }, 40002],
    [{ calculate_type: 'PHONE_SHA256' }, 40909],
    [{ calculate_type: 'MAID_SHA256' }, 40909],
    [{ custom_audience_name: 'n'.repeat(128), retention_in_days: 365, audience_sub_type: 'REACH_FREQUENCY' }, 0],
  ])('answers %j with %i', async (values, code) => {
    const path = await tiktok.path(lines(people(1000)));
    expect(verdict(await create({ file_paths: [path], ...values }))).toEqual([200, code]);
  });

  it('uses a file up, and only that of its own ad account', async () => {
    const path = await tiktok.path(lines(people(1000)));
    expect(verdict(await create({ file_paths: [path], advertiser_id: OTHER }))).toEqual([200, 40905]);
    expect(verdict(await create({ file_paths: [path] }))).toEqual([200, 0]);
    expect(verdict(await create({ file_paths: [path] }))).toEqual([200, 40905]);
  });

  it('refuses a file that has expired', async () => {
    const path = await tiktok.path(lines(people(1000)));
    sandbox.tiktok.advanceClock(86_400_000);
    expect(verdict(await create({ file_paths: [path] }))).toEqual([200, 40910]);
  });

  it('fails later when too few are matched, and leaves an audience that cannot be changed', async () => {
    const id = await settled(999);
    expect(await details(id)).toMatchObject({
      cover_num: 0,
      is_valid: false,
      error_msg: 'The audience size is less than 1000 after the operation.',
    });
    expect((await append(id, people(1500), 'APPEND')).body).toMatchObject({
      code: 40002,
      message: 'The audience is not editable.',
    });
  });
});

describe('updating an audience of files', () => {
  it('adds, removes and replaces', async () => {
    const id = await settled();
    expect((await append(id, people(1000, 1000), 'APPEND')).body).toMatchObject({ code: 0, data: {} });
    settle();
    expect(await details(id)).toMatchObject({ cover_num: 2000, error_msg: null });
    await append(id, people(1000, 1500), 'REMOVE');
    settle();
    expect(await details(id)).toMatchObject({ cover_num: 1500 });
    await append(id, people(1200, 5000));
    settle();
    const { audience_details: shown, audience_history: history } = await tiktok.details(id);
    expect(shown).toMatchObject({ cover_num: 1200 });
    expect(history.map((entry) => (entry as { action: string }).action)).toEqual([
      'replace',
      'remove',
      'append',
      'create',
    ]);
  });

  it('is refused while another change is processed, and keeps the file', async () => {
    const id = await tiktok.fileAudience(lines(people(1500)));
    const path = await tiktok.path(lines(people(10, 2000)));
    const values = { file_paths: [path], action: 'APPEND' };
    expect((await tiktok.update(id, values)).body).toMatchObject({
      code: 40002,
      message: 'The audience is not editable.',
      data: {},
    });
    settle();
    expect(verdict(await tiktok.update(id, values))).toEqual([200, 0]);
    expect(verdict(await tiktok.update(id, { custom_audience_name: 'Other' }))).toEqual([200, 40002]);
    settle();
    expect(sandbox.tiktok.audiences()).toMatchObject([{ memberCount: 1510, rowsReceived: 1510 }]);
  });

  it('that would leave too few fails later and changes nothing', async () => {
    const id = await settled();
    expect(verdict(await append(id, people(600), 'REMOVE'))).toEqual([200, 0]);
    settle();
    const failed = { cover_num: 1500, is_valid: true, error_msg: expect.stringContaining('less than 1000') };
    expect(await details(id)).toMatchObject(failed);
    await append(id, people(500), 'REMOVE');
    settle();
    expect(await details(id)).toMatchObject({ cover_num: 1000, error_msg: null });
  });

  it('can be made to fail, and to leave rows out', async () => {
    const id = await settled();
    sandbox.tiktok.patchAudience(id, { failNextJob: true });
    await append(id, people(10, 2000), 'APPEND');
    settle();
    expect(await details(id)).toMatchObject({ cover_num: 1500, error_msg: 'The file could not be processed.' });
    sandbox.tiktok.patchAudience(id, { skipRows: 4 });
    expect(verdict(await append(id, people(10, 2000), 'APPEND'))).toEqual([200, 20001]);
    settle();
    expect(await details(id)).toMatchObject({ cover_num: 1506, error_msg: null });
  });

  it.each([
    [{}, 40002],
    [{ action: 'APPEND' }, 40002],
    [{ file_paths: ['0123456789abcdef'], action: 'ADD' }, 40002],
    [{ file_paths: [] }, 40002],
    [{ file_paths: ['0123456789abcdef'] }, 40905],
    [{ custom_audience_name: 'n'.repeat(129) }, 40002],
    [{ audience_sub_type: 'NORMAL' }, 40002],
    [{ custom_audience_name: 'x', advertiser_id: OTHER }, 40001],
    [{ custom_audience_name: 'x', custom_audience_id: '7410987654321000999' }, 40007],
  ])('answers %j with %i', async (values, code) => {
    const id = await settled();
    expect(verdict(await tiktok.update(id, values))).toEqual([200, code]);
    expect(sandbox.tiktok.audiences()[0]?.name).toBe('Buyers');
  });

  it('wants files of the type that the audience was made of', async () => {
    const id = await settled();
    const path = await tiktok.path(lines(people(10)), 'PHONE_SHA256');
    expect(verdict(await tiktok.update(id, { file_paths: [path], action: 'APPEND' }))).toEqual([200, 40909]);
  });

  it('renames; with a sub type all else is ignored', async () => {
    const id = await settled();
    await tiktok.update(id, { custom_audience_name: 'Renamed' });
    await tiktok.update(id, { audience_sub_type: 'REACH_FREQUENCY', custom_audience_name: 'Ignored' });
    expect(await details(id)).toMatchObject({ name: 'Renamed', audience_sub_type: 'REACH_FREQUENCY' });
  });

  it('is not for segments', async () => {
    const id = await tiktok.segment();
    expect(verdict(await append(id, people(1000), 'APPEND'))).toEqual([200, 40002]);
    expect(verdict(await tiktok.update(id, { custom_audience_name: 'x' }))).toEqual([200, 40002]);
  });
});

describe('deleting audiences of files', () => {
  const remove = (ids: unknown, advertiser = ADVERTISER) =>
    tiktok.post('/dmp/custom_audience/delete/', { advertiser_id: advertiser, custom_audience_ids: ids });

  it('deletes all of them or none', async () => {
    const first = await tiktok.fileAudience(lines(people(1000)));
    const second = await tiktok.fileAudience(lines(people(1000)));
    const segment = await tiktok.segment();
    expect(verdict(await remove([first, '7410987654321000999']))).toEqual([200, 40007]);
    expect(verdict(await remove([first, segment]))).toEqual([200, 40002]);
    expect(verdict(await remove([first], OTHER))).toEqual([200, 40001]);
    expect(sandbox.tiktok.audiences()).toHaveLength(3);
    expect((await remove([first, second])).body).toMatchObject({ code: 0, data: {} });
    expect(sandbox.tiktok.audiences().map(({ id }) => id)).toEqual([segment]);
  });

  it.each([[[]], [people(101).map((_, at) => String(at))], ['7'], [[7]], [undefined]])('refuses %j', async (ids) => {
    expect(verdict(await remove(ids))).toEqual([200, 40002]);
  });
});
