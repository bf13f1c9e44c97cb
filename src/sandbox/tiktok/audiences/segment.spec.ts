import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, lines, people, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';

const OTHER = '7170000000000000002';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({ tiktok: { matchRate: 1 } });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

const create = (values: object) => tiktok.post('/segment/audience/', { advertiser_id: ADVERTISER, ...values });
const remove = (id: unknown, advertiser = ADVERTISER) =>
  tiktok.post('/segment/audience/', { advertiser_id: advertiser, action: 'delete', delete_audience_id: id });

describe('creating a segment', () => {
  it('gives an id as text that no number can hold', async () => {
    const { body } = await create({ action: 'create', custom_audience_name: 'Buyers' });
    expect(body).toMatchObject({ code: 0, message: 'OK', data: { audience_id: '7410987654321000001' } });
    expect(Number.isSafeInteger(Number(body.data['audience_id']))).toBe(false);
    expect(sandbox.tiktok.audiences()).toMatchObject([
      { id: '7410987654321000001', name: 'Buyers', account: ADVERTISER, memberCount: 0, rowsReceived: 0 },
    ]);
  });

  it('makes another one of the same name, as its default action', async () => {
    expect((await create({ custom_audience_name: 'Buyers' })).body.data).toEqual({
      audience_id: '7410987654321000001',
    });
    expect((await create({ custom_audience_name: 'Buyers' })).body.data).toEqual({
      audience_id: '7410987654321000002',
    });
    expect(sandbox.tiktok.audiences().map(({ name }) => name)).toEqual(['Buyers', 'Buyers']);
  });

  it.each([
    ['a'.repeat(70), 'a'.repeat(70)],
    ['a'.repeat(71), `${'a'.repeat(67)}...`],
    ['é'.repeat(200), `${'é'.repeat(67)}...`],
  ])('cuts %s', async (name, kept) => {
    await create({ custom_audience_name: name });
    expect(sandbox.tiktok.audiences()[0]?.name).toBe(kept);
  });

  it.each([
    [{}, 'Missing required field(s): custom_audience_name.'],
    [{ custom_audience_name: '' }, 'custom_audience_name: The field must not be empty.'],
    [{ custom_audience_name: 7 }, 'custom_audience_name: The field must be a string.'],
    [{ custom_audience_name: 'x', action: 'update' }, 'action: The value must be one of create, delete.'],
    [{ custom_audience_name: 'x', action: ['create'] }, 'action: The field must be a string.'],
  ])('refuses %j', async (values, message) => {
    expect((await create(values)).body).toMatchObject({ code: 40002, message, data: {} });
    expect(sandbox.tiktok.audiences()).toEqual([]);
  });

  it('answers code 200 where it is told to', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({ tiktok: { segmentSuccessCode: 200 } });
    tiktok = new SpecTikTokClient(sandbox);
    expect((await create({ custom_audience_name: 'Buyers' })).body).toMatchObject({ code: 200, message: 'OK' });
    const list = await tiktok.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER });
    expect(list.body.code).toBe(0);
  });
});

describe('deleting a segment', () => {
  it('is for its owner, once', async () => {
    const id = await tiktok.segment();
    expect((await remove(id, OTHER)).body).toMatchObject({ code: 40001, data: {} });
    expect((await remove(id)).body).toMatchObject({ code: 0, data: {} });
    expect(sandbox.tiktok.audiences()).toEqual([]);
    expect((await remove(id)).body).toMatchObject({ code: 40007, data: {} });
  });

  it.each([[undefined], [7], ['x']])('refuses the id %j', async (id) => {
    expect(verdict(await remove(id))).toEqual([200, 40002]);
  });

  it('is not for audiences of files', async () => {
    const id = await tiktok.fileAudience(lines(people(1000)));
    expect(verdict(await remove(id))).toEqual([200, 40002]);
    expect(sandbox.tiktok.audiences()).toHaveLength(1);
  });
});
