import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ACCOUNT, JANE, SpecTwitterClient, verdict } from '../spec-twitter-client.js';
import { type TwitterSimulatorOptions } from '../twitter-options.js';

const AUDIENCES = `accounts/${ACCOUNT}/custom_audiences`;

let sandbox: Sandbox;
let twitter: SpecTwitterClient;

async function start(options: TwitterSimulatorOptions = {}): Promise<void> {
  sandbox = await startSandbox({ twitter: options });
  twitter = new SpecTwitterClient(sandbox);
}
afterEach(() => sandbox.stop());

describe('an answer', () => {
  it('repeats its parameters and tells the version and what is left', async () => {
    await start();
    const { status, headers, body } = await twitter.get(AUDIENCES, { q: 'VIP', count: '20', with_deleted: 'false' });
    expect(status).toBe(200);
    expect(body).toEqual({
      request: { params: { account_id: ACCOUNT, q: 'VIP', count: 20, with_deleted: false } },
      next_cursor: null,
      data: [],
    });
    expect(headers.get('x-current-api-version')).toBe('12');
    expect(headers.get('x-api-warn')).toBeNull();
    expect(headers.get('x-rate-limit-limit')).toBe('2000');
    expect(headers.get('x-rate-limit-remaining')).toBe('1999');
    expect(Number(headers.get('x-rate-limit-reset'))).toBeGreaterThan(sandbox.twitter.now() / 1000);
  });

  it('warns of the version before', async () => {
    await start();
    const { status, headers } = await twitter.call(AUDIENCES, { version: '11' });
    expect([status, headers.get('x-api-warn')]).toEqual([200, 'Version 11 is deprecated; please use version 12']);
  });

  it('has the time of the platform', async () => {
    await start();
    sandbox.twitter.advanceClock(86_400_000);
    const { headers } = await twitter.get(AUDIENCES);
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - sandbox.twitter.now())).toBeLessThan(10_000);
  });
});

describe('a path', () => {
  it.each([
    ['10', AUDIENCES],
    ['13', AUDIENCES],
    ['12', `${AUDIENCES}/abc/lookalikes`],
    ['12', `${AUDIENCES}/abc/replace`],
    ['12', 'nonsense'],
  ])('of version %s, %s, is not there', async (version, path) => {
    await start();
    expect(verdict(await twitter.call(path, { version }))).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('to list members is not there', async () => {
    await start();
    const id = await twitter.audience();
    expect(verdict(await twitter.get(`${AUDIENCES}/${id}/users`))).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('takes certain methods and certain ids', async () => {
    await start();
    expect(verdict(await twitter.call(AUDIENCES, { method: 'PUT' }))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(verdict(await twitter.get(`${AUDIENCES}/A!`))).toEqual([404, 'INVALID_ID_ILLEGAL_CHARACTERS']);
  });
});

describe('the rate limits', () => {
  it('are 1,500 calls a minute to one endpoint of users, of an account', async () => {
    await start({ usersPerMinute: 3 });
    const id = await twitter.audience();
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await twitter.add(id, [JANE]);
      expect([status, headers.get('x-rate-limit-remaining')]).toEqual([200, left]);
    }
    const refused = await twitter.add(id, [JANE]);
    expect(verdict(refused)).toEqual([429, 'TOO_MANY_REQUESTS']);
    const wait = Number(refused.headers.get('x-rate-limit-reset')) - sandbox.twitter.now() / 1000;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(61);

    const other = await twitter.audience('Buyers', 'abc1');
    const users = [{ operation_type: 'Update', params: { users: [{ email: [JANE] }] } }];
    expect((await twitter.users(other, users, 'abc1')).status).toBe(200);
    sandbox.twitter.advanceClock(60_000);
    expect((await twitter.add(id, [JANE])).status).toBe(200);
  });

  it('are one for all other writes, and one for each kind of read', async () => {
    await start({ writesPerMinute: 1, readsPerWindow: 2, totalCountsPerWindow: 1 });
    const id = await twitter.audience();
    const put = await twitter.call(`${AUDIENCES}/${id}`, { method: 'PUT', query: { name: 'x' } });
    expect(put.status).toBe(429);
    const statuses: number[] = [];
    for (const query of [{}, {}, {}, { with_total_count: 'true' }, { with_total_count: 'true' }]) {
      statuses.push((await twitter.get(AUDIENCES, query as Record<string, string>)).status);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 429]);
    expect((await twitter.read(id)).status).toBe(200);
  });
});

describe('a fault', () => {
  it.each([
    [{ kind: 'error', code: 423 } as const, 423, 'LOCK_ACQUISITION_TIMEOUT'],
    [{ kind: 'error', code: 500 } as const, 500, 'INTERNAL_ERROR'],
    [{ kind: 'error', code: 404, status: 400 } as const, 400, 'NOT_FOUND'],
    [{ kind: 'rate-limit' } as const, 429, 'TOO_MANY_REQUESTS'],
  ])('%j comes in the envelope', async (fault, status, code) => {
    await start();
    sandbox.twitter.addFaults({ ...fault, times: 1 });
    const reply = await twitter.get(AUDIENCES);
    expect(verdict(reply)).toEqual([status, code]);
    expect(reply.body.request).toEqual({ params: {} });
    expect((await twitter.get(AUDIENCES)).status).toBe(200);
  });

  it('tells how long to wait in the headers that it is told to use', async () => {
    await start();
    const at = () => Math.ceil(sandbox.twitter.now() / 1000);
    sandbox.twitter.addFaults({ kind: 'rate-limit', usageWaitSeconds: 90, times: 1 });
    const { headers } = await twitter.get(AUDIENCES);
    expect(Number(headers.get('x-account-rate-limit-reset')) - at()).toBeGreaterThan(80);
    expect(Number(headers.get('x-rate-limit-reset')) - at()).toBeLessThan(5);
    sandbox.twitter.addFaults({ kind: 'rate-limit', retryAfterSeconds: 7, times: 1 });
    expect((await twitter.get(AUDIENCES)).headers.get('retry-after')).toBe('7');
  });
});
