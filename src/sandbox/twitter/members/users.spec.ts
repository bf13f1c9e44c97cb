import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, JANE, people, PHONE, PROMO, SpecTwitterClient, verdict } from '../spec-twitter-client.js';

const DAY = 86_400_000;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  twitter = new SpecTwitterClient(sandbox);
  id = await twitter.audience();
});
afterEach(() => sandbox.stop());

const update = (users: unknown, params: object = {}) => ({ operation_type: 'Update', params: { ...params, users } });
const remove = (users: unknown) => ({ operation_type: 'Delete', params: { users } });
const audience = () => sandbox.twitter.audiences({ members: true })[0];
const time = (ms: number) => `${new Date(sandbox.twitter.now() + ms).toISOString().slice(0, 19)}Z`;

describe('operations', () => {
  it('add and remove people, and are counted by user', async () => {
    const users = [{ email: [JANE], phone_number: [PHONE] }, { email: [PROMO, ...people(1)] }];
    const { status, body } = await twitter.users(id, [update(users), update([{ partner_user_id: ['a,b:c d'] }])]);
    expect(status).toBe(200);
    expect(body).toEqual({
      request: { params: { account_id: ACCOUNT, custom_audience_id: id } },
      data: { success_count: 3, total_count: 3 },
    });
    expect(audience()).toMatchObject({ memberCount: 3, rowsReceived: 3 });
    expect(audience()?.members).toEqual([
      { columns: { email: JANE, phone_number: PHONE }, timesReceived: 1 },
      { columns: { email: [PROMO, ...people(1)] }, timesReceived: 1 },
      { columns: { partner_user_id: 'a,b:c d' }, timesReceived: 1 },
    ]);
  });

  it('repeated change nobody', async () => {
    await twitter.add(id, [JANE]);
    await twitter.add(id, [JANE]);
    expect(audience()).toMatchObject({ memberCount: 1, rowsReceived: 2, members: [{ timesReceived: 2 }] });
  });

  it('remove by any identifier that a person was added with', async () => {
    await twitter.users(id, [update([{ email: [JANE], phone_number: [PHONE] }, { email: [PROMO] }])]);
    const { body } = await twitter.users(id, [remove([{ phone_number: [PHONE] }, { email: people(1) }])]);
    expect(body.data).toEqual({ success_count: 2, total_count: 2 });
    expect(audience()?.members).toMatchObject([{ columns: { email: PROMO } }]);
  });

  it('may be 2,500, with any number of users', async () => {
    const digests = people(2_500);
    const operations = digests.map((digest) => update([{ email: [digest] }]));
    expect((await twitter.users(id, operations)).body.data).toMatchObject({ success_count: 2_500 });
    expect(verdict(await twitter.users(id, [...operations, update([{ email: [JANE] }])]))).toEqual([
      400,
      'INVALID_PARAMETER',
    ]);
    expect((await twitter.add(id, people(20_000))).body.data).toMatchObject({ success_count: 20_000 });
    expect(audience()).toMatchObject({ memberCount: 20_000 });
  });

  it('may be 5,000,000 bytes', async () => {
    const bodies = [63_288, 64_000].map((count) => people(count));
    expect(verdict(await twitter.add(id, bodies[0]!))).toEqual([200, undefined]);
    expect((await twitter.add(id, bodies[1]!)).status).toBe(413);
  });

  it('expire', async () => {
    await twitter.add(id, people(2), { expires_at: time(2 * DAY), effective_at: time(-DAY) });
    await twitter.add(id, people(1, 2));
    sandbox.twitter.advanceClock(3 * DAY);
    expect(audience()).toMatchObject({ memberCount: 1, rowsReceived: 3 });
    sandbox.twitter.advanceClock(394 * DAY);
    expect(audience()).toMatchObject({ memberCount: 0 });
  });
});

describe('a bad operation', () => {
  const bad: [string, () => unknown, string][] = [
    ['no object', () => 'Update', 'operation'],
    ['another type', () => ({ operation_type: 'Add', params: { users: [{ email: [JANE] }] } }), 'operation_type'],
    ['a type in lower case', () => ({ operation_type: 'update', params: { users: [] } }), 'operation_type'],
    ['no params', () => ({ operation_type: 'Update' }), 'params'],
    ['users beside params', () => ({ operation_type: 'Update', params: {}, users: [{ email: [JANE] }] }), 'operation'],
    ['users that are no list', () => update({ email: [JANE] }), 'users'],
    ['no users', () => update([]), 'users'],
    ['a user that is a text', () => update([JANE]), 'users'],
    ['a user without identifiers', () => update([{}]), 'users'],
    ['an unknown identifier', () => update([{ first_name: [JANE] }]), 'users'],
    ['a value that is no list', () => update([{ email: JANE }]), 'email'],
    ['an empty list', () => update([{ email: [] }]), 'email'],
    ['a plain address', () => update([{ email: ['jane@example.com'] }]), 'email'],
    ['an upper-case digest', () => update([{ phone_number: [PHONE.toUpperCase()] }]), 'phone_number'],
    ['an empty id', () => update([{ partner_user_id: [''] }]), 'partner_user_id'],
    ['half a character', () => update([{ partner_user_id: ['\ud800'] }]), 'partner_user_id'],
    [
      'milliseconds',
      () => update([{ email: [JANE] }], { expires_at: new Date(Date.now() + DAY).toISOString() }),
      'expires_at',
    ],
    ['no time', () => update([{ email: [JANE] }], { effective_at: '2026-13-01T00:00:00Z' }), 'effective_at'],
    ['a time that is over', () => update([{ email: [JANE] }], { expires_at: time(-DAY) }), 'expires_at'],
    [
      'an end before the beginning',
      () => update([{ email: [JANE] }], { effective_at: time(2 * DAY), expires_at: time(DAY) }),
      'expires_at',
    ],
  ];

  it.each(bad)('(%s) keeps all others from being applied, and is named', async (_, operation, parameter) => {
    const good = update([{ email: [PROMO] }]);
    const { status, body } = await twitter.users(id, [good, operation(), good]);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ code: expect.stringMatching(/^(INVALID|MISSING)_PARAMETER$/), parameter }]);
    expect(body.operation_errors).toMatchObject([[], [{ parameter }], []]);
    expect(audience()).toMatchObject({ memberCount: 0, rowsReceived: 0 });
  });

  it('may be one with an identifier that was said to be refused', async () => {
    sandbox.twitter.patchAudience(id, { refuses: [JANE] });
    const { status, body } = await twitter.users(id, [update([{ email: [PROMO] }]), update([{ email: [JANE] }])]);
    expect([status, body.operation_errors]).toMatchObject([400, [[], [{ parameter: 'email' }]]]);
    expect((await twitter.add(id, [PROMO])).status).toBe(200);
  });

  it('may go unnamed', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({ twitter: { namesOperations: false } });
    twitter = new SpecTwitterClient(sandbox);
    id = await twitter.audience();
    const { status, body } = await twitter.users(id, [update([{ email: [PROMO] }]), update([{ email: ['x'] }])]);
    expect([status, body.operation_errors]).toEqual([400, undefined]);
  });
});

describe('a request that is none', () => {
  it.each<[string, unknown]>([
    ['an object', { operation_type: 'Update', params: { users: [{ email: [JANE] }] } }],
    ['an empty list', []],
    ['nothing', undefined],
  ])('%s is refused', async (_, json) => {
    expect(verdict(await twitter.users(id, json))).toEqual([400, 'INVALID_PARAMETER']);
  });

  it('a form is refused', async () => {
    const path = `accounts/${ACCOUNT}/custom_audiences/${id}/users`;
    const reply = await twitter.call(path, { method: 'POST', form: { operation_type: 'Update', params: '{}' } });
    expect(verdict(reply)).toEqual([400, 'INVALID_PARAMETER']);
  });
});
