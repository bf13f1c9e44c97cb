import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, JANE, people, PHONE, SpecTikTokClient } from '../spec-tiktok-client.js';

const MD5 = '5d41402abc4b2a76b9719d911017c592';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;
let id: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    tiktok: { businesses: { '7170000000000000003': '6990000000000000009' } },
  });
  tiktok = new SpecTikTokClient(sandbox);
  id = await tiktok.segment();
});
afterAll(() => sandbox.stop());

const slot = (value: unknown = JANE, audiences: unknown = [id]) => ({ id: value, audience_ids: audiences });
const send = (values: object) =>
  tiktok.post('/segment/mapping/', {
    advertiser_ids: [ADVERTISER],
    action: 'add',
    id_schema: ['EMAIL_SHA256', 'PHONE_SHA256'],
    batch_data: [[slot(), slot(PHONE)]],
    ...values,
  });

describe('a mapping call', () => {
  const names = 'IDFA_MD5, AAID_MD5, IDFA_SHA256, AAID_SHA256, EMAIL_SHA256, PHONE_SHA256';
  const refused: [string, () => object, string][] = [
    ['no schema', () => ({ id_schema: undefined }), 'Missing required field(s): id_schema.'],
    ['an empty schema', () => ({ id_schema: [], batch_data: [[]] }), 'id_schema: The list must not be empty.'],
    [
      'an unknown type',
      () => ({ id_schema: ['EMAIL_SHA256', 'GAID_SHA256'] }),
      `id_schema[1]: The value must be one of ${names}.`,
    ],
    [
      'a type that is not hashed',
      () => ({ id_schema: ['EMAIL', 'PHONE'] }),
      `id_schema[0]: The value must be one of ${names}.`,
    ],
    ['a type twice', () => ({ id_schema: ['EMAIL_SHA256', 'email_sha256'] }), 'id_schema: The values must be unique.'],
    [
      'fewer slots than types',
      () => ({ batch_data: [[slot(), {}], [slot()]] }),
      'batch_data[1]: The list must have one entry for each value of id_schema.',
    ],
    [
      'more slots than types',
      () => ({ batch_data: [[slot(), {}, {}]] }),
      'batch_data[0]: The list must have one entry for each value of id_schema.',
    ],
    [
      'a row that is no list',
      () => ({ batch_data: [slot()] }),
      'batch_data[0]: The list must have one entry for each value of id_schema.',
    ],
    ['a null slot', () => ({ batch_data: [[slot(), null]] }), 'batch_data[0][1]: The entry must be an object.'],
    ['a text slot', () => ({ batch_data: [[JANE, {}]] }), 'batch_data[0][0]: The entry must be an object.'],
    [
      'a slot without audiences',
      () => ({ batch_data: [[{ id: JANE }, {}]] }),
      'batch_data[0][0]: The entry must have id and audience_ids, or be empty.',
    ],
    [
      'a slot with its own action',
      () => ({ batch_data: [[{ ...slot(), action: 'delete' }, {}]] }),
      'batch_data[0][0]: The entry must have id and audience_ids, or be empty.',
    ],
    [
      'an empty list of audiences',
      () => ({ batch_data: [[slot(JANE, []), {}]] }),
      'batch_data[0][0].audience_ids: The field must be a list that is not empty.',
    ],
    [
      'an audience id as a number',
      () => ({ batch_data: [[slot(JANE, [7]), {}]] }),
      'batch_data[0][0].audience_ids: The values must be strings of digits.',
    ],
    ['no rows', () => ({ batch_data: [] }), 'batch_data: The length of the list must be between 1 and 1000.'],
    [
      'more than 1,000 rows',
      () => ({ batch_data: people(1001).map((digest) => [slot(digest), {}]) }),
      'batch_data: The length of the list must be between 1 and 1000.',
    ],
    ['two actions', () => ({ action: ['add', 'delete'] }), 'action: The field must be a string.'],
    ['an unknown action', () => ({ action: 'replace' }), 'action: The value must be one of add, delete.'],
    [
      'no ad account',
      () => ({ advertiser_ids: [] }),
      'advertiser_ids: The length of the list must be between 1 and 100.',
    ],
    [
      'ad accounts of two businesses',
      () => ({ advertiser_ids: [ADVERTISER, '7170000000000000003'] }),
      'advertiser_ids: The ad accounts must be under the same business account.',
    ],
    [
      'the shape of another endpoint',
      () => ({ advertiser_ids: undefined, id_schema: undefined, batch_data: undefined, id_list: [JANE] }),
      'Missing required field(s): advertiser_ids, id_schema, batch_data.',
    ],
  ];

  it.each(refused)('is refused for %s', async (_what, values, message) => {
    expect((await send(values())).body).toMatchObject({ code: 40002, message, data: {} });
    expect(sandbox.tiktok.audiences()[0]?.rowsReceived).toBe(0);
  });

  it.each([
    ['too short', JANE.slice(1)],
    ['too long', `${JANE}0`],
    ['no hex', `g${JANE.slice(1)}`],
    ['in capitals', JANE.toUpperCase()],
    ['an MD5', MD5],
    ['plain', 'jane.doe@example.com'],
    ['empty', ''],
    ['a number', 7],
    ['followed by a line end', `${JANE}\n`],
  ])('is refused for a SHA-256 that is %s, without showing it', async (_what, value) => {
    const { body } = await send({
      batch_data: [
        [slot(), {}],
        [slot(value), {}],
      ],
    });
    expect(body).toMatchObject({
      code: 40002,
      message: 'batch_data[1][0].id: The value is not a valid EMAIL_SHA256.',
    });
    expect(sandbox.tiktok.audiences()[0]?.rowsReceived).toBe(0);
  });

  it('is refused for an MD5 of the wrong length', async () => {
    const { body } = await send({ id_schema: ['IDFA_MD5'], batch_data: [[slot(JANE)]] });
    expect(body).toMatchObject({ code: 40002, message: 'batch_data[0][0].id: The value is not a valid IDFA_MD5.' });
  });

  it('is refused above 1 MB', async () => {
    const { body } = await send({ padding: 'x'.repeat(1_000_000) });
    expect(body).toMatchObject({
      code: 40002,
      message: 'The request body must not be larger than 1000000 bytes.',
    });
  });

  it('is accepted with 1,000 rows, types in lower case and in any order, and without an action', async () => {
    const target = await tiktok.segment('Others');
    const rows = people(1000).map((digest) => [{}, slot(MD5, [target]), slot(digest, [target])]);
    const { body } = await send({
      action: undefined,
      id_schema: ['phone_sha256', 'idfa_md5', 'email_sha256'],
      batch_data: rows,
    });
    expect(body).toMatchObject({ code: 0, message: 'OK', data: {} });
    const audience = sandbox.tiktok.audiences({ members: true, limit: 1 })[1];
    expect(audience).toMatchObject({ memberCount: 1000, rowsReceived: 1000 });
    expect(audience?.members).toEqual([{ columns: { EMAIL_SHA256: people(1)[0], IDFA_MD5: MD5 }, timesReceived: 1 }]);
  });
});
