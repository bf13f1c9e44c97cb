import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { rowCounts } from './support/row-counts.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import {
  allPages,
  batchOf,
  eventually,
  get,
  newSessionId,
  type TestAnswer,
  untilState,
  upload,
} from './support/upload.js';

const PLATFORMS = ['facebook', 'tiktok'] as const;

interface LargeUpload {
  readonly name: string;
  readonly content: string | Buffer;
  readonly file?: string;
  readonly type?: string;
  readonly columns?: unknown;
  readonly batch?: object;
  readonly query?: string;
  /** Of the parts in the form. */
  readonly order?: readonly string[];
}

const linesOf = (users: readonly object[]) => users.map((user) => `${JSON.stringify(user)}\n`).join('');

describe('POST /audience with users of any size', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ SYNC_TIMEOUT_MS: '60000', MAX_UPLOAD_ROWS: '120000' }, {}, PLATFORMS);
  });
  afterAll(() => service.stop());

  async function send(sent: LargeUpload): Promise<TestAnswer> {
    const { name, content, file = 'users', type = '', columns, query = '' } = sent;
    const form = new FormData();
    for (const part of sent.order ?? ['columns', 'users', 'batch', 'name']) {
      if (part === 'users') form.set('users', new Blob([content], { type }), file);
      if (part === 'name') form.set('name', name);
      if (part === 'batch') form.set('batch', JSON.stringify(batchOf(sent.batch as Record<string, unknown>)));
      if (part === 'columns' && columns !== undefined) form.set('columns', JSON.stringify(columns));
    }
    const answer = await fetch(`${service.origin}/audience?${query}`, { method: 'POST', body: form });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TestAnswer['body'] };
  }

  const members = (name: string) =>
    PLATFORMS.map(
      (id) => service.sandbox[id].audiences().find((audience) => audience.name === `blotout_${name}`)?.memberCount,
    );
  const sessionOf = (answer: TestAnswer) => service.origin + answer.headers.get('location')!;
  /** Rows that do not come and go by themselves. */
  const stored = async () => {
    const counts = await rowCounts(service.database);
    return ['sessions', 'batches', 'deliveries'].map((table) => counts[`public.${table}`] as number);
  };

  it.each<[string, (count: number) => Omit<LargeUpload, 'name'>]>([
    ['gzip NDJSON', (count) => ({ content: gzipSync(linesOf(manyUsers(count))), file: 'u.ndjson.gz' })],
    [
      'CSV with columns',
      (count) => ({
        content: ['number;Mail', ...manyUsers(count).map(({ email }, at) => `${at};${email}`)].join('\n'),
        file: 'users.csv',
        columns: { Mail: 'email' },
      }),
    ],
    [
      'a JSON array that is too large to be held',
      (count) => {
        const users = manyUsers(count).map((user) => ({ ...user, firstName: 'Ada', more: 'x'.repeat(150) }));
        return { content: JSON.stringify(users), type: 'application/json', file: 'users.json' };
      },
    ],
  ])('brings 100,000 users of %s to every account, each once', async (kind, make) => {
    const count = 100_000;
    const answer = await send({ name: `Whole ${kind}`, batch: { totalUsers: count }, ...make(count) });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    const { body } = await untilState(sessionOf(answer), 'completed');
    expect(body).toMatchObject({
      batchesReceived: 1,
      totalBatches: 1,
      usersReceived: count,
      missingCount: 0,
      warnings: [],
    });
    const counts = { received: count, accepted: count, skipped: 0, rejected: 0, pending: 0 };
    expect(body.tags).toMatchObject([
      { provider: 'facebook', deliveries: { succeeded: 10 }, ...counts },
      { provider: 'tiktok', deliveries: { succeeded: 10 }, ...counts },
    ]);
    expect(members(`Whole ${kind}`)).toEqual([count, count]);
  });

  it('takes batches of one and of several parts into one session, and answers for all with sync=true', async () => {
    const batch = { sessionId: newSessionId(), totalBatches: 3, totalUsers: 25_003 };
    const zstd = zstdCompressSync(linesOf(manyUsers(25_000)));
    const first = await send({ name: 'Mixed', content: zstd, batch: { ...batch, sequence: 2 }, query: 'sync=true' });
    const result = { received: 25_000, accepted: 25_000, skipped: 0, rejected: 0 };
    expect([first.status, first.body]).toMatchObject([
      200,
      {
        success: true,
        results: [
          { provider: 'facebook', ...result },
          { provider: 'tiktok', ...result },
        ],
      },
    ]);
    const receiving = await get(sessionOf(first));
    expect(receiving.body).toMatchObject({ state: 'receiving', batchesReceived: 1, missingCount: 2, missing: [1] });
    await upload(service.origin, { name: 'Mixed', batch: { ...batch, sequence: 1 }, users: TWO_USERS });
    await upload(service.origin, {
      name: 'Mixed',
      batch: { ...batch, sequence: 3 },
      users: [{ email: 'c@example.com' }],
    });
    const { body } = await untilState(sessionOf(first), 'completed');
    expect(body).toMatchObject({ batchesReceived: 3, usersReceived: 25_003, missingCount: 0, warnings: [] });
    expect(members('Mixed')).toEqual([25_003, 25_003]);
  });

  it('knows the same file again, and refuses another under its sequence', async () => {
    const batch = { sessionId: newSessionId(), totalUsers: 25_000 };
    const sent = { name: 'Again', content: linesOf(manyUsers(25_000)), file: 'u.ndjson', batch };
    const first = await send(sent);
    await untilState(sessionOf(first), 'completed');
    const before = await stored();
    expect(before.every((rows) => rows > 0)).toBe(true);
    const again = await send(sent);
    expect([again.status, again.headers.get('idempotent-replay')]).toEqual([200, 'true']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    // Packed in another way it is the same text.
    const packed = await send({ ...sent, content: gzipSync(sent.content, { level: 1 }) });
    expect([packed.status, packed.headers.get('idempotent-replay')]).toEqual([200, 'true']);
    const other = await send({ ...sent, content: linesOf(manyUsers(25_001)) });
    expect([other.status, other.body]).toMatchObject([409, { code: 'sequence-conflict' }]);
    expect(await stored()).toEqual(before);
    expect(members('Again')).toEqual([25_000, 25_000]);
  });

  it.each<[string, Partial<LargeUpload>, number, object[]]>([
    [
      'a bad row in the last slice',
      { content: `${linesOf(manyUsers(20_500))}{"email":5}\n`, file: 'u.ndjson' },
      400,
      [{ line: 20_501, field: 'email', message: 'must be a string' }],
    ],
    [
      'a file that is cut',
      { content: gzipSync(linesOf(manyUsers(40_000))).subarray(0, -50) },
      400,
      [{ field: 'users', message: 'is not complete, or not gzip' }],
    ],
    [
      'a batch that is wrong',
      { batch: { sequence: 2 } },
      400,
      [{ field: 'batch.sequence', message: 'must be at most totalBatches' }],
    ],
    [
      'an unknown channel',
      { query: 'channels=nowhere' },
      400,
      [{ field: 'channels', message: expect.stringContaining('not configured here') }],
    ],
    [
      'columns behind the file',
      {
        file: 'u.csv',
        content: 'email\na@example.com',
        columns: { email: 'email' },
        order: ['users', 'columns', 'batch', 'name'],
      },
      400,
      [{ field: 'columns', message: 'must come before users' }],
    ],
    ['columns of NDJSON', { columns: { email: 'email' } }, 400, [{ field: 'columns', message: 'is for CSV only' }]],
  ])('leaves nothing of a call with %s', async (kind, wrong, status, errors) => {
    const before = await rowCounts(service.database);
    const content = linesOf(manyUsers(12_000));
    const answer = await send({ name: `Refused ${kind}`, content, file: 'u.ndjson', ...wrong });
    expect([answer.status, answer.body.errors]).toEqual([status, errors]);
    expect(await rowCounts(service.database)).toEqual(before);
  });

  it('tells rows that it leaves out as rejections, by their place in the whole file', async () => {
    const lines = manyUsers(21_000).map((user) => JSON.stringify(user));
    lines.splice(3, 0, '{"phone":7}');
    lines.splice(15_000, 0, 'no JSON');
    const answer = await send({
      name: 'Skipping',
      content: lines.join('\n'),
      file: 'u.ndjson',
      query: 'skipInvalid=true',
    });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    const { body } = await untilState(sessionOf(answer), 'completed');
    const counts = { received: 21_002, accepted: 21_000, skipped: 2, rejected: 0, pending: 0 };
    expect(body).toMatchObject({ usersReceived: 21_002, tags: PLATFORMS.map((provider) => ({ provider, ...counts })) });
    const { items } = await allPages(`${sessionOf(answer)}/rejections?tag=facebook/default`, 2);
    const told = {
      sequence: 1,
      provider: 'facebook',
      tag: 'default',
      reason: 'invalid-format',
      edgeTagId: null,
      count: 1,
    };
    expect(items).toEqual([
      { ...told, user: 3, field: null },
      { ...told, user: 3, field: 'phone' },
      { ...told, user: 15_000, field: null },
    ]);
    expect(members('Skipping')).toEqual([21_000, 21_000]);
  });

  it.each([
    ['text', false],
    ['file', true],
  ])('leaves out users of a short array, too: %s', async (kind, asFiles) => {
    const users = [...TWO_USERS, { email: 1 }];
    const query = 'skipInvalid=true&sync=true&channels=facebook';
    const test = { name: `Short ${kind}`, batch: batchOf(), users, query, asFiles };
    const { status, body } = await upload(service.origin, test);
    expect([status, body.results]).toMatchObject([200, [{ received: 3, accepted: 2, skipped: 1, rejected: 0 }]]);
    expect((await upload(service.origin, test)).headers.get('idempotent-replay')).toBe('true');
  });

  it('mirrors a batch of several parts', async () => {
    const mirror = (count: number) =>
      send({ name: 'Mirrored', content: linesOf(manyUsers(count)), file: 'u.ndjson', query: 'mode=mirror' });
    await untilState(sessionOf(await mirror(15_000)), 'completed');
    await untilState(sessionOf(await mirror(12_000)), 'completed');
    const there = () => Promise.resolve(members('Mirrored'));
    await eventually(there, (counts) => counts.every((count) => count === 12_000));
  });

  it('says that it cannot store, and not that the form is wrong, while the database is away', async () => {
    await service.database.close();
    try {
      const answer = await send({ name: 'Away', content: linesOf(manyUsers(15_000)), file: 'u.ndjson' });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    } finally {
      await service.database.reopen();
    }
    await eventually(
      () => get(`${service.origin}/health/ready`),
      ({ status }) => status === 200,
    );
  });

  it('keeps nothing of a file whose sender breaks off', async () => {
    const before = await rowCounts(service.database);
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    const call = request(`${service.origin}/audience`, { method: 'POST', headers });
    call.on('error', () => undefined);
    call.write('--edge\r\nContent-Disposition: form-data; name="users"; filename="u.ndjson"\r\n\r\n');
    call.write(linesOf(manyUsers(15_000)));
    const drafts = () =>
      service.database.query('select b.id from batches b join sessions s on s.id = b.session where s.draft');
    await eventually(drafts, (rows) => rows.length === 1);
    call.destroy();
    await eventually(drafts, (rows) => rows.length === 0);
    expect(await rowCounts(service.database)).toEqual(before);
  });
});
