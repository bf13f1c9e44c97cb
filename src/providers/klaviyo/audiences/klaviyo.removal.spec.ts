import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import { SpecKlaviyoClient } from '../../../sandbox/klaviyo/spec-klaviyo-client.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { KlaviyoClient } from '../klaviyo.client.js';
import { KlaviyoTag } from '../klaviyo.config.js';
import { prepareKlaviyoRows } from '../klaviyo.normaliser.js';
import { KlaviyoPhones } from '../klaviyo.phone.js';
import { KlaviyoManager } from './klaviyo.manager.js';

const KEY = 'pk_test';
const signal = new AbortController().signal;
const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 1,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx = { deliveryId: 'd1', signal, session, audienceType: 'custom' as const, firstChunk: [] };

let sandbox: Sandbox;
let http: PlatformHttp;
let platform: SpecKlaviyoClient;
let client: KlaviyoClient;
let manager: KlaviyoManager;
let id: string;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(options: SandboxOptions['klaviyo'] = {}): Promise<void> {
  sandbox = await startSandbox({ klaviyo: { rateLimits: false, segmentDelayMs: 0, ...options } });
  platform = new SpecKlaviyoClient(sandbox, KEY);
  const tag = Object.assign(new KlaviyoTag(), { apiKey: KEY, baseUrl: sandbox.klaviyo.origin });
  client = new KlaviyoClient(tag, http);
  manager = new KlaviyoManager(tag, http);
  ({ id } = await client.createAudience('Buyers', ctx));
}

interface Person {
  readonly email?: string;
  readonly phone?: string;
}

const rowsOf = (...people: Person[]) =>
  prepareKlaviyoRows(people, new KlaviyoPhones(['US'])).rows.map(({ row }) => row);
const people = (count: number, prefix = 'user') =>
  Array.from({ length: count }, (_, index) => ({ email: `${prefix}${index}@example.com` }));
const put = (...members: { email?: string; phone_number?: string }[]) => platform.imported(id, ...members);
const remove = (...persons: Person[]) => client.remove({ id }, rowsOf(...persons), ctx);
const erase = (...persons: Person[]) => manager.erase(rowsOf(...persons), ctx);
const sent = (method: string, path: string) => sandbox.klaviyo.requests({ method, path }).requests;
const lookups = () => sent('GET', '/api/lists/*/profiles');
const contacts = () =>
  sandbox.klaviyo
    .audiences({ members: true })[0]!
    .members!.map(({ columns: { email, phone_number: phone } }) => email ?? phone);

const [ONE, TWO] = ['+14155552671', '+14155552672'];

describe('KlaviyoClient.remove', () => {
  it('takes people out by address and by number, and leaves the others and every profile', async () => {
    await start();
    await put({ email: 'Ann@example.com' }, { phone_number: ONE }, { email: 'cyd@example.com', phone_number: TWO });
    await expect(remove({ email: 'ann@example.com' }, { phone: ONE })).resolves.toEqual({ accepted: 2, refused: [] });
    expect(contacts()).toEqual(['cyd@example.com']);
    expect(await platform.profile('ann@example.com')).toMatchObject({ email: 'Ann@example.com' });
  });

  it('does no harm when repeated, and counts those who are not in', async () => {
    await start();
    await put({ email: 'ann@example.com' });
    await remove({ email: 'ann@example.com' });
    const again = remove({ email: 'ann@example.com' }, { email: 'nobody@example.com' });
    await expect(again).resolves.toEqual({ accepted: 2, refused: [] });
    expect(sent('DELETE', '*')).toHaveLength(1);
  });

  it('does what is left after a lost answer', async () => {
    await start();
    await put(...people(3));
    sandbox.klaviyo.addFaults({ kind: 'drop-after', method: 'DELETE', times: 1 });
    await expect(remove(...people(3))).rejects.toMatchObject({ code: 'platform-unavailable' });
    await expect(remove(...people(3))).resolves.toEqual({ accepted: 3, refused: [] });
    expect(contacts()).toEqual([]);
  });

  it('tells two people with one number apart by their addresses', async () => {
    await start();
    await put({ email: 'ann@example.com', phone_number: ONE });
    await remove({ email: 'bob@example.com', phone: ONE });
    expect(contacts()).toEqual(['ann@example.com']);
    await remove({ phone: ONE });
    expect(contacts()).toEqual([]);
  });

  it('knows somebody by the number alone who came without an address', async () => {
    await start();
    await put({ phone_number: ONE });
    await remove({ email: 'ann@example.com', phone: ONE });
    expect(contacts()).toEqual([]);
  });

  it('looks 100 up at once, and takes 1,000 out', async () => {
    await start();
    await put(...people(1_101));
    await remove(...people(1_101));
    expect(contacts()).toEqual([]);
    expect(lookups()).toHaveLength(12);
    expect(lookups().map(({ query }) => query['page[size]'])).toEqual(Array(12).fill('100'));
    const sizes = sent('DELETE', '*').map(({ body }) => (body as { data: unknown[] }).data.length);
    expect(sizes).toEqual([1_000, 101]);
  });

  it('keeps addresses of requests short', async () => {
    await start();
    const long = people(100, 'a'.repeat(60)).map(({ email }) => ({
      email: email.replace('.com', `${'b'.repeat(50)}.com`),
    }));
    await put(...long);
    await remove(...long);
    expect(contacts()).toEqual([]);
    expect(Math.max(...lookups().map(({ query }) => String(query['filter']).length))).toBeLessThan(6_050);
  });

  it('misses a list that is not there', async () => {
    await start();
    sandbox.klaviyo.patchAudience(id, { deleted: true });
    await expect(remove({ email: 'ann@example.com' })).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it('comes again when a profile was erased meanwhile', async () => {
    await start();
    await put(...people(2));
    const detail = 'Invalid profile IDs: 01M1PAAR5HBCRHA3NN9NG5WRTA';
    const errors = [{ id: 'e1', status: 400, code: 'invalid', title: 'Invalid input.', detail, source: {} }];
    sandbox.klaviyo.addFaults({ kind: 'status', status: 400, body: { errors }, method: 'DELETE', times: 1 });
    await expect(remove(...people(2))).rejects.toMatchObject({ code: 'platform-unavailable' });
    await remove(...people(2));
    expect(contacts()).toEqual([]);
  });

  it('tells the title of a refusal only: the rest may quote somebody', async () => {
    await start();
    const detail = 'Invalid filter: zebulon';
    const errors = [{ id: 'e1', status: 400, code: 'invalid', title: 'Invalid input.', detail, source: {} }];
    sandbox.klaviyo.addFaults({ kind: 'status', status: 400, body: { errors }, method: 'GET', times: 1 });
    const message = 'Klaviyo: the request is not accepted: Invalid input. (error e1)';
    await expect(remove({ email: 'zebulon@example.com' })).rejects.toMatchObject({ code: 'request-rejected', message });
  });
});

describe('KlaviyoManager.erase', () => {
  it('leaves no profile, neither by address nor by number, and none of it in a list', async () => {
    await start();
    await put({ email: 'ann@example.com', phone_number: ONE }, { email: 'bob@example.com' }, { phone_number: TWO });
    await erase({ email: 'ann@example.com', phone: TWO });
    expect(contacts()).toEqual(['bob@example.com']);
    const { body } = await platform.get('profiles');
    expect(JSON.stringify(body)).toContain('bob@example.com');
    expect(JSON.stringify(body)).not.toMatch(/ann@example|\+1415/);
  });

  it('does no harm when repeated, nor for people whom the account does not know', async () => {
    await start();
    await put({ email: 'ann@example.com' });
    await erase({ email: 'ann@example.com', phone: ONE }, { email: 'ann@example.com' });
    await expect(erase({ email: 'ann@example.com', phone: ONE })).resolves.toBeUndefined();
    expect(sent('POST', '/api/data-privacy-deletion-jobs').map(({ status }) => status)).toEqual([202, 404, 404, 404]);
  });

  it('keeps to the three a second that Klaviyo takes', async () => {
    await start({ rateLimits: true });
    await expect(erase(...people(5))).resolves.toBeUndefined();
  });

  it('names the scope that the key lacks', async () => {
    await start({ keyScopes: { [KEY]: ['lists:read', 'lists:write', 'segments:read', 'segments:write'] } });
    const message = expect.stringContaining('data-privacy:write');
    await expect(erase(...people(1))).rejects.toMatchObject({ code: 'permission-denied', message });
  });

  it.each([
    [404, 'No valid revisions found for method'],
    [400, 'zebulon@example.com is wrong: zebulon'],
  ])('takes no other %i for done, and quotes nobody', async (status, detail) => {
    await start();
    const errors = [{ id: 'e1', status, code: 'invalid', title: 'No.', detail, source: {} }];
    sandbox.klaviyo.addFaults({ kind: 'status', status, body: { errors }, path: '/api/data-privacy-deletion-jobs' });
    const message = expect.not.stringContaining('zebulon');
    await expect(erase(...people(1, 'zebulon'))).rejects.toMatchObject({ code: 'request-rejected', message });
  });
});
