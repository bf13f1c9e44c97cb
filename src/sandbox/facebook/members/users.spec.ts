import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { digest, people, refusal, SpecGraphClient } from '../spec-graph-client.js';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const US = '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621';

let sandbox: Sandbox;
let graph: SpecGraphClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  graph = new SpecGraphClient(sandbox);
  id = await graph.audience();
});
afterEach(() => sandbox.stop());

const members = () => sandbox.facebook.audiences({ members: true })[0]?.members;
const count = () => sandbox.facebook.audiences()[0]?.memberCount;

describe('adding members', () => {
  it('stores rows by schema key and answers the counts', async () => {
    const schema = ['COUNTRY', 'EXTERN_ID', 'EMAIL', 'PHONE'];
    const { status, body } = await graph.add(id, schema, [
      [US, '标识-7', MARY, ''],
      ['', 'edge-tag-8842', '', ''],
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      audience_id: id,
      session_id: '7100000000000000001',
      num_received: 2,
      num_invalid_entries: 0,
      invalid_entry_samples: {},
    });
    expect(members()).toEqual([
      { columns: { EXTERN_ID: '标识-7', EMAIL: MARY, COUNTRY: US }, timesReceived: 1 },
      { columns: { EXTERN_ID: 'edge-tag-8842' }, timesReceived: 1 },
    ]);
  });

  it('is a set: repeats count only as received, whatever the order of columns', async () => {
    await graph.add(id, ['EMAIL', 'COUNTRY'], [[MARY, US]]);
    await graph.add(id, ['COUNTRY', 'EMAIL'], [[US, MARY]]);
    expect(members()).toEqual([{ columns: { EMAIL: MARY, COUNTRY: US }, timesReceived: 2 }]);
    expect(sandbox.facebook.audiences()[0]?.rowsReceived).toBe(2);
  });

  it.each([
    ['no payload', undefined, '(#100) Missing required parameter: payload'],
    ['no rows', { schema: ['EMAIL'], data: [] }, '(#100) Data is missing or does not match schema'],
    ['no data', { schema: ['EMAIL'] }, '(#100) Data is missing or does not match schema'],
    ['flat rows', { schema: ['EMAIL'], data: [MARY] }, '(#100) Data is missing or does not match schema'],
    ['a short row', { schema: ['EMAIL', 'PHONE'], data: [[MARY]] }, '(#100) Data is missing or does not match schema'],
  ])('refuses %s', async (_case, payload, message) => {
    const { status, body } = await graph.call('POST', `${id}/users`, { payload });
    expect([status, body.error.code, body.error.message]).toEqual([400, 100, message]);
  });

  it.each([[['EMAIL', 'UID']], [['email']], ['EMAIL_SHA512'], [['EMAIL', 'EMAIL']]])(
    'refuses the schema %j',
    async (schema) => {
      const { body } = await graph.add(id, schema, [['', '']]);
      expect(body.error.code).toBe(100);
      expect(body.error.message).toMatch(/^\(#100\) Raw PII type is invalid/);
    },
  );

  it('takes 10,000 rows at once and not one more', async () => {
    expect((await graph.add(id, ['EMAIL'], people(10_000))).body['num_received']).toBe(10_000);
    expect(refusal(await graph.add(id, ['EMAIL'], people(10_001)))).toEqual([400, 105, undefined]);
    expect(count()).toBe(10_000);
  });

  it('counts bad rows, with samples, and still answers 200', async () => {
    const bad = [[MARY.toUpperCase()], ['mary@example.com'], [OF_NOTHING], [''], [null], [MARY.slice(1)]];
    const { status, body } = await graph.add(id, ['EMAIL'], [...bad, [MARY]]);
    expect([status, body['num_received'], body['num_invalid_entries']]).toEqual([200, 7, 6]);
    expect(Object.keys(body['invalid_entry_samples'] as object)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(members()).toEqual([{ columns: { EMAIL: MARY }, timesReceived: 1 }]);
    const many = await graph.add(id, ['EMAIL'], new Array(150).fill(['x']));
    expect(many.body['num_invalid_entries']).toBe(150);
    expect(Object.keys(many.body['invalid_entry_samples'] as object)).toHaveLength(100);
  });

  it('keeps what is good in a row with one bad value', async () => {
    const { body } = await graph.add(id, ['EMAIL', 'PHONE'], [[MARY, '+1555']]);
    expect(body['num_invalid_entries']).toBe(1);
    expect(members()).toEqual([{ columns: { EMAIL: MARY }, timesReceived: 1 }]);
  });

  it('keeps to the data source of the first upload', async () => {
    expect((await graph.add(id, 'EMAIL_SHA256', [MARY])).status).toBe(200);
    const other = await graph.add(id, ['EMAIL'], [[MARY]]);
    expect(refusal(other)).toEqual([400, 2650, undefined]);
    expect(other.body.error.message).toBe(
      '(#2650) The Custom Audience was created from data source FILE_IMPORTED.HASHES_OR_USER_IDS, which does not support ' +
        'data source FILE_IMPORTED.MULTI_HASHES',
    );
  });

  it('takes data processing options', async () => {
    const schema = [
      'EMAIL',
      'DATA_PROCESSING_OPTIONS',
      'DATA_PROCESSING_OPTIONS_COUNTRY',
      'DATA_PROCESSING_OPTIONS_STATE',
    ];
    const { body } = await graph.add(id, schema, [
      [MARY, ['LDU'], 1, 1000],
      [digest('b'), 'LDU', 1, 1000],
    ]);
    expect(body['num_invalid_entries']).toBe(1);
    expect(members()?.[0]?.columns).toEqual({
      EMAIL: MARY,
      DATA_PROCESSING_OPTIONS: ['LDU'],
      DATA_PROCESSING_OPTIONS_COUNTRY: 1,
      DATA_PROCESSING_OPTIONS_STATE: 1000,
    });
  });
});

describe('value-based audiences', () => {
  it('take values, 0 and more, and the last one counts', async () => {
    await graph.call('DELETE', id);
    const valued = await graph.audience({ is_value_based: true });
    const schema = ['EMAIL', 'LOOKALIKE_VALUE'];
    const { body } = await graph.add(valued, schema, [
      [MARY, 0],
      [digest('b'), -1],
      [digest('c'), '44.5'],
    ]);
    expect(body['num_invalid_entries']).toBe(2);
    await graph.add(valued, schema, [[MARY, 44.5]]);
    expect(members()?.[0]).toEqual({ columns: { EMAIL: MARY, LOOKALIKE_VALUE: 44.5 }, timesReceived: 2 });
    expect(refusal(await graph.add(valued, ['EMAIL'], [[MARY]]))).toEqual([400, 2650, undefined]);
  });

  it('are the only ones that do', async () => {
    expect(refusal(await graph.add(id, ['EMAIL', 'LOOKALIKE_VALUE'], [[MARY, 1]]))).toEqual([400, 2650, undefined]);
  });
});

describe('removing members', () => {
  it('takes the same row, or the strongest identifier alone', async () => {
    const rows = people(103).map(([email = ''], index) => [`edge-${index}`, email]);
    await graph.add(id, ['EXTERN_ID', 'EMAIL'], rows);
    const { status, body } = await graph.remove(id, ['EMAIL', 'EXTERN_ID'], [[rows[0]?.[1], 'edge-0']]);
    expect([status, body['num_received'], count()]).toEqual([200, 1, 102]);
    await graph.remove(id, ['EXTERN_ID'], [['edge-1'], ['edge-1'], ['edge-unknown']]);
    expect(count()).toBe(101);
    await graph.remove(id, ['EMAIL'], [[rows[2]?.[1]]]);
    expect(count()).toBe(100);
    expect(members()?.[0]?.columns['EXTERN_ID']).toBe('edge-3');
  });

  it('is refused whole when fewer than 100 would stay', async () => {
    await graph.add(id, ['EMAIL'], people(105));
    expect(refusal(await graph.remove(id, ['EMAIL'], people(6)))).toEqual([400, 200, 1870047]);
    expect(count()).toBe(105);
    expect((await graph.remove(id, ['EMAIL'], people(5))).status).toBe(200);
    expect((await graph.remove(id, ['EMAIL'], people(5))).status).toBe(200);
    expect(count()).toBe(100);
  });

  it('goes through all lists of an account for an opt-out', async () => {
    const second = await graph.audience();
    await graph.add(id, ['EMAIL'], people(2));
    await graph.add(second, ['EMAIL'], people(3));
    const { body } = await graph.call('DELETE', 'act_1234567890/usersofanyaudience', {
      payload: { schema: ['EMAIL'], data: people(1) },
    });
    expect(body).toMatchObject({ num_received: 1, num_invalid_entries: 0 });
    expect(sandbox.facebook.audiences().map(({ memberCount }) => memberCount)).toEqual([1, 2]);
  });
});
