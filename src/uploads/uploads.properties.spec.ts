import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { TEXT_FIELDS } from '../providers/contract/read-users.js';
import { USER_FIELDS } from './columns/user-fields.js';
import { readUpload } from './spec-upload.js';

const RUNS = { numRuns: 300 };
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
/** Without NUL, which no file may hold, and with what CSV and JSON make much of. */
const text = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), fc.constantFrom(...'"\',;\t\r\n\\{}[]é😀 ')),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join('').replaceAll('\0', '0'));
const amount = fc.oneof(
  fc.integer(),
  fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
);
const user: fc.Arbitrary<AudienceUser> = fc
  .record(
    {
      ...(Object.fromEntries(TEXT_FIELDS.map((field) => [field, text])) as Record<
        (typeof TEXT_FIELDS)[number],
        typeof text
      >),
      purchase: fc
        .record({ currency: text, profit: amount, total7Days: amount }, { requiredKeys: [] })
        .filter((purchase) => Object.keys(purchase).length > 0),
    },
    { requiredKeys: [] },
  )
  // CSV has no row for a user without any field, and none of the others is empty.
  .filter((each) => Object.keys(each).length > 0);
const users = fc.array(user, { minLength: 1, maxLength: 6 });
const pack = fc.constantFrom<(content: string) => Buffer>(
  (content) => Buffer.from(content),
  (content) => gzipSync(content),
  (content) => zstdCompressSync(content),
);

/** CSV as the standard says (RFC 4180), written without the library that reads it. */
function csvOf(list: readonly AudienceUser[], delimiter: string, lineEnd: string): string {
  const cell = (value: unknown) =>
    `"${(typeof value === 'number' ? `${value}` : ((value ?? '') as string)).replaceAll('"', '""')}"`;
  const at = (each: object, path: string): unknown =>
    path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], each);
  const rows = list.map((each) => USER_FIELDS.map((field) => cell(at(each, field))).join(delimiter));
  return [USER_FIELDS.join(delimiter), ...rows].join(lineEnd);
}

/** What JSON cannot tell apart (-0) is as it comes back from it. */
const plain = (list: readonly AudienceUser[]) => JSON.parse(JSON.stringify(list)) as unknown[];

describe('any users, in whatever pieces they come', () => {
  it('are the same of JSON', async () => {
    await fc.assert(
      fc.asyncProperty(users, sizes, pack, fc.nat({ max: 2 }), async (list, cuts, packed, indent) => {
        const content = packed(JSON.stringify(list, null, indent));
        expect((await readUpload(content, { sizes: cuts })).users).toEqual(plain(list));
      }),
      RUNS,
    );
  });

  it('are the same of NDJSON', async () => {
    await fc.assert(
      fc.asyncProperty(users, sizes, pack, fc.constantFrom('\n', '\r\n', '\n\n'), async (list, cuts, packed, end) => {
        const content = packed(list.map((each) => JSON.stringify(each) + end).join(''));
        expect((await readUpload(content, { sizes: cuts })).users).toEqual(plain(list));
      }),
      RUNS,
    );
  });

  it('are the same of CSV', async () => {
    const delimiter = fc.constantFrom(',', ';', '\t');
    const lineEnd = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(users, sizes, pack, delimiter, lineEnd, async (list, cuts, packed, between, end) => {
        const content = packed(csvOf(list, between, end));
        expect((await readUpload(content, { sizes: cuts, name: 'users.csv' })).users).toEqual(plain(list));
      }),
      RUNS,
    );
  });
});
