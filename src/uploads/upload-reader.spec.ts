import { describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { UploadReader } from './upload-reader.js';
import { readUpload, refusal } from './spec-upload.js';

const ANN = { email: 'ann@example.com', country: 'US' };
const BOB = { phone: '+12025550143' };
const CSV = 'email,country,phone\nann@example.com,US,\n,,+12025550143\n';
const LINES = `${JSON.stringify(ANN)}\n\n  ${JSON.stringify(BOB)}`;
const ARRAY = JSON.stringify([ANN, BOB], null, 2);

describe('a file of users', () => {
  it.each<[string, string, string, string]>([
    ['CSV by its name', CSV, 'users.CSV', ''],
    ['CSV by its type', CSV, 'users', 'text/csv; charset=utf-8'],
    ['CSV by its beginning', CSV, 'users', 'application/octet-stream'],
    ['NDJSON by its name', LINES, 'users.ndjson', ''],
    ['NDJSON by its type', LINES, 'blob', 'application/x-ndjson'],
    ['NDJSON by its beginning', `\n ${LINES}\r\n`, 'users', ''],
    ['NDJSON that is called JSON', LINES, 'users.json', 'application/json'],
    ['JSON by its name', ARRAY, 'users.json', ''],
    ['JSON by its beginning', `\r\n\t${ARRAY}\n`, 'users', ''],
    ['JSON that is called NDJSON', ARRAY, 'users.jsonl', ''],
    ['text with a byte order mark', `\ufeff${CSV}`, 'users.csv', ''],
    ['JSON with a byte order mark', `\ufeff${ARRAY}`, 'users.json', ''],
  ])('is read as %s, plain, gzip and zstd', async (_, content, name, type) => {
    for (const packed of [Buffer.from(content), gzipSync(content), zstdCompressSync(content)]) {
      const { users, received, skipped } = await readUpload(packed, { name, type });
      expect([users, received, skipped]).toEqual([[ANN, BOB], 2, 0]);
    }
  });

  it('is read of gzip in several members, as some tools write it', async () => {
    const whole = Buffer.concat([gzipSync(CSV.slice(0, 30)), gzipSync(CSV.slice(30))]);
    expect((await readUpload(whole, { name: 'users.csv.gz' })).users).toEqual([ANN, BOB]);
  });

  it('comes in slices of 10,000', async () => {
    const lines = Array.from({ length: 25_001 }, (_, at) => `{"email":"user-${at}@example.com"}`).join('\n');
    const { slices, received } = await readUpload(lines);
    expect(slices.map(({ length }) => length)).toEqual([10_000, 10_000, 5_001]);
    expect(slices[2]![5_000]).toEqual({ email: 'user-25000@example.com' });
    expect(received).toBe(25_001);
  });

  it('comes in smaller slices where users are large', async () => {
    const line = JSON.stringify({
      firstName: 'x'.repeat(1_000),
      lastName: 'x'.repeat(1_000),
      email: 'x'.repeat(1_000),
    });
    const { slices } = await readUpload(`${line}\n`.repeat(6_000));
    expect(slices.length).toBe(3);
    expect(slices.flat()).toHaveLength(6_000);
  });

  it('keeps of a user what is ours', async () => {
    const user = { ...ANN, phone: null, lastName: '', more: { secret: 1 }, purchase: { profit: 0, more: 1 } };
    expect((await readUpload(JSON.stringify([user, {}]))).users).toEqual([{ ...ANN, purchase: { profit: 0 } }, {}]);
  });
});

describe('a row that is not a user', () => {
  const bad = ['{"email":"ann@example.com"}', '{"email":1,"purchase":{"profit":true}}', '', '{"email"', '[]'].join(
    '\n',
  );
  const errors = [
    { line: 2, field: 'email', message: 'must be a string' },
    { line: 2, field: 'purchase.profit', message: 'must be a number or a string' },
    { line: 4, field: '', message: 'is not valid JSON: it ends too early' },
    { line: 5, field: '', message: 'must be an object' },
  ];

  it('refuses the file, which names the place of each', async () => {
    expect(await refusal(bad)).toEqual({
      ...{ status: 400, code: 'invalid-rows', errors, errorsTotal: 4 },
      detail: 'The file has 3 rows that are not a user; nothing was stored (skipInvalid=true leaves such rows out)',
    });
    const array = `[${bad.split('\n').filter(Boolean).slice(0, 2).join(',')}]`;
    expect(await refusal(array)).toMatchObject({
      errors: [{ index: 1, field: 'email' }, { index: 1 }],
      errorsTotal: 2,
    });
  });

  it('is left out on demand, and told', async () => {
    const { users, received, skipped, skippedRows } = await readUpload(bad, { skipInvalid: true });
    expect([users, received, skipped]).toEqual([[{ email: 'ann@example.com' }], 1, 3]);
    expect(skippedRows).toEqual(errors);
  });

  it('refuses the file even so when no other is there', async () => {
    expect(await refusal('[1,2]', { skipInvalid: true })).toMatchObject({ code: 'invalid-rows', errorsTotal: 2 });
  });

  it('is counted beyond the first 20, and stops what would be given behind it', async () => {
    const lines = [
      ...Array<string>(12_000).fill('{"email":"a@example.com"}'),
      ...Array<string>(100).fill('{"email":1}'),
    ];
    const refused = await refusal(lines.join('\n'));
    expect(refused.errors).toHaveLength(20);
    expect(refused.errorsTotal).toBe(100);
    const { received, skipped, skippedRows } = await readUpload(lines.join('\n'), { skipInvalid: true });
    expect([received, skipped, skippedRows.length]).toEqual([12_000, 100, 20]);
  });

  it.each([
    ['too deep', `${'['.repeat(20)}${']'.repeat(20)}`, 'is nested too deep'],
    ['too full', `[${'1,'.repeat(2_000)}1]`, 'holds too many values'],
    ['broken', '{"email": "x" "phone"}', 'is not valid JSON at column 15'],
  ])('may be %s', async (_, row, message) => {
    expect((await refusal(`{}\n${row}\n`)).errors).toEqual([{ line: 2, field: '', message }]);
  });

  it('never shows a value', async () => {
    const secret = 'ann.secret@example.com';
    for (const content of [
      `{"email":["${secret}"]}\n{"${secret}": ${secret}}`,
      `email\n${secret},${secret}`,
      `${secret}\n${secret}`,
      `email\n"${secret}"${secret}"`,
      `[{"email":"${secret}"}] ${secret}`,
      `[{"email":"${secret}`,
    ]) {
      expect(JSON.stringify(await refusal(content))).not.toContain('secret');
    }
  });
});

describe('a file that cannot be read', () => {
  const gzip = gzipSync(CSV.repeat(100));
  const zstd = zstdCompressSync(CSV.repeat(100));
  const many = '{"email":"a@example.com"}\n'.repeat(11);

  it.each<[string, string | Buffer, object, number, string]>([
    ['is empty', '', {}, 400, 'holds no users'],
    ['has a header alone', 'email\n', {}, 400, 'holds no users'],
    ['has an empty array', ' [ ] ', {}, 400, 'holds no users'],
    ['has blanks alone', ' \n', { name: 'users.ndjson' }, 400, 'holds no users'],
    ['is cut gzip', gzip.subarray(0, -9), {}, 400, 'is not complete, or not gzip'],
    ['is cut zstd', zstd.subarray(0, -3), {}, 400, 'is not complete, or not zstd'],
    [
      'is spoilt gzip',
      Buffer.concat([gzip.subarray(0, 15), gzip.subarray(16)]),
      {},
      400,
      'is not complete, or not gzip',
    ],
    ['is zstd in two frames', Buffer.concat([zstd, zstd]), {}, 400, 'holds more than one zstd frame'],
    ['is called gzip and is none', CSV, { name: 'u.csv.gz' }, 400, 'is not what its name says: .gz'],
    ['is called zstd and is gzip', gzip, { name: 'u.csv.zst' }, 400, 'is not what its name says: .zst'],
    ['is Latin-1', Buffer.from('firstName\nJosé\n', 'latin1'), {}, 400, 'must be UTF-8 text'],
    ['is UTF-16', Buffer.from(`\ufeff${CSV}`, 'utf16le'), {}, 400, 'must be UTF-8 text'],
    ['ends within a character', Buffer.from('firstName\né').subarray(0, -1), {}, 400, 'must be UTF-8 text'],
    ['holds NUL', 'email\na\0b\n', {}, 400, 'must be UTF-8 text'],
    ['has a long line', `{"email":"${'x'.repeat(2 ** 20)}"}\n`, {}, 400, 'more than 1048576 bytes in one row (line 1)'],
    ['has a long entry', `[{},"${'x'.repeat(2 ** 20)}"]`, { sizes: [65_536] }, 400, 'in one row (entry 1)'],
    ['has a long cell', `email\n"${'x'.repeat(2 ** 20 + 2)}"\n`, { sizes: [65_536] }, 400, 'in one row (line 2)'],
    ['has a long header', `${'x'.repeat(2 ** 21)}`, { sizes: [65_536] }, 400, 'in one row (line 1)'],
    ['opens quotes for good', 'email\n"x\ny\n', {}, 400, 'ends within quotes'],
    ['has stray quotes', 'email\nx\n"y"z\n', {}, 400, 'has quotes in the wrong place, about line 3'],
    ['is an array cut off', '[{},{"email":', {}, 400, 'it ends within entry 1'],
    ['is an array and more', '[{}],', {}, 400, 'something follows its array'],
    ['has too many rows', many, { maxRows: 10 }, 413, 'at most 10 users'],
  ])('because it %s is refused', async (_, content, upload, status, words) => {
    const refused = await refusal(content, { ...upload, skipInvalid: true });
    expect(refused.status).toBe(status);
    expect(JSON.stringify([refused.detail, refused.errors ?? []])).toContain(words);
  });

  it('grows beyond measure: the rest is not unpacked', async () => {
    const blanks = Buffer.alloc(32 * 1024 * 1024, '\n');
    for (const packed of [gzipSync(blanks), zstdCompressSync(blanks)]) {
      expect(await refusal(packed, { name: 'u.json' })).toMatchObject({ status: 413, code: 'payload-too-large' });
    }
    const grown = gzipSync(CSV.repeat(1_000));
    expect(await refusal(grown, { maxBytes: 1_000 })).toMatchObject({ status: 413 });
  });

  it('keeps the places of rows that it leaves out, where they are counted', async () => {
    const content = '{"email":"a@example.com"}\n{"email":1,"purchase":{"profit":[],"currency":2}}\nno JSON\n{}';
    const bytes = (async function* () {
      yield await Promise.resolve(Buffer.from(content));
    })();
    const rules = { skipInvalid: true, keepsPlaces: true, maxRows: 10, maxBytes: 1_000 };
    const reader = new UploadReader({ bytes, name: 'u.ndjson', type: '' }, rules);
    const slices = [];
    for await (const { json, ...slice } of reader.slices()) slices.push({ ...slice, users: json.toString() });
    const leftOut = [
      [1, 'email'],
      [1, 'purchase'],
      [2, ''],
    ];
    expect(slices).toEqual([{ count: 4, leftOut, users: '[{"email":"a@example.com"},{},{},{}]' }]);
    expect([reader.received, reader.skipped]).toEqual([2, 2]);
  });
});
