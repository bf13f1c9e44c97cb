import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from './support/service.js';
import { allPages, batchOf, get, newSessionId, type TestAnswer, untilState, upload } from './support/upload.js';

const HEADER = 'sequence,user,edgeTagId,provider,tag,field,reason,count';
const USERS = [
  { email: 'fine@example.com', edgeTagId: 'edge-fine' },
  { email: 'no-address-at-all', phone: '12', edgeTagId: 'edge-1' },
  { email: 'fine.too@example.com', phone: '2025550143', edgeTagId: 'mail@inside.example' },
  { email: 'traveller@example.com', country: 'Atlantis' },
  { firstName: 'Onlyname', edgeTagId: 'edge-4' },
];
/** User, edgeTagId, field, reason: as they stand in the answer, by field and reason. What looks personal is not repeated. */
const OF_A_BATCH = [
  [1, 'edge-1', '', 'no-usable-identifier'],
  [4, 'edge-4', '', 'no-usable-identifier'],
  [3, '', 'country', 'unknown-country'],
  [2, '', 'edgeTagId', 'looks-like-personal-data'],
  [1, 'edge-1', 'email', 'invalid-format'],
  [1, 'edge-1', 'phone', 'invalid-length'],
  [2, '', 'phone', 'missing-country'],
] as const;
const ALL = [1, 2].flatMap((sequence) =>
  ['default', 'eu'].flatMap((tag) =>
    OF_A_BATCH.map(([user, id, field, reason]) => `${sequence},${user},${id},facebook,${tag},${field},${reason},1`),
  ),
);

/** What `GET /sessions/{id}/rejections` tells. */
describe('rejections', () => {
  let service: TestService;
  let session: string;

  beforeAll(async () => {
    const eu = { FACEBOOK__EU__ACCESS_TOKEN: 'eu-token', FACEBOOK__EU__AD_ACCOUNT_ID: '555' };
    const sandbox = { klaviyo: { rateLimits: false, smsEnabled: false } };
    service = await startService(eu, sandbox, ['facebook', 'klaviyo']);
    const batch = { sessionId: newSessionId(), totalBatches: 2, totalUsers: 10 };
    session = await send({ ...batch, sequence: 1 });
    await send({ ...batch, sequence: 2 });
    await untilState(session, 'completed');
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  /** Posts one batch and returns the address of its session. */
  async function send(batch: Record<string, unknown>, users: unknown = USERS, channels = 'facebook') {
    const parts = { name: 'Rejected', batch: batchOf(batch), users, query: `channels=${channels}` };
    const answer = await upload(service.origin, parts);
    expect(answer.status).toBe(200);
    return service.origin + answer.headers.get('location');
  }

  const csv = async (query = '', of = session) => {
    const answer = await fetch(`${of}/rejections?format=csv${query}`);
    return { answer, lines: (await answer.text()).split('\r\n').slice(0, -1) };
  };
  const items = async (of: string, query = '') => {
    const { body } = await get(`${of}/rejections?limit=500${query}`);
    return body.items as Record<string, unknown>[];
  };
  const lineOf = (item: Record<string, unknown>) =>
    HEADER.split(',')
      .map((key) => (item[key] ?? '') as string | number)
      .join(',');
  const tags = ({ body }: TestAnswer) => body.tags as Record<string, unknown>[];

  it('names each user and identifier that was left out, by place, edgeTagId and reason', async () => {
    const { lines, answer } = await csv();
    expect(lines).toEqual([HEADER, ...ALL]);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="rejections-[0-9a-f-]{36}.csv"$/);
  });

  it.each([1, 4, 500])('gives the same as JSON in pages of %i', async (limit) => {
    const { items: all, pages } = await allPages(`${session}/rejections`, limit);
    expect(all.map(lineOf)).toEqual(ALL);
    expect(pages).toBe(Math.ceil(ALL.length / limit));
    expect(all.filter(({ field }) => field === null)).toHaveLength(8);
    expect(all.filter(({ edgeTagId }) => edgeTagId === null)).toHaveLength(12);
  });

  it.each([
    ['tag=facebook', /./, 28],
    ['tag=facebook/eu', /,eu,/, 14],
    ['field=phone', /,phone,/, 8],
    ['reason=no-usable-identifier', /,,no-usable-identifier,/, 8],
    ['tag=facebook/eu&field=email&reason=invalid-format', /,eu,email,/, 2],
    ['tag=klaviyo', /never/, 0],
  ])('narrows down to %s, in both forms', async (query, pattern, count) => {
    const expected = ALL.filter((line) => pattern.test(line));
    expect(expected).toHaveLength(count);
    expect((await items(session, `&${query}`)).map(lineOf)).toEqual(expected);
    expect((await csv(`&${query}`)).lines.slice(1)).toEqual(expected);
    if (count > 1) expect((await allPages(`${session}/rejections?${query}`, 1)).items.map(lineOf)).toEqual(expected);
  });

  it.each(['field=mail', 'reason=bad-luck', 'tag=a/b/c', 'format=xml', 'cursor=WyJ4Il0'])(
    'is 400 for %s, naming the parameter',
    async (query) => {
      const { status, body } = await get(`${session}/rejections?${query}`);
      expect([status, body.errors?.map(({ field }) => field)]).toEqual([400, [query.split('=')[0]]]);
    },
  );

  it('shows the same totals on the session, where skipped users are counted once', async () => {
    const answer = await get(session);
    const totals = (answer.body.rejections as Record<string, unknown>[]).map(
      ({ tag, field, reason, users }) => `${String(tag)} ${String(field)} ${String(reason)} ${String(users)}`,
    );
    const ofTag = (tag: string) => [
      `${tag} null no-usable-identifier 4`,
      `${tag} country unknown-country 2`,
      `${tag} edgeTagId looks-like-personal-data 2`,
      `${tag} email invalid-format 2`,
      `${tag} phone invalid-length 2`,
      `${tag} phone missing-country 2`,
    ];
    expect(totals).toEqual([...ofTag('default'), ...ofTag('eu')]);
    for (const tag of tags(answer)) {
      expect(tag).toMatchObject({ received: 10, accepted: 6, skipped: 4, rejected: 0, pending: 0 });
    }
  });

  it('holds no value but the edgeTagId, and none of a user that nothing was left out of', async () => {
    const texts = [(await csv()).lines.join(), JSON.stringify(await items(session))].join();
    const values = USERS.flatMap((user) => Object.values(user) as string[]).filter((value) => value.length > 2);
    expect(values.filter((value) => texts.includes(value))).toEqual(['edge-1', 'edge-4']);
  });

  it('names users that a platform refused when it decided, and those found before, once each', async () => {
    const users = [
      { email: 'ann@example.com', edgeTagId: 'edge-ann' },
      { phone: '+12025550143', edgeTagId: 'edge-phone-1' },
      { email: 'nonsense', phone: '+12025550144', edgeTagId: 'edge-phone-2' },
      { firstName: 'Nobody', edgeTagId: 'edge-nobody' },
      { phone: '+12025550145' },
    ];
    const address = await send({ totalUsers: 5 }, users, 'klaviyo');
    const done = await untilState(address, 'completed');
    expect(tags(done)).toMatchObject([{ received: 5, accepted: 1, skipped: 1, rejected: 3, pending: 0 }]);
    expect((await items(address)).map(lineOf)).toEqual([
      '1,3,edge-nobody,klaviyo,default,,no-usable-identifier,1',
      '1,2,edge-phone-2,klaviyo,default,email,invalid-format,1',
      '1,1,edge-phone-1,klaviyo,default,,invalid-format,1',
      '1,2,edge-phone-2,klaviyo,default,,invalid-format,1',
      '1,4,,klaviyo,default,,invalid-format,1',
    ]);
  });

  it('counts users that a platform does not name as one entry, without an edgeTagId', async () => {
    const body = { audience_id: '1', session_id: '1', num_received: 3, num_invalid_entries: 2 };
    service.sandbox.facebook.addFaults({ kind: 'status', status: 200, body, path: '*/users', times: 1 });
    const users = ['one', 'two', 'three'].map((name) => ({ email: `${name}@example.com`, edgeTagId: `edge-${name}` }));
    const address = await send({ totalUsers: 3 }, users, 'facebook/default');
    expect(tags(await untilState(address, 'completed'))).toMatchObject([{ accepted: 1, rejected: 2, pending: 0 }]);
    expect((await csv('', address)).lines).toEqual([HEADER, '1,,,facebook,default,,refused-by-platform,2']);
  });

  it('gives an edgeTagId as it came as JSON, and fit for a spreadsheet as CSV', async () => {
    const ids = ['=HYPERLINK("http://x")', '-1+1', 'a,b', 'say "a"', 'line\r\nbreak', ' blank ', 'ünïcode-✓'];
    const address = await send(
      { totalUsers: ids.length },
      ids.map((edgeTagId) => ({ edgeTagId })),
      'facebook/default',
    );
    await untilState(address, 'completed');
    const skipped = '&reason=no-usable-identifier';
    expect((await items(address, skipped)).map(({ edgeTagId }) => edgeTagId)).toEqual(ids);
    const text = (await csv(skipped, address)).lines.slice(1).join('\r\n');
    const shown = [
      `"'=HYPERLINK(""http://x"")"`,
      `'-1+1`,
      '"a,b"',
      '"say ""a"""',
      '"line\r\nbreak"',
      ' blank ',
      'ünïcode-✓',
    ];
    const line = (id: string, user: number) => `1,${user},${id},facebook,default,,no-usable-identifier,1`;
    expect(text).toBe(shown.map(line).join('\r\n'));
  });

  it('does not double what every attempt finds again', async () => {
    service.sandbox.facebook.addFaults({ kind: 'drop', path: '*/users', times: 2 });
    const address = await send({ totalUsers: 5 }, USERS, 'facebook/default');
    await untilState(address, 'completed');
    expect((await csv('', address)).lines).toHaveLength(1 + OF_A_BATCH.length);
  });

  it('shows the report without ids where they do not open, or are older than the column', async () => {
    const address = await send({ totalUsers: 5 }, USERS, 'facebook/default');
    await untilState(address, 'completed');
    const ofSession = `delivery in (select id from deliveries where session = '${address.split('/').at(-1)}')`;
    const sealedElsewhere = `decode('0002' || '01' || repeat('5a', 60), 'hex')`;
    await service.database.query(
      `update rejections set edge_tag_ids = array[${sealedElsewhere}] where field = '' and ${ofSession}`,
    );
    await service.database.query(`update rejections set edge_tag_ids = '{}' where field <> '' and ${ofSession}`);
    const shown = await items(address);
    expect(shown).toHaveLength(OF_A_BATCH.length);
    expect(shown.map(({ edgeTagId }) => edgeTagId)).toEqual(OF_A_BATCH.map(() => null));
  });

  it('streams a long CSV, and pages through it, with every edgeTagId at its user', async () => {
    const count = 12_345;
    const users = Array.from({ length: count }, (_, index) => ({ edgeTagId: `edge-${index}` }));
    const address = await send({ totalUsers: count }, users, 'facebook/default');
    await untilState(address, 'completed');
    const expected = users.map(
      ({ edgeTagId }, user) => `1,${user},${edgeTagId},facebook,default,,no-usable-identifier,1`,
    );
    expect((await csv('', address)).lines).toEqual([HEADER, ...expected]);
    expect((await allPages(`${address}/rejections`, 500)).items.map(lineOf)).toEqual(expected);
  });
});
