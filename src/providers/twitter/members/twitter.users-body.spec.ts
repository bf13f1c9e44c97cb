import { describe, expect, it } from '@jest/globals';
import type { TwitterRow } from '../twitter.normaliser.js';
import { sentKeys, timeText, userBytes, usersBody, usersPerOperation } from './twitter.users-body.js';

const EMAIL = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const PHONE = 'cb6880e416769253645cb9c6b8989154bf66a56a77fc14c81fb1019663cbb928';
const EXPIRY = Date.UTC(2027, 11, 20, 0, 0, 0, 789);
const AT = '2027-12-20T00:00:00Z';

interface Operation {
  readonly operation_type: string;
  readonly params: { readonly expires_at: string; readonly users: readonly object[] };
}

const operationsOf = (rows: readonly TwitterRow[]) => JSON.parse(usersBody(rows, EXPIRY).toString()) as Operation[];
const manyRows = (count: number): TwitterRow[] => Array.from({ length: count }, () => [EMAIL, '', '']);

const ROWS: readonly (readonly [row: TwitterRow, user: object])[] = [
  [[EMAIL, '', ''], { email: [EMAIL] }],
  [['', PHONE, ''], { phone_number: [PHONE] }],
  [[EMAIL, PHONE, ''], { email: [EMAIL], phone_number: [PHONE] }],
  [['', '', 'edge-1'], { partner_user_id: ['edge-1'] }],
  [[EMAIL, PHONE, 'Ünï "1"\\'], { email: [EMAIL], phone_number: [PHONE], partner_user_id: ['Ünï "1"\\'] }],
];

describe('the body of an upload', () => {
  it('is a list of operations with a user each', () => {
    expect(operationsOf(ROWS.map(([row]) => row))).toEqual(
      ROWS.map(([, user]) => ({ operation_type: 'Update', params: { expires_at: AT, users: [user] } })),
    );
  });

  it.each([
    [1, 1, 1],
    [2_500, 2_500, 1],
    [2_501, 1_251, 2],
    [20_000, 2_500, 8],
  ])('of %d users has %d operations of at most %d', (count, operations, size) => {
    expect(usersPerOperation(count)).toBe(size);
    const sizes = operationsOf(manyRows(count)).map(({ params }) => params.users.length);
    expect(sizes).toHaveLength(operations);
    expect(Math.max(...sizes)).toBe(size);
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(count);
  });

  it('of nobody is empty', () => {
    expect(operationsOf([])).toEqual([]);
  });

  it.each(ROWS)('takes for %j as many bytes as were counted', (row, user) => {
    expect(userBytes(row)).toBe(Buffer.byteLength(JSON.stringify(user)) + 1);
  });

  it('stays below five million bytes when its users fill four', () => {
    const count = Math.floor(4_000_000 / userBytes([EMAIL, '', '']));
    expect(usersBody(manyRows(count), EXPIRY).length).toBeLessThan(5_000_000);
    const withIds: TwitterRow[] = Array.from({ length: 2_500 }, () => ['', '', 'x'.repeat(1_578)]);
    expect(withIds.reduce((sum, row) => sum + userBytes(row), 0)).toBeGreaterThan(3_990_000);
    expect(usersBody(withIds, EXPIRY).length).toBeLessThan(5_000_000);
  });
});

it('a time has no milliseconds', () => {
  expect(timeText(EXPIRY)).toBe(AT);
});

it('a row tells its keys and values', () => {
  expect(sentKeys(['', PHONE, 'edge-1'])).toEqual([
    ['phone_number', PHONE],
    ['partner_user_id', 'edge-1'],
  ]);
});
