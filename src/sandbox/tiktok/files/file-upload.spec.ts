import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, FIRST, JANE, lines, people, PHONE, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';

const MD5 = '5d41402abc4b2a76b9719d911017c592';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: { minimumSize: 1, matchRate: 1, maxFileBytes: 10_000, generalRate: { perSecond: 1000 } },
  });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('uploading a file', () => {
  it('gives a path of 16 hex characters, another one each time', async () => {
    // The MD5 of two digests, each with a line end.
    const signature = { file_signature: '0bfae98ab99686863d49f65554c1595b' };
    const first = await tiktok.upload(`${JANE}\n${FIRST}\n`, signature);
    expect(first.body).toMatchObject({
      code: 0,
      message: 'OK',
      data: { file_path: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    const second = await tiktok.upload(`${JANE}\n${FIRST}\n`, signature);
    expect(second.body.data['file_path']).not.toBe(first.body.data['file_path']);
    expect(sandbox.tiktok.audiences()).toEqual([]);
  });

  it.each([
    ['advertiser_id', { advertiser_id: null }],
    ['file', { name: null }],
    ['file_signature', { file_signature: null }],
    ['calculate_type', { calculate_type: null }],
  ])('needs the part %s', async (part, parts) => {
    const { body } = await tiktok.upload(lines([JANE]), parts);
    expect(body).toMatchObject({ code: 40002, message: `Missing required field(s): ${part}.`, data: {} });
  });

  it('needs the file to be sent as one, in a form', async () => {
    const { body } = await tiktok.upload(lines([JANE]), { name: null, file: lines([JANE]) });
    expect(body).toMatchObject({ code: 40002, message: 'file: The field must be a file.' });
    const json = { advertiser_id: ADVERTISER, file: 'x', file_signature: 'x', calculate_type: 'EMAIL_SHA256' };
    expect(verdict(await tiktok.post('/dmp/custom_audience/file/upload/', json))).toEqual([200, 40002]);
  });

  it.each([
    ['of another signature', lines([JANE]), { file_signature: 'd41d8cd98f00b204e9800998ecf8427e' }, 40900],
    [
      'with a signature in capitals',
      lines([JANE, FIRST]),
      { file_signature: '0BFAE98AB99686863D49F65554C1595B' },
      40900,
    ],
    ['of no bytes', '', {}, 40906],
    ['that is too large', lines(people(200)), {}, 40907],
    ['named .zip', lines([JANE]), { name: 'people.zip' }, 40908],
    ['named .CSV', lines([JANE]), { name: 'people.CSV' }, 40908],
    ['without an ending', lines([JANE]), { name: 'csv' }, 40908],
    ['of an unknown type', lines([JANE]), { calculate_type: 'EMAIL' }, 40909],
    ['of a retired type', lines([JANE]), { calculate_type: 'FIRST_NORMAL' }, 40909],
    ['of a streaming type', lines([JANE]), { calculate_type: 'AAID_SHA256' }, 40909],
    ['with a plain address', 'jane@example.com\n', {}, 40915],
    ['with a header', `email\n${JANE}\n`, {}, 40915],
    ['with an empty line', `${JANE}\n\n${FIRST}\n`, {}, 40915],
    ['with a digest in capitals', lines([JANE.toUpperCase()]), {}, 40915],
    ['with an MD5 for a SHA-256', lines([MD5]), {}, 40915],
    ['with a SHA-256 for an MD5', lines([JANE]), { calculate_type: 'IDFA_MD5' }, 40915],
  ])('is refused for one %s', async (_what, content, parts, code) => {
    const reply = await tiktok.upload(content, parts);
    expect(verdict(reply)).toEqual([200, code]);
    expect(reply.body.data).toEqual({});
  });

  it.each(['people.csv', 'people.txt', 'a.b.csv'])('accepts the name %s', async (name) => {
    expect(verdict(await tiktok.upload(lines([JANE]), { name }))).toEqual([200, 0]);
  });

  it.each([
    ['EMAIL_SHA256', JANE],
    ['PHONE_SHA256', PHONE],
    ['IDFA_SHA256', JANE],
    ['IDFA_MD5', MD5],
    ['GAID_SHA256', JANE],
    ['GAID_MD5', MD5],
    ['FIRST_SHA256', JANE],
    ['FIRST_MD5', MD5],
    ['MAID_SHA256', JANE],
    ['MAID_MD5', MD5],
    ['MULTIPLE_TYPES', `email_SHA256\n${JANE}`],
  ])('accepts the type %s', async (type, content) => {
    expect(verdict(await tiktok.upload(content, { calculate_type: type }))).toEqual([200, 0]);
  });
});

describe('a file of multiple types', () => {
  const upload = (content: string) => tiktok.upload(content, { calculate_type: 'MULTIPLE_TYPES' });

  it('becomes people with all identifiers of their rows', async () => {
    const content = [
      'PHONE_sha256,email_SHA256,EMAIL_SHA256,maid',
      `${PHONE},${JANE},${FIRST},${MD5}`,
      `,${FIRST},,${JANE}`,
      ',,,',
      `,${JANE},${JANE},`,
    ].join('\r\n');
    const { body } = await upload(content);
    await tiktok.post('/dmp/custom_audience/create/', {
      advertiser_id: ADVERTISER,
      custom_audience_name: 'Buyers',
      calculate_type: 'MULTIPLE_TYPES',
      file_paths: [body.data['file_path']],
    });
    sandbox.tiktok.advanceClock(2000);
    expect(sandbox.tiktok.audiences({ members: true })).toMatchObject([
      {
        memberCount: 3,
        rowsReceived: 3,
        members: [
          { columns: { EMAIL_SHA256: [FIRST, JANE], PHONE_SHA256: PHONE, MAID_MD5: MD5 }, timesReceived: 1 },
          { columns: { EMAIL_SHA256: FIRST, MAID_SHA256: JANE }, timesReceived: 1 },
          { columns: { EMAIL_SHA256: JANE }, timesReceived: 1 },
        ],
      },
    ]);
  });

  it.each([
    ['no header', lines([JANE]), 40915],
    ['an unknown column', `email\n${JANE}`, 40915],
    ['a column of another endpoint', `IDFA_SHA256\n${JANE}`, 40915],
    ['a column four times', `maid,maid,MAID,maid\n,,,${MD5}`, 40915],
    ['a row that is too short', `email_SHA256,phone_SHA256\n${JANE}`, 40915],
    ['a row that is too long', `email_SHA256\n${JANE},`, 40915],
    ['a value that does not fit its column', `MAID_MD5\n${JANE}`, 40915],
    ['a quoted value', `email_SHA256\n"${JANE}"`, 40915],
    ['nobody in it', 'email_SHA256,phone_SHA256\n,\n', 40906],
  ])('is refused with %s', async (_what, content, code) => {
    expect(verdict(await upload(content))).toEqual([200, code]);
  });
});
