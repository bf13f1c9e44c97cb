import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { rowCounts } from './support/row-counts.js';
import { manyUsers, startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, upload, type TestUpload } from './support/upload.js';

const run = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const PLATFORMS = ['facebook', 'tiktok', 'klaviyo'] as const;
const TAGS = ['facebook/default', 'tiktok/default', 'klaviyo/default', 'klaviyo/eu'];
const WRITER = { 'x-api-key': 'write-secret-000000' };

/** Raw values of the platforms' documentation; the digests below are theirs, or `printf '<normal form>' | sha256sum`. */
const MARY = {
  edgeTagId: ' 0012345 ',
  email: '  Mary.Smith@Example.COM ',
  phone: '020 7946 0018',
  firstName: 'José',
  country: 'UK',
  postalCode: 'SW1A 1AA',
};
const MARY_SMITH = '3803253275d895656abb56c4c4b810a64a4e4f3983b067a08c3cb48129536e34';
const WITHOUT_DOT = '4f776f9dd5333920c8fd5666dad54f8b45a96165770a5175b1921731a4b1410e';
const LONDON = '99a4599795d24445a5be21117f375c1bbe9e795daf7f62666686ce081e1f32dc';
const LONDON_PLUS = 'faad3b10918e39b5f4d5334f1e1e128719608e8bd3ad3b963dc30187b4518e23';
const EDGE_TAG = '9e2442994328243809c9fe3344d503a92b791111b9dbcde5e019ea29e2057482';

const identifier = (name: string, digest: string, hashed = true) => ({ name, digest, hashed });
const FACEBOOK = [
  identifier('EXTERN_ID', EDGE_TAG, false),
  identifier('EMAIL', MARY_SMITH),
  identifier('PHONE', LONDON),
  identifier('FN', 'd994e1d001886fe5b45b1267bd1fa2b752ac50742579bd3dad7b2a2aa0ed6866'),
  identifier('ZIP', '949af780a19e6f6d4b99d7044743348dbbb7ab2245fe146863573b23d02c5890'),
  identifier('COUNTRY', '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677'),
];
const TIKTOK = [identifier('EMAIL_SHA256', WITHOUT_DOT), identifier('PHONE_SHA256', LONDON_PLUS)];
const KLAVIYO = [
  identifier('email', MARY_SMITH, false),
  identifier('phone_number', LONDON_PLUS, false),
  identifier('first_name', '24c2ab65b7adab7e070ba05a00a3f3ae074e28b8bcdd59735b7107e7a538a551', false),
  identifier('location.country', '8d23a6e37e0a6431a8f1b43a91026dcff51170a89a6512ff098eaa56a4d5fb19', false),
  identifier('location.zip', '6759600cd97d0948af17cb150d22426a5d3c3c07d48fd40ea239d32194cab535', false),
  identifier('properties.blotout_edge_tag_id', EDGE_TAG, false),
];

interface TagPreview {
  readonly provider: string;
  readonly tag: string;
  readonly preview: { user: number; identifiers: object[]; rejections: object[] }[];
  readonly rejections: object[];
  readonly warnings: string[];
  readonly steps?: { field: string; rule: string; result: string }[];
}

describe('POST /audience/preview', () => {
  let ground: TestGround;
  let service: ServiceProcess;
  let before: Record<string, unknown>;

  beforeAll(async () => {
    ground = await startGround(
      {
        API_KEYS: 'writer:write-secret-000000:audience:write,reader:read-secret-0000000:audience:read',
        KLAVIYO__EU__API_KEY: 'pk_eu_tag',
        KLAVIYO__EU__PHONE_COUNTRIES: 'DE,FR',
        MAX_USERS_PER_BATCH: '5000',
        LOG_LEVEL: 'trace',
      },
      {},
      PLATFORMS,
    );
    service = await ServiceProcess.start(ground.env);
    before = await rowCounts(ground.database);
  });
  afterAll(async () => {
    await service?.stop();
    await ground.stop();
  });

  const preview = async (test: Partial<TestUpload>) => {
    const users = test.users as object[] | undefined;
    const batch = batchOf({ totalUsers: users?.length ?? 1 });
    const answer = await upload(service.origin, {
      name: 'Newsletter',
      batch,
      headers: WRITER,
      path: '/audience/preview',
      ...test,
    });
    return { ...answer, tags: answer.body.tags as TagPreview[] };
  };
  const tagOf = (tags: readonly TagPreview[], name: string) =>
    tags.find(({ provider, tag }) => `${provider}/${tag}` === name)!;

  (hasCurl ? it : it.skip)('posted by curl, shows the digests that the platforms document, tag by tag', async () => {
    const form = ['name=Newsletter', `batch=${JSON.stringify(batchOf())}`, `users=${JSON.stringify([MARY])}`];
    const { stdout } = await run('curl', [
      '-s',
      `${service.origin}/audience/preview`,
      ...['-H', 'x-api-key: write-secret-000000'],
      ...form.flatMap((field) => ['-F', field]),
    ]);
    const counts = { received: 1, sent: 1, skipped: 0 };
    const whole = { ...counts, rejections: [], warnings: [] };
    expect(JSON.parse(stdout)).toEqual({
      success: true,
      segment: 'blotout_Newsletter',
      received: 1,
      tags: [
        { provider: 'facebook', tag: 'default', account: 'act_1234567890', ...whole, preview: [shown(FACEBOOK)] },
        { provider: 'tiktok', tag: 'default', account: expect.any(String), ...whole, preview: [shown(TIKTOK)] },
        {
          provider: 'klaviyo',
          tag: 'default',
          account: expect.stringMatching(/^key /),
          ...whole,
          preview: [shown(KLAVIYO)],
        },
        {
          ...{ provider: 'klaviyo', tag: 'eu', account: expect.stringMatching(/^key /), ...counts },
          rejections: [{ field: 'phone', reason: 'unsupported-country', users: 1, share: 1 }],
          warnings: ['100 % of phones are of countries that klaviyo/eu does not serve (1 of 1)'],
          preview: [
            {
              user: 0,
              identifiers: KLAVIYO.filter(({ name }) => name !== 'phone_number'),
              rejections: [{ field: 'phone', reason: 'unsupported-country' }],
            },
          ],
        },
      ],
      warnings: [],
    });
  });
  const shown = (identifiers: object[]) => ({ user: 0, identifiers, rejections: [] });

  it('counts all users and shows the first, however large the batch is', async () => {
    const users = [...manyUsers(4_499, 'many'), { firstName: 'Nobody' }];
    const { status, tags, body } = await preview({ users, query: 'users=2' });
    expect([status, body.received, body.warnings]).toEqual([200, 4_500, []]);
    for (const tag of tags) {
      expect(tag).toMatchObject({ received: 4_500, sent: 4_499, skipped: 1, warnings: [] });
      expect(tag.rejections).toEqual([{ field: null, reason: 'no-usable-identifier', users: 1, share: 0.0002 }]);
      expect(tag.preview.map(({ user, identifiers }) => [user, identifiers.length])).toEqual([
        [0, 1],
        [1, 1],
      ]);
    }
    const byDefault = await preview({ users });
    expect(tagOf(byDefault.tags, 'tiktok/default').preview).toHaveLength(10);
    const none = await preview({ users, query: 'users=0' });
    expect(tagOf(none.tags, 'tiktok/default').preview).toEqual([]);
  });

  it('warns in words with numbers', async () => {
    const users = Array.from({ length: 100 }, (_, at) => ({
      phone: at < 91 ? `(202) 555-${1000 + at}` : `+1202555${1000 + at}`,
      email: at < 12 ? 'not an address' : at < 66 ? `user-${at}@example.com` : undefined,
    }));
    const batch = batchOf({ totalUsers: 250 });
    const { body, tags } = await preview({ users, batch, query: 'users=1' });
    expect(body.warnings).toEqual([
      'totalUsers says 250, but 100 came in the only batch',
      '17 % of e-mail addresses are those of an earlier user (11 of 66)',
    ]);
    for (const name of ['facebook/default', 'tiktok/default', 'klaviyo/default']) {
      expect(tagOf(tags, name)).toMatchObject({
        sent: 63,
        skipped: 37,
        rejections: [
          { field: 'phone', reason: 'missing-country', users: 91, share: 0.91 },
          { field: null, reason: 'no-usable-identifier', users: 37, share: 0.37 },
          { field: 'email', reason: 'invalid-format', users: 12, share: 0.1818 },
        ],
        warnings: [
          '91 % of phones have no country code, and their users no country (91 of 100)',
          `37 % of users have no identifier that ${name} can use (37 of 100)`,
          '18 % of e-mail addresses are not addresses (12 of 66)',
        ],
        preview: [
          {
            user: 0,
            identifiers: [],
            rejections: expect.arrayContaining([{ field: null, reason: 'no-usable-identifier' }]),
          },
        ],
      });
    }
  });

  it('explains every step of one user, on every platform, refusals too', async () => {
    const user = { ...MARY, edgeTagId: 'ada@example.com', purchase: { profit: 5 } };
    const { tags, headers } = await preview({ users: [user], query: 'explain=true' });
    expect(headers.get('cache-control')).toBe('no-store');
    const stepsOf = (name: string, field: string) =>
      tagOf(tags, name)
        .steps!.filter((step) => step.field === field)
        .map(({ rule, result }) => [rule, result]);
    expect(stepsOf('facebook/default', 'email')).toEqual([
      ['as given', '  Mary.Smith@Example.COM '],
      ['blanks around it taken off', 'Mary.Smith@Example.COM'],
      ['lower case', 'mary.smith@example.com'],
      ['SHA-256', MARY_SMITH],
    ]);
    expect(stepsOf('facebook/default', 'edgeTagId').at(-1)).toEqual([
      'refused: looks like an e-mail address or a phone number',
      'looks-like-personal-data',
    ]);
    expect(stepsOf('tiktok/default', 'email').slice(-2)).toEqual([
      ['dots and +tag in front of the @ taken out', 'marysmith@example.com'],
      ['SHA-256', WITHOUT_DOT],
    ]);
    expect(stepsOf('tiktok/default', 'firstName')).toEqual([['not used by this platform', 'José']]);
    expect(stepsOf('klaviyo/default', 'phone').at(-1)).toEqual([
      'E.164, completed with the country GB',
      '+442079460018',
    ]);
    expect(stepsOf('klaviyo/eu', 'phone').at(-1)).toEqual([
      'refused: a country whose numbers are not sent',
      'unsupported-country',
    ]);
    expect(stepsOf('klaviyo/default', 'purchase')).toEqual([['profit as given', '5']]);
  });

  it('shows no value without explain', async () => {
    const { body } = await preview({ users: [MARY] });
    const text = JSON.stringify(body).toLowerCase();
    expect(Object.values(MARY).filter((value) => text.includes(value.trim().toLowerCase()))).toEqual([]);
    expect(body.tags).not.toContainEqual(expect.objectContaining({ steps: expect.anything() }));
  });

  it('looks at the channels that are named, by the name without the prefix', async () => {
    const { body, tags } = await preview({ users: [MARY], query: 'channels=klaviyo/eu,tiktok&disablePrefix=true' });
    expect(body.segment).toBe('Newsletter');
    expect(tags.map(({ provider, tag }) => `${provider}/${tag}`)).toEqual(['tiktok/default', 'klaviyo/eu']);
    expect((await preview({ users: [MARY] })).tags).toHaveLength(TAGS.length);
  });

  it.each<[string, Partial<TestUpload>, string]>([
    ['explain with two users', { users: manyUsers(2), query: 'explain=true' }, 'explain'],
    ['an explain that is neither true nor false', { users: [MARY], query: 'explain=yes' }, 'explain'],
    ['more users than are shown at once', { users: [MARY], query: 'users=101' }, 'users'],
    ['a part that is missing', { users: undefined }, 'users'],
    ['a broken batch', { users: [MARY], batch: '{"sessionId": 1,' }, 'batch'],
    ['a value that is no text', { users: [{ email: 7 }] }, 'users[0].email'],
    ['too many users', { users: manyUsers(5_001) }, 'users'],
    ['a channel that is not configured', { users: [MARY], query: 'channels=myspace' }, 'channels'],
  ])('refuses %s by name', async (_, test, field) => {
    const { status, body } = await preview(test);
    expect([status, body.errors?.map((error) => error.field)]).toEqual([400, [field]]);
  });

  it('wants the key of those who may upload', async () => {
    const statusWith = async (key: string) => (await preview({ users: [MARY], headers: { 'x-api-key': key } })).status;
    expect(await statusWith('read-secret-0000000')).toBe(403);
    expect(await statusWith('guessed-secret-0000')).toBe(401);
  });

  it('has sent nothing, stored nothing and logged no value', async () => {
    for (const id of PLATFORMS) expect([id, ground.sandbox[id].requests({}).requests]).toEqual([id, []]);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['public.batches', 'public.sessions', 'queue.job']));
    expect(await rowCounts(ground.database)).toEqual(before);
    expect(service.log).toContain('"msg":"Batch previewed"');
    const secrets = [
      'mary.smith',
      'marysmith',
      '7946 0018',
      '79460018',
      'josé',
      'sw1a',
      '0012345',
      'ada@',
      MARY_SMITH,
      LONDON,
      WITHOUT_DOT,
    ];
    expect(secrets.filter((secret) => service.log.toLowerCase().includes(secret))).toEqual([]);
  });

  it('showed what an upload then sends', async () => {
    const test = { name: 'Newsletter', batch: batchOf(), users: [MARY], headers: WRITER };
    const query = 'sync=true&channels=facebook,tiktok';
    expect((await upload(service.origin, { ...test, query })).status).toBe(200);
    const [audience] = ground.sandbox.facebook.audiences({ members: true });
    const sent = Object.fromEntries(FACEBOOK.filter(({ hashed }) => hashed).map(({ name, digest }) => [name, digest]));
    expect(audience?.members?.map(({ columns }) => columns)).toEqual([expect.objectContaining(sent)]);
    const bodies = JSON.stringify(ground.sandbox.tiktok.requests({}).requests.map(({ body }) => body));
    for (const { digest } of TIKTOK) expect(bodies).toContain(digest);
  });
});
