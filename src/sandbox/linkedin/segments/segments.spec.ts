import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, add, people, SpecLinkedInClient, verdict } from '../spec-linkedin-client.js';

const DAY_MS = 86_400_000;

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;

beforeEach(async () => {
  sandbox = await startSandbox({ linkedin: { segmentLimit: 30, matchRate: 1 } });
  linkedin = new SpecLinkedInClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('making a segment', () => {
  it('answers its id in headers alone', async () => {
    const { status, headers, body } = await linkedin.create({ description: 'tag 42', sourceSegmentId: 'aud_1' });
    expect([status, body]).toEqual([201, {}]);
    expect(headers.get('content-length') ?? '0').toBe('0');
    expect(headers.get('x-restli-id')).toBe('17667093');
    expect(headers.get('x-linkedin-id')).toBe('17667093');
    expect(await linkedin.details('17667093')).toEqual({
      id: 17_667_093,
      name: 'Buyers',
      type: 'USER',
      sourcePlatform: 'DIRECT_API',
      account: ACCOUNT,
      description: 'tag 42',
      sourceSegmentId: 'aud_1',
      created: expect.any(Number),
      lastModified: expect.any(Number),
      destinations: [
        {
          destination: 'LINKEDIN',
          status: 'BUILDING',
          destinationSegmentId: 'urn:li:adSegment:16667093',
          created: expect.any(Number),
          lastModified: expect.any(Number),
        },
      ],
    });
  });

  it.each([
    [{ name: undefined }],
    [{ name: '' }],
    [{ name: 7 }],
    [{ account: undefined }],
    [{ account: '512345678' }],
    [{ account: 'urn:li:organization:5' }],
    [{ type: undefined }],
    [{ type: 'USER_STREAMING' }],
    [{ sourcePlatform: undefined }],
    [{ sourcePlatform: 'SEGMENT' }],
    [{ sourcePlatform: 'LIST_UPLOAD' }],
    [{ type: 'USER_LIST_UPLOAD' }],
    [{ destinations: undefined }],
    [{ destinations: [] }],
    [{ destinations: ['LINKEDIN'] }],
    [{ destinations: [{ destination: 'LINKEDIN' }, { destination: 'LINKEDIN' }] }],
    [{ destinations: [{ destination: 'FACEBOOK' }] }],
    [{ accessPolicy: 'PRIVATE' }],
    [{ status: 'READY' }],
  ])('refuses %j', async (change) => {
    const reply = await linkedin.create(change);
    expect([reply.status, reply.body['status']]).toEqual([400, 400]);
    expect(sandbox.linkedin.audiences()).toEqual([]);
  });

  it('takes a name twice', async () => {
    await linkedin.segment();
    await linkedin.segment();
    expect(sandbox.linkedin.audiences().map(({ name }) => name)).toEqual(['Buyers', 'Buyers']);
  });

  it('ends at the limit of the account, which is no rate', async () => {
    for (let number = 0; number < 30; number += 1) await linkedin.create();
    expect(verdict(await linkedin.create())).toEqual([429, 'SEGMENT_LIMIT_EXCEEDED']);
    expect((await linkedin.create({ account: 'urn:li:sponsoredAccount:7' })).status).toBe(201);
    await linkedin.send('DELETE', '/dmpSegments/17667093');
    expect((await linkedin.create()).status).toBe(201);
  });
});

describe('finding segments', () => {
  const idsIn = (body: Readonly<Record<string, unknown>>) => (body['elements'] as { id: number }[]).map(({ id }) => id);

  it('gives ten unless told otherwise, and pages', async () => {
    for (let number = 0; number < 12; number += 1) await linkedin.create({ name: `Segment ${number}` });
    const { body } = await linkedin.list();
    expect(body['paging']).toEqual({ start: 0, count: 10, links: [], total: 12 });
    expect(idsIn(body)).toHaveLength(10);
    expect(idsIn((await linkedin.list({ start: '10', count: '5' })).body)).toEqual([17_667_103, 17_667_104]);
    expect(idsIn((await linkedin.list({ start: '12', count: '5' })).body)).toEqual([]);
    expect(idsIn((await linkedin.list({ account: 'urn:li:sponsoredAccount:7' })).body)).toEqual([]);
  });

  it('honours the filters, and knows none for the name', async () => {
    await linkedin.create({ sourceSegmentId: 'aud_1' });
    await linkedin.create({ sourceSegmentId: 'aud_2' });
    await linkedin.create({ type: 'COMPANY_LIST_UPLOAD', sourcePlatform: 'LIST_UPLOAD' });
    expect(idsIn((await linkedin.list({ sourceSegmentId: 'aud_2' })).body)).toEqual([17_667_094]);
    expect(idsIn((await linkedin.list({ sourcePlatform: 'LIST_UPLOAD' })).body)).toEqual([17_667_095]);
    expect(idsIn((await linkedin.list({ sourcePlatform: 'DIRECT_API', sourceSegmentId: 'x' })).body)).toEqual([]);
    expect(verdict(await linkedin.list({ name: 'Buyers' }))).toEqual([400, 'QUERY_PARAM_NOT_ALLOWED']);
  });

  it.each<Record<string, string>>([
    { q: '' },
    { q: 'name' },
    { account: '' },
    { start: '-1' },
    { count: '0' },
    { count: 'all' },
  ])('refuses %j', async (query) => {
    expect((await linkedin.list(query)).status).toBe(400);
  });
});

describe('a segment', () => {
  const update = (id: string, body: object) =>
    linkedin.send('POST', `/dmpSegments/${id}`, body, { 'x-restli-method': 'PARTIAL_UPDATE' });

  it('is renamed by a partial update', async () => {
    const id = await linkedin.segment();
    const { status } = await update(id, { patch: { $set: { name: 'Buyers 2027', description: 'new' } } });
    expect(status).toBe(204);
    expect(await linkedin.details(id)).toMatchObject({ name: 'Buyers 2027', description: 'new' });
  });

  it.each([
    { name: 'x' },
    { patch: {} },
    { patch: { $set: {} } },
    { patch: { $set: { account: ACCOUNT } } },
    { patch: { $set: { name: '' } } },
    { patch: { $delete: ['name'] } },
  ])('refuses the update %j', async (body) => {
    const id = await linkedin.segment();
    expect((await update(id, body)).status).toBe(400);
    expect(await linkedin.details(id)).toMatchObject({ name: 'Buyers' });
  });

  it('is deleted once', async () => {
    const id = await linkedin.segment();
    expect((await linkedin.send('DELETE', `/dmpSegments/${id}`)).status).toBe(204);
    expect(verdict(await linkedin.send('DELETE', `/dmpSegments/${id}`))).toEqual([404, 'NOT_FOUND']);
    expect(verdict(await linkedin.users(id, [add(people(1)[0]!)]))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('the time of a segment', () => {
  const destination = async (id: string) => (await linkedin.details(id)).destinations[0]!;

  it('builds it without counts, then has it ready with them', async () => {
    const id = await linkedin.segment();
    await linkedin.users(
      id,
      people(10).map((digest) => add(digest)),
    );
    expect(await destination(id)).not.toHaveProperty('audienceSize');
    expect(await linkedin.details(id)).not.toHaveProperty('inputCount');
    sandbox.linkedin.advanceClock(2 * DAY_MS);
    expect(await destination(id)).toMatchObject({ status: 'READY', matchedCount: 10, audienceSize: 10 });
    expect(await linkedin.details(id)).toMatchObject({ inputCount: 10 });
  });

  it('shows a change as updating, and forgets what came more than a week ago in two of the counts', async () => {
    const id = await linkedin.segment();
    sandbox.linkedin.advanceClock(2 * DAY_MS);
    await linkedin.users(
      id,
      people(10).map((digest) => add(digest)),
    );
    expect(await destination(id)).toMatchObject({ status: 'UPDATING' });
    sandbox.linkedin.advanceClock(7 * DAY_MS + 1);
    expect(await destination(id)).toMatchObject({ status: 'READY', matchedCount: 0, audienceSize: 10 });
    expect(await linkedin.details(id)).toMatchObject({ inputCount: 0 });
  });

  it('knows some of the people', async () => {
    await sandbox.stop();
    sandbox = await startSandbox();
    linkedin = new SpecLinkedInClient(sandbox);
    const id = await linkedin.segment();
    await linkedin.users(
      id,
      people(1_000).map((digest) => add(digest)),
    );
    sandbox.linkedin.advanceClock(2 * DAY_MS);
    const { audienceSize, matchedCount } = await destination(id);
    expect(audienceSize).toBe(matchedCount);
    expect(Math.abs(Number(audienceSize) - 700)).toBeLessThan(60);
  });

  it('archives it after 30 days and empties it after 90', async () => {
    const id = await linkedin.segment();
    const [jane = '', ...others] = people(10);
    await linkedin.users(
      id,
      others.map((digest) => add(digest)),
    );
    sandbox.linkedin.advanceClock(30 * DAY_MS);
    expect(await destination(id)).toMatchObject({ status: 'ARCHIVED' });
    sandbox.linkedin.advanceClock(60 * DAY_MS);
    expect(await destination(id)).toMatchObject({ status: 'EXPIRED', audienceSize: 0 });
    expect((await linkedin.users(id, [add(jane)])).status).toBe(200);
    expect(await destination(id)).toMatchObject({ status: 'UPDATING' });
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 1 }]);
  });
});
