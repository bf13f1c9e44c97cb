import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { customAudienceRow } from './support/custom-audience-row.js';
import { rowCounts } from './support/row-counts.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { eventually, get, type TestAnswer, untilState } from './support/upload.js';

interface TestFile {
  readonly content: string | Buffer;
  readonly name?: string;
  readonly type?: string;
  readonly columns?: unknown;
  readonly query?: string;
}

const PLATFORMS = ['facebook', 'tiktok'] as const;

describe('uploads to a custom audience', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ SYNC_TIMEOUT_MS: '60000', MAX_UPLOAD_ROWS: '30000' }, {}, PLATFORMS);
  });
  afterAll(() => service.stop());

  const answerOf = async (answer: Response): Promise<TestAnswer> => ({
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as TestAnswer['body'],
  });

  async function send(id: string, { content, name = 'users', type = '', columns, query = '' }: TestFile) {
    const form = new FormData();
    if (columns !== undefined) form.set('columns', JSON.stringify(columns));
    form.set('file', new Blob([content], { type }), name);
    const url = `${service.origin}/custom-audiences/${id}/uploads?${query}`;
    return answerOf(await fetch(url, { method: 'POST', body: form }));
  }

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json = { 'content-type': 'application/json', ...headers };
    const sent =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: json };
    return answerOf(await fetch(`${service.origin}/custom-audiences/${path}`, { method, ...sent }));
  }

  const remote = (platform: (typeof PLATFORMS)[number], name: string) =>
    service.sandbox[platform].audiences().find((audience) => audience.name === name);

  it.each(PLATFORMS)('bring 25,000 rows of packed CSV with a mapping to %s', async (provider) => {
    const id = await customAudienceRow(service, 'Packed', { provider });
    const rows = Array.from({ length: 25_000 }, (_, at) => `${at};user-${at}@example.com;US;${at}.50`);
    const content = gzipSync(['number;E-mail;Country code;profit', ...rows].join('\r\n'));
    const columns = { 'E-mail': 'email', 'Country code': 'country', profit: 'purchase.profit' };
    const { status, headers, body } = await send(id, { content, name: 'users.csv.gz', columns });
    expect([status, body]).toEqual([
      202,
      { success: true, session: expect.any(String), received: 25_000, skipped: 0, skippedRows: [] },
    ]);
    expect(headers.get('location')).toBe(`/sessions/${String(body.session)}`);
    const session = await untilState(`${service.origin}/sessions/${String(body.session)}`, 'completed');
    expect(session.body.tags).toMatchObject([{ provider, received: 25_000, accepted: 25_000, rejected: 0 }]);
    expect(remote(provider, 'Packed')).toMatchObject({ memberCount: 25_000 });
  });

  it.each<[string, TestFile]>([
    [
      'NDJSON, zstd',
      { content: zstdCompressSync(TWO_USERS.map((u) => JSON.stringify(u)).join('\n')), name: 'u.ndjson.zst' },
    ],
    ['JSON', { content: JSON.stringify(TWO_USERS), type: 'application/json' }],
    ['CSV', { content: 'edge_tag_id,E-Mail\nedge-1,ada@example.com\n,grace@example.com\n', type: 'text/csv' }],
  ])('answer with what became of the users with sync=true: %s', async (format, file) => {
    const name = `Sync ${format}`;
    const id = await customAudienceRow(service, name);
    const { status, headers, body } = await send(id, { ...file, query: 'sync=true&mode=append' });
    expect([status, headers.get('location')]).toEqual([200, `/sessions/${String(body.session)}`]);
    expect(body).toMatchObject({
      received: 2,
      results: [{ provider: 'facebook', tag: 'default', received: 2, accepted: 2, skipped: 0, rejected: 0 }],
    });
    expect(remote('facebook', name)).toMatchObject({ memberCount: 2 });
  });

  it('are one result however many slices they have', async () => {
    const id = await customAudienceRow(service, 'Slices');
    const { status, body } = await send(id, { content: JSON.stringify(manyUsers(20_001)), query: 'sync=true' });
    expect([status, body.results]).toMatchObject([200, [{ received: 20_001, accepted: 20_001 }]]);
    expect(body.results).toHaveLength(1);
  });

  describe('with a row that is not a user', () => {
    const lines = manyUsers(12_000).map((user) => JSON.stringify(user));
    const content = [...lines, '{"email":5}', '{', ...lines.slice(0, 5)].join('\n');
    const errors = [
      { line: 12_001, field: 'email', message: 'must be a string' },
      { line: 12_002, field: '', message: 'is not valid JSON: it ends too early' },
    ];

    it('name its line, and nothing is stored', async () => {
      const id = await customAudienceRow(service, 'Refused');
      const before = await rowCounts(service.database);
      const { status, body } = await send(id, { content });
      expect([status, body]).toMatchObject([400, { code: 'invalid-rows', errors, errorsTotal: 2, success: false }]);
      expect(await rowCounts(service.database)).toEqual(before);
    });

    it('leave it out with skipInvalid=true, and tell it', async () => {
      const id = await customAudienceRow(service, 'Skipped');
      const { status, body } = await send(id, { content, query: 'skipInvalid=true&sync=true' });
      const skippedRows = errors.map((error) => ({ ...error, reason: 'invalid-format' }));
      expect([status, body]).toMatchObject([200, { received: 12_005, skipped: 2, skippedRows }]);
    });
  });

  it.each<[string, TestFile, number, string]>([
    [
      'cut gzip',
      { content: gzipSync(JSON.stringify(manyUsers(25_000))).subarray(0, -20) },
      400,
      'not complete, or not gzip',
    ],
    ['too many rows', { content: JSON.stringify(manyUsers(30_001)) }, 413, 'at most 30000 users'],
    ['a missing column', { content: 'a\nb\n', columns: { c: 'email' } }, 400, 'does not have: \\"c\\"'],
    ['no mapping', { content: 'a\nb\n', columns: [] }, 400, 'must be a JSON object'],
    ['another mode', { content: '[{}]', query: 'mode=replace' }, 400, 'must be one of append, mirror, remove'],
  ])('are refused for %s, and nothing is stored', async (name, file, status, words) => {
    const id = await customAudienceRow(service, `No ${name}`);
    const before = await rowCounts(service.database);
    const refused = await send(id, file);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([status, expect.stringContaining(words)]);
    expect(await rowCounts(service.database)).toEqual(before);
  });

  it('want the mapping before the file, one file, and its name', async () => {
    const id = await customAudienceRow(service, 'Order');
    const before = await rowCounts(service.database);
    const file = new Blob(['email\na@example.com\n']);
    const forms: [Record<string, string>, FormData][] = [];
    const form = (errors: Record<string, string>) => {
      const made = new FormData();
      forms.push([errors, made]);
      return made;
    };
    const late = form({ field: 'columns', message: 'must come before the file' });
    late.set('file', file, 'u.csv');
    late.set('columns', '{"email":"email"}');
    const twice = form({ field: 'file', message: 'must come once' });
    for (const name of ['a.csv', 'b.csv']) twice.append('file', file, name);
    const text = form({ field: 'file', message: 'is required: a file part with a filename' });
    text.set('file', 'email\na@example.com');
    for (const [error, body] of forms) {
      const url = `${service.origin}/custom-audiences/${id}/uploads`;
      const answer = await answerOf(await fetch(url, { method: 'POST', body }));
      expect([answer.status, answer.body.errors]).toEqual([400, [error]]);
    }
    expect(await rowCounts(service.database)).toEqual(before);
  });

  it('that their sender breaks off leave nothing', async () => {
    const id = await customAudienceRow(service, 'Broken off');
    const before = await rowCounts(service.database);
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    const call = request(`${service.origin}/custom-audiences/${id}/uploads`, { method: 'POST', headers });
    call.on('error', () => undefined);
    call.write('--edge\r\nContent-Disposition: form-data; name="file"; filename="u.ndjson"\r\n\r\n');
    call.write(
      manyUsers(15_000)
        .map((user) => `${JSON.stringify(user)}\n`)
        .join(''),
    );
    // The first slice is there: it is thrown away again.
    const drafts = () => service.database.query(`select id from sessions where name = 'Broken off'`);
    await eventually(drafts, (rows) => rows.length === 1);
    call.destroy();
    await eventually(drafts, (rows) => rows.length === 0);
    expect(await rowCounts(service.database)).toEqual(before);
    const { body } = await get(`${service.origin}/sessions?name=${encodeURIComponent('Broken off')}`);
    expect(body.items).toHaveLength(0);
  });

  describe('of users at hand', () => {
    it('are added', async () => {
      const id = await customAudienceRow(service, 'At hand');
      const { status, headers, body } = await call('POST', `${id}/users`, { users: TWO_USERS });
      expect([status, body]).toEqual([202, { success: true, session: expect.any(String), received: 2 }]);
      await untilState(service.origin + headers.get('location')!, 'completed');
      expect(remote('facebook', 'At hand')).toMatchObject({ memberCount: 2 });
      const more = await call('POST', `${id}/users?sync=true`, { users: manyUsers(3) });
      expect([more.status, more.body.results]).toMatchObject([200, [{ received: 3, accepted: 3 }]]);
      expect(remote('facebook', 'At hand')).toMatchObject({ memberCount: 5 });
    });

    it.each<[string, unknown, number, object[] | undefined]>([
      ['no list', {}, 400, [{ field: 'users', message: 'is required' }]],
      ['no object', [], 400, [{ field: '', message: 'must be a JSON object' }]],
      ['no JSON', '{"users":', 400, [{ field: '', message: 'is not valid JSON: it ends too early' }]],
      ['a bad user', { users: [{}, { email: 1 }] }, 400, [{ field: 'users[1].email', message: 'must be a string' }]],
    ])('are refused with %s', async (_, body, status, errors) => {
      const id = await customAudienceRow(service, `Bad ${_}`);
      const before = await rowCounts(service.database);
      const answer = await call('POST', `${id}/users`, body);
      expect([answer.status, answer.body.errors]).toEqual([status, errors]);
      expect(await rowCounts(service.database)).toEqual(before);
    });

    it('come as JSON and nothing else', async () => {
      const id = await customAudienceRow(service, 'Form');
      const { status } = await call('POST', `${id}/users`, 'users=1', {
        'content-type': 'application/x-www-form-urlencoded',
      });
      expect(status).toBe(415);
    });
  });

  it('are for audiences that are there and take users', async () => {
    const file = { content: JSON.stringify(TWO_USERS) };
    const traffic = await customAudienceRow(service, 'Traffic', { type: 'website-traffic' });
    const gone = await customAudienceRow(service, 'Gone', { tag: 'gone' });
    const none = '0190a1b2-0000-7000-8000-000000000000';
    expect((await send('none', file)).status).toBe(400);
    expect([(await send(none, file)).status, (await send(gone, file)).status]).toEqual([404, 503]);
    const refused = await call('POST', `${traffic}/users`, { users: TWO_USERS });
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'not-offered' }]);
    expect(refused.body.detail).toContain('only a customer-list takes users');
  });
});
