import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startService, type TestService } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

const run = promisify(execFile);

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** Raw values, and what Meta's documentation and SDKs make of them. */
const PEOPLE: readonly [user: Record<string, unknown>, columns: Record<string, string>][] = [
  [
    {
      edgeTagId: ' 0012345 ',
      email: '  Mary.Smith@Example.COM ',
      phone: '+1 (616) 954-78 88',
      firstName: 'Mary',
      country: 'USA',
    },
    {
      EXTERN_ID: '0012345',
      EMAIL: '3803253275d895656abb56c4c4b810a64a4e4f3983b067a08c3cb48129536e34',
      PHONE: 'bb2fa2e6d2cea4746530c99686d0c7886ab2019875dca2d7e9e171c0e6ada00d',
      FN: '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec',
      COUNTRY: '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621',
    },
  ],
  [
    { phone: '020 7946 0018', country: 'UK', postalCode: 'SW1A 1AA', firstName: 'José', lastName: 'O’Brien' },
    {
      PHONE: '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc',
      FN: 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866',
      LN: 'b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba',
      ZIP: '949af780a19e6f6d4b99d7044743348dbbb7ab2245fe146863573b23d02c5890',
      COUNTRY: '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677',
    },
  ],
  [
    { email: 'F1904CF1A9D73A55FA5DE0AC823C4403DED71AFD4C3248D00BDCD0866552BB79', postalCode: '02139', country: 'us' },
    {
      EMAIL: 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79',
      ZIP: '37ee873de5c1aa94b4bd802ad204de983c221f35fc2c0c28259232eb329f36bf',
      COUNTRY: '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621',
    },
  ],
  [
    { phone: '٠٥٠١٢٣٤٥٦٧', country: 'AE', lastName: '김민준', email: null, firstName: '' },
    {
      PHONE: 'b7a8f5085aa733eb29857a02945bc84a5227e693708d469ec9fb21d34e9e44f5',
      LN: '0b46d03b0b3355e67179efa6f64f4e6461af77dc577142b8e0749b67188a3a9f',
    },
  ],
];

describe('what reaches the platform', () => {
  let service: TestService;
  let folder: string;

  beforeAll(async () => {
    service = await startService({
      FACEBOOK__VALUE__ACCESS_TOKEN: 'value-token',
      FACEBOOK__VALUE__AD_ACCOUNT_ID: '777',
      FACEBOOK__VALUE__VALUE_BASED: 'true',
    });
    folder = await mkdtemp(join(tmpdir(), 'audience-curl-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await service.stop();
  });

  const columnsOf = (name: string, account: string) =>
    service.sandbox.facebook
      .audiences({ members: true })
      .find((one) => one.name === `blotout_${name}` && one.account === account)
      ?.members?.map(({ columns }) => columns);

  (hasCurl ? it : it.skip).each([
    ['fields', (users: string) => `users=${users}`],
    ['a file', () => 'users=@users.json;type=application/json'],
  ])('posted by curl as %s, it is exactly the digests that the platform documents', async (label, part) => {
    const name = `Curl ${label}`;
    const users = JSON.stringify(PEOPLE.map(([user]) => user));
    await writeFile(join(folder, 'users.json'), users);
    const form = [`name=${name}`, `batch=${JSON.stringify(batchOf({ totalUsers: PEOPLE.length }))}`, part(users)];
    const { stdout } = await run(
      'curl',
      [
        '-s',
        `${service.origin}/audience?sync=true&channels=facebook/default`,
        ...form.flatMap((field) => ['-F', field]),
      ],
      { cwd: folder },
    );
    expect(JSON.parse(stdout)).toMatchObject({ success: true, results: [{ accepted: PEOPLE.length }] });
    const sent = columnsOf(name, '1234567890');
    expect(sent).toHaveLength(PEOPLE.length);
    PEOPLE.forEach(([, columns]) => expect(sent).toContainEqual(expect.objectContaining(columns)));
  });

  it('carries a value for each user where the account is value-based', async () => {
    const users = [
      { email: 'mary@example.com', purchase: { currency: 'USD', profit: 3, total7Days: '44.5' } },
      { email: 'ann@example.com', purchase: { profit: '140' } },
      { email: 'joe@example.com' },
    ];
    await upload(service.origin, {
      name: 'Value',
      batch: batchOf(),
      users,
      query: 'sync=true&channels=facebook/value',
    });
    const values = columnsOf('Value', '777')?.map((columns) => columns.LOOKALIKE_VALUE);
    expect(values).toEqual([44.5, 140, 0]);
  });
});
