import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, FIRST, JANE, lines, people, PHONE, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';
import { type TikTokSimulatorOptions } from '../tiktok-options.js';

const OTHER = '7170000000000000002';
const BOTH = ['EMAIL_SHA256', 'PHONE_SHA256'];

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

async function start(options: TikTokSimulatorOptions = {}): Promise<void> {
  sandbox = await startSandbox({ tiktok: options });
  tiktok = new SpecTikTokClient(sandbox);
}
afterEach(() => sandbox.stop());

const members = (index = 0) => sandbox.tiktok.audiences({ members: true })[index]?.members;

describe('adding members', () => {
  it('keeps a set of people and counts how often each arrived', async () => {
    await start();
    const id = await tiktok.segment();
    await tiktok.map(
      id,
      [
        [JANE, PHONE],
        ['', ''],
        [FIRST, ''],
      ],
      { schema: BOTH },
    );
    await tiktok.map(id, [[PHONE, JANE]], { schema: ['PHONE_SHA256', 'EMAIL_SHA256'] });
    expect(sandbox.tiktok.audiences()[0]).toMatchObject({ memberCount: 2, rowsReceived: 3 });
    expect(members()).toEqual([
      { columns: { EMAIL_SHA256: JANE, PHONE_SHA256: PHONE }, timesReceived: 2 },
      { columns: { EMAIL_SHA256: FIRST }, timesReceived: 1 },
    ]);
  });

  it('accepts a call of nothing but empty rows and ignores it', async () => {
    await start();
    const id = await tiktok.segment();
    expect(verdict(await tiktok.map(id, [[''], ['']]))).toEqual([200, 0]);
    expect(sandbox.tiktok.audiences()[0]).toMatchObject({ memberCount: 0, rowsReceived: 0 });
  });

  it('reaches several segments of several ad accounts in one call', async () => {
    await start();
    const mine = await tiktok.segment('Mine');
    const theirs = await tiktok.segment('Theirs', OTHER);
    const reply = await tiktok.post('/segment/mapping/', {
      advertiser_ids: [ADVERTISER, OTHER],
      id_schema: BOTH,
      batch_data: [
        [
          { id: JANE, audience_ids: [mine, theirs] },
          { id: PHONE, audience_ids: [theirs] },
        ],
      ],
    });
    expect(verdict(reply)).toEqual([200, 0]);
    expect(members(0)).toEqual([{ columns: { EMAIL_SHA256: JANE }, timesReceived: 1 }]);
    expect(members(1)).toEqual([{ columns: { EMAIL_SHA256: JANE, PHONE_SHA256: PHONE }, timesReceived: 1 }]);
  });

  it('changes nothing when one audience of the call cannot be changed', async () => {
    await start({ matchRate: 1 });
    const mine = await tiktok.segment('Mine');
    const theirs = await tiktok.segment('Theirs', OTHER);
    const file = await tiktok.fileAudience(lines(people(1000)));
    const toBoth = (second: string) =>
      tiktok.post('/segment/mapping/', {
        advertiser_ids: [ADVERTISER],
        id_schema: ['EMAIL_SHA256'],
        batch_data: [[{ id: JANE, audience_ids: [mine] }], [{ id: FIRST, audience_ids: [second] }]],
      });
    expect((await toBoth(theirs)).body).toMatchObject({ code: 40001, data: {} });
    expect((await toBoth('7410987654321999999')).body).toMatchObject({ code: 40007, data: {} });
    expect((await toBoth(file)).body).toMatchObject({ code: 40002, data: {} });
    expect(sandbox.tiktok.audiences()[0]?.rowsReceived).toBe(0);
  });
});

describe('the warm-up', () => {
  it('refuses a new segment with HTTP 400 until it is over', async () => {
    await start({ warmUpMs: 90_000 });
    const id = await tiktok.segment();
    const early = await tiktok.map(id, [[JANE]]);
    expect(early.status).toBe(400);
    expect(early.body).toMatchObject({
      code: 40002,
      message: `audience_ids: Audience ${id} is not available.`,
      data: {},
    });
    sandbox.tiktok.advanceClock(80_000);
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([400, 40002]);
    expect(sandbox.tiktok.audiences()[0]?.rowsReceived).toBe(0);
    sandbox.tiktok.advanceClock(10_000);
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 0]);
  });

  it('is none by default', async () => {
    await start();
    expect(verdict(await tiktok.map(await tiktok.segment(), [[JANE]]))).toEqual([200, 0]);
  });
});

describe('deleting members', () => {
  it('takes out an identifier wherever it is, and a person with the last one', async () => {
    await start();
    const id = await tiktok.segment();
    await tiktok.map(
      id,
      [
        [JANE, PHONE],
        [JANE, ''],
        [FIRST, ''],
      ],
      { schema: BOTH },
    );
    expect(verdict(await tiktok.map(id, [[JANE], [JANE]], { action: 'delete' }))).toEqual([200, 0]);
    expect(members()).toEqual([
      { columns: { EMAIL_SHA256: FIRST }, timesReceived: 1 },
      { columns: { PHONE_SHA256: PHONE }, timesReceived: 1 },
    ]);
    expect(verdict(await tiktok.map(id, [[JANE]], { action: 'delete' }))).toEqual([200, 0]);
    await tiktok.map(id, [[FIRST, PHONE]], { action: 'delete', schema: BOTH });
    expect(sandbox.tiktok.audiences()[0]).toMatchObject({ memberCount: 0, rowsReceived: 3 });
    await tiktok.map(id, [[JANE, PHONE]], { schema: BOTH });
    await tiktok.map(id, [[PHONE]], { action: 'delete', schema: ['PHONE_SHA256'] });
    expect(members()).toEqual([{ columns: { EMAIL_SHA256: JANE }, timesReceived: 1 }]);
  });
});

describe('a partial success', () => {
  it('leaves out as many rows as told, answers 20001 and notes it', async () => {
    await start();
    const id = await tiktok.segment();
    sandbox.tiktok.patchAudience(id, { skipRows: 1 });
    const reply = await tiktok.map(id, [[JANE], [FIRST]]);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ code: 20001, message: 'Partially successful.', data: {} });
    expect(members()).toEqual([{ columns: { EMAIL_SHA256: FIRST }, timesReceived: 1 }]);
    expect((await tiktok.details(id)).audience_history[0]).toMatchObject({
      action: 'update',
      msg: '1 rows were not processed.',
    });
    sandbox.tiktok.patchAudience(id, { skipRows: 0 });
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 0]);
  });
});

describe('matching', () => {
  it('finds the people of the directory, each once, after the processing time', async () => {
    await start({
      processingMs: 86_400_000,
      minimumSize: 2,
      directory: [
        { emails: ['janedoe@gmail.com'], phones: ['+16577770000'] },
        { emails: ['firstlast@example.co.uk'] },
        { emails: ['nobody@example.com'] },
      ],
    });
    const id = await tiktok.segment();
    await tiktok.map(
      id,
      [
        [JANE, ''],
        ['', PHONE],
        [people(1)[0] ?? '', ''],
      ],
      { schema: BOTH },
    );
    sandbox.tiktok.advanceClock(86_000_000);
    expect((await tiktok.details(id)).audience_details).toMatchObject({ cover_num: 0, is_valid: false });
    sandbox.tiktok.advanceClock(400_000);
    expect((await tiktok.details(id)).audience_details).toMatchObject({ cover_num: 1, is_valid: false });
    await tiktok.map(id, [[FIRST]]);
    sandbox.tiktok.advanceClock(86_400_000);
    const settled = await tiktok.details(id);
    expect(settled.audience_details).toMatchObject({ cover_num: 2, is_valid: true });
    expect(settled.audience_history.map((entry) => (entry as { action_detail: string }).action_detail)).toEqual([
      '2',
      '1',
      '0',
    ]);
  });

  it('is by a rate without one: always the same people, usable from 1,000 on', async () => {
    await start({ matchRate: 0.5, mappingRows: 10_000, mappingBytes: 10_000_000 });
    const covers: unknown[] = [];
    for (const name of ['One', 'Two']) {
      const id = await tiktok.segment(name);
      await tiktok.map(
        id,
        people(3000).map((digest) => [digest]),
      );
      sandbox.tiktok.advanceClock(2000);
      const { audience_details: details } = await tiktok.details(id);
      expect(details['is_valid']).toBe(true);
      covers.push(details['cover_num']);
    }
    expect(covers[0]).toBe(covers[1]);
    expect(Number(covers[0])).toBeGreaterThan(1400);
    expect(Number(covers[0])).toBeLessThan(1600);
  });

  it('leaves an audience usable while later members are counted', async () => {
    await start({ matchRate: 1, minimumSize: 1 });
    const id = await tiktok.segment();
    await tiktok.map(id, [[JANE]]);
    sandbox.tiktok.advanceClock(2000);
    await tiktok.map(id, [[FIRST]]);
    expect((await tiktok.details(id)).audience_details).toMatchObject({ cover_num: 1, is_valid: true });
  });
});

describe('a large post', () => {
  it('of 10,000 rows is done in a moment', async () => {
    await start({ mappingRows: 10_000, mappingBytes: 10_000_000 });
    const id = await tiktok.segment();
    const rows = people(10_000).map((digest, index) => [digest, people(1, 20_000 + index)[0] ?? '']);
    const startedAt = performance.now();
    expect(verdict(await tiktok.map(id, rows, { schema: BOTH }))).toEqual([200, 0]);
    expect(verdict(await tiktok.map(id, rows, { schema: BOTH, action: 'delete' }))).toEqual([200, 0]);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(sandbox.tiktok.audiences()[0]).toMatchObject({ memberCount: 0, rowsReceived: 10_000 });
  });
});
